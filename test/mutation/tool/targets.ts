/** The folders that Stryker mutates, and the specs that have to notice the mutants. */
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { ROOT } from '../../../local/folders.ts';
import { groupOf } from '../../run/groups.ts';
import { allSpecs } from '../../run/specs.ts';

export interface Target {
  readonly folder: string;
  /** The share of mutants that should be noticed, in percent. */
  readonly goal: number;
  /** Files whose specs don't have the file's name: beginnings of the specs' paths below `test/`. */
  readonly specs: Readonly<Record<string, readonly string[]>>;
  /** Specs that run for no file but their own: they take too long. */
  readonly slow?: readonly string[];
  /** Specs that run after the others, which notice most mutants. They may be of `npm run test:chaos`. */
  readonly last?: readonly string[];
}

const RESERVATIONS = ['etcd/reservations.', 'etcd/reservations-', 'etcd/one-of-two', 'etcd/takeover'];

export const TARGETS: readonly Target[] = [
  { folder: 'pair', goal: 85, specs: {}, last: ['pair/property'] },
  { folder: 'gateway', goal: 85, specs: {} },
  {
    folder: 'etcd',
    goal: 85,
    specs: {
      'register.ts': ['etcd/register', 'etcd/takeover', 'etcd/plan-calls.', 'etcd/refused'],
      'claims.ts': ['etcd/alike', 'etcd/keys', 'etcd/register', 'etcd/free-claims', 'etcd/hostile'],
      'client.ts': ['etcd/lost', 'etcd/away', 'etcd/refused'],
      'envelope.ts': ['etcd/snapshot', 'etcd/hostile'],
      'errors.ts': ['etcd/refused'],
      'fence.ts': ['etcd/fence', 'etcd/one-of-two', 'etcd/takeover', 'etcd/reservations.'],
      'keys.ts': ['etcd/alike', 'etcd/keys', 'etcd/snapshot'],
      'kept.ts': ['etcd/kept', 'etcd/seen'],
      'members.ts': RESERVATIONS,
      'plan-record.ts': ['etcd/register', 'etcd/hostile'],
      'record-schemas.ts': ['etcd/hostile', 'etcd/register', 'etcd/owed-changes', 'etcd/reservations.'],
      'reservations.ts': RESERVATIONS,
      'router-record.ts': ['etcd/hostile', 'etcd/maintenance', 'etcd/owed-changes', 'etcd/reservations.'],
      'snapshot.ts': ['etcd/snapshot', 'etcd/hostile'],
      'state.ts': ['etcd/publish', 'etcd/hostile'],
      'transact.ts': ['etcd/lost', 'etcd/register', 'etcd/fence'],
    },
    slow: ['etcd/limits', 'etcd/roles-change', 'etcd/traps', 'etcd/options', 'etcd/lost', 'etcd/away'],
  },
  {
    folder: 'activities/pair',
    goal: 80,
    specs: {
      'apply-outcome.ts': ['activities/pair/postponed', 'activities/pair/refused'],
      'apply.ts': ['activities/pair/apply.', 'activities/pair/not-applicable'],
      'conflicts.ts': ['activities/pair/not-applicable', 'activities/pair/refused'],
      'members.ts': ['activities/pair/apply.', 'activities/pair/kept', 'activities/pair/settle-plan'],
      'pay-owed-changes.ts': ['activities/pair/owed'],
      'record.ts': ['activities/pair/kept', 'activities/pair/owed-changes'],
      'revert.ts': ['activities/pair/settle.', 'activities/pair/owed-on-trial'],
      'settle.ts': ['activities/pair/settle.'],
    },
  },
];

/** The target that a file or a folder belongs to. */
export function targetOf(path: string): Target | undefined {
  return TARGETS.find(({ folder }) => path === folder || path.startsWith(`${folder}/`));
}

export async function filesOf({ folder }: Target): Promise<readonly string[]> {
  const names = await readdir(`${ROOT}${folder}`);
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

/**
 * Specs for one file: those that the target names for it, or those with its name, or else all of its folder that are not slow. Other specs
 * of `npm run test:chaos` would take too long for every mutant.
 */
export async function specsFor(file: string, target: Target): Promise<readonly string[]> {
  const { folder, specs, slow = [], last = [] } = target;
  const isLast = (spec: string) => last.some((start) => spec.startsWith(start));
  const all = (await allSpecs()).filter((spec) => spec.startsWith(`${folder}/`));
  all.sort((one, other) => Number(isLast(one)) - Number(isLast(other)));
  const quick = all.filter((spec) => isLast(spec) || groupOf(spec)?.command !== 'chaos');
  const beginning = (starts: readonly string[]) =>
    quick.filter((spec) => starts.some((start) => spec.startsWith(start)));
  const named = specs[basename(file)];
  if (named !== undefined) return beginning(named);
  if (Object.keys(specs).length > 0) {
    const own = beginning([`${folder}/${basename(file, '.ts')}`]);
    if (own.length > 0) return own;
  }
  return quick.filter((spec) => !slow.some((start) => spec.startsWith(start)));
}
