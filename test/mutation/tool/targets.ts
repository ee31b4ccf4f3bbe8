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
  /** All specs that there are for the folder; without it, those of its folder below `test/`. */
  readonly only?: readonly string[];
  /** Specs that run for no file but their own: they take too long. */
  readonly slow?: readonly string[];
  /** Specs that run after the others, which notice most mutants. They may be of `npm run test:chaos`. */
  readonly last?: readonly string[];
  /** Seeds of the simulation run after all specs. */
  readonly isSimulated?: boolean;
}

/** Below `test/`. No spec of a group: the groups run the simulation otherwise. */
const SEEDS = 'mutation/tool/seeds.ts';

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
      'call-errors.ts': ['etcd/refused', 'etcd/owed-deletion-lost'],
      'client.ts': ['etcd/lost', 'etcd/away', 'etcd/refused'],
      'config-records.ts': ['etcd/hostile', 'command/config.'],
      'earlier-registration.ts': ['etcd/register', 'etcd/takeover'],
      'endings.ts': ['etcd/publish', 'etcd/family'],
      'envelope.ts': ['etcd/snapshot', 'etcd/hostile'],
      'errors.ts': ['etcd/refused'],
      'family.ts': ['etcd/family', 'etcd/children', 'etcd/parents'],
      'fence.ts': ['etcd/fence', 'etcd/one-of-two', 'etcd/takeover', 'etcd/reservations.'],
      'inventory.ts': ['etcd/newer-records', 'command/doctor'],
      'keys.ts': ['etcd/alike', 'etcd/keys', 'etcd/snapshot'],
      'kept.ts': ['etcd/kept', 'etcd/seen'],
      'listing.ts': ['command/list'],
      'members.ts': RESERVATIONS,
      'names.ts': ['command/names'],
      'outside.ts': ['etcd/family', 'etcd/children', 'etcd/parents'],
      'owed-decision.ts': ['etcd/owed'],
      'pair-store.ts': [...RESERVATIONS, 'etcd/fence', 'etcd/kept'],
      'permitted-members.ts': [...RESERVATIONS, 'etcd/fence', 'etcd/kept'],
      'plan-record.ts': ['etcd/register', 'etcd/hostile'],
      'publish-nothing.ts': ['etcd/publish', 'activities/saga/published'],
      'publishable.ts': ['etcd/publish'],
      'record-schemas.ts': ['etcd/hostile', 'etcd/register', 'etcd/owed-changes', 'etcd/reservations.'],
      'request-size.ts': ['etcd/kept', 'etcd/register', 'etcd/owed', 'etcd/disputed'],
      'reservations.ts': RESERVATIONS,
      'router-record.ts': ['etcd/hostile', 'etcd/maintenance', 'etcd/owed-changes', 'etcd/reservations.'],
      'snapshot.ts': ['etcd/snapshot', 'etcd/hostile'],
      'state.ts': ['etcd/publish', 'etcd/hostile'],
      'store.ts': ['etcd/register', 'etcd/newer-records', 'etcd/publish', 'etcd/progress'],
      'templates.ts': ['etcd/hostile', 'etcd/snapshot', 'etcd/refused'],
      'transact.ts': ['etcd/lost', 'etcd/register', 'etcd/fence'],
      'waiters-on-router.ts': ['etcd/waiting'],
    },
    slow: ['etcd/limits', 'etcd/roles-change', 'etcd/traps', 'etcd/options', 'etcd/lost', 'etcd/away'],
    isSimulated: true,
  },
  {
    folder: 'activities/pair',
    goal: 80,
    specs: {
      'apply-outcome.ts': ['activities/pair/apply-outcome', 'activities/pair/published-state'],
      'apply.ts': ['activities/pair/apply-given-up', 'activities/pair/apply.', 'activities/pair/disjoint'],
      'carry-out.ts': ['activities/pair/carry-out', 'activities/pair/taken-back'],
      'conflicts.ts': ['activities/pair/conflicts', 'activities/pair/named-owners'],
      'members.ts': ['activities/pair/members.'],
      'others-before.ts': ['activities/pair/others-before-commit'],
      'pay-without-request.ts': ['activities/pair/pay-without-request', 'activities/pair/put-back-child'],
      'settle.ts': ['activities/pair/settle.', 'activities/pair/settle-beside', 'activities/pair/kept'],
      'vrrp-time.ts': ['activities/pair/vrrp-by-timers', 'activities/pair/vrrp-time'],
    },
    isSimulated: true,
  },
  {
    folder: 'workflows',
    // None: on a real server, where whole sagas test these, Stryker can't switch a mutant on.
    goal: 0,
    specs: {},
    only: ['workflows/pair-page', 'workflows/reason'],
    isSimulated: true,
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
 * of `npm run test:chaos` would take too long for every mutant. Seeds of the simulation come last.
 */
export async function specsFor(file: string, target: Target): Promise<readonly string[]> {
  const specs = await quickSpecs(file, target);
  return target.isSimulated === true ? [...specs, SEEDS] : specs;
}

async function quickSpecs(file: string, target: Target): Promise<readonly string[]> {
  const { folder, specs, only, slow = [], last = [] } = target;
  const isLast = (spec: string) => last.some((start) => spec.startsWith(start));
  const all = (await allSpecs()).filter((spec) => isLast(spec) || groupOf(spec)?.command !== 'chaos');
  all.sort((one, other) => Number(isLast(one)) - Number(isLast(other)));
  const beginning = (starts: readonly string[]) =>
    all.filter((spec) => starts.some((start) => spec.startsWith(start)));
  const named = specs[basename(file)] ?? only;
  if (named !== undefined) return beginning(named);
  if (Object.keys(specs).length > 0) {
    const own = beginning([`${folder}/${basename(file, '.ts')}`]);
    if (own.length > 0) return own;
  }
  return beginning([`${folder}/`]).filter((spec) => !slow.some((start) => spec.startsWith(start)));
}
