/** Every workflow has ended, every queue is empty; and where nothing went wrong, what was requested was created. */
import type { Case } from './case.ts';
import { COMPLETED } from './gateways.ts';
import type { Registration } from './gateways.ts';
import { configured } from './records.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('liveness');
/** A commit that was cancelled is waited for no longer than this, in ms. */
const SUPERSEDING_MS = 300_000;
/** The VLAN of gateways with number 0. */
const FIRST_VLAN = 1025;
/** Words in an error that show a mistake of the program, not of the world around it. */
const DEFECT =
  /\b(TypeError|ReferenceError|RangeError|Cannot read propert|is not a function|is not iterable|Nondeterminism)/;

export function liveness(of: Case): readonly Violation[] {
  const { workflows } = of.evidence;
  return [
    ...workflows
      .filter(({ status, queue }) => status === 'running' && queue !== 0)
      .map(({ workflowId, queue }) =>
        violation(workflowId, 'ended', queue === undefined ? 'still running' : `${queue} in its queue`),
      ),
    ...workflows
      .filter(({ failure, status }) => status === 'timed out' || DEFECT.test(failure ?? ''))
      .map(({ workflowId, failure, status }) =>
        violation(workflowId, 'an end that a person can understand', failure ?? status),
      ),
    ...(isCalm(of) ? [...unborn(of), ...takenForDead(of)] : []),
  ];
}

/** Whether there was no fault, no flaw, and no action of people beside creating and changing. */
function isCalm({ evidence: { faults, workload } }: Case): boolean {
  const nobodyInterfered = workload.actions.every(({ kind }) => kind === 'create' || kind === 'start again');
  const nobodyAdded = (workload.changes ?? []).every((one) => one.kind === 'change' && one.insists);
  return (
    faults.length === 0 &&
    nobodyInterfered &&
    nobodyAdded &&
    workload.children === undefined &&
    workload.gateways.every(({ flaw }) => flaw === null)
  );
}

/** In a calm run every gateway is created, and its newest version ends as it should. An older version may be superseded. */
function unborn({ evidence: { workload }, gateways, records }: Case): readonly Violation[] {
  return gateways.flatMap(({ name, kind, keys, states }) => {
    const [first] = records.history(keys.config).map(({ value }) => configured(value)?.body);
    const vlan = Number(first?.['vlan_id'] ?? first?.['downlink_vlan_id']);
    const index = workload.gateways.findIndex((one) => one.kind === kind && FIRST_VLAN + one.number === vlan);
    const change = workload.changes?.findLast((one) => one.kind === 'change' && one.gateway === index);
    const fails = change?.kind === 'change' && change.fails;
    const version = configured(records.at(keys.config)?.value)?.version;
    const last = states.at(-1);
    const isMade = COMPLETED.some((word) => word === last?.word);
    if (last !== undefined && last.version === version && isMade !== fails) return [];
    const expected = `version ${version} ${fails ? 'failed' : 'completed, as nothing went wrong'}`;
    return [violation(name, expected, last?.write.value ?? 'no /state')];
  });
}

/** In a calm run no worker is given up that is still at work: none of our sessions kills another one of ours. */
function takenForDead(of: Case): readonly Violation[] {
  return of.tapes.flatMap((tape) =>
    tape.router.tape.flatMap((entry) =>
      entry.kind === 'killed' &&
      tape.isOurs(entry.user) &&
      tape.isOurs(entry.victim.user) &&
      !isSuperseding(of, tape.router.id, entry.at)
        ? [
            violation(
              tape.name,
              'nobody given up who is at work',
              `session ${entry.victim.session} killed`,
              entry.at,
            ),
          ]
        : [],
    ),
  );
}

/** Whether the registration may be on that router. A deletion does not say on which routers it is. */
function isOn({ action, expected }: Registration, routerId: string): boolean {
  return action === 'delete' || expected === undefined || expected.some((one) => one.routerId === routerId);
}

/**
 * Whether, at that time, a newer version of some gateway had just come while an older version was under way on that router. Then the older version's
 * call is cancelled, and it is right to kill the session that the call has left in the middle of a commit.
 */
function isSuperseding({ gateways, records }: Case, routerId: string, at: number): boolean {
  return gateways.some(({ keys, registrations, states }) =>
    records.history(keys.config).some((write) => {
      const version = configured(write.value)?.version ?? -1;
      const isRecent = write.seenAt <= at && at - write.seenAt < SUPERSEDING_MS;
      return (
        isRecent &&
        registrations.some(
          (one) =>
            one.version < version &&
            one.seenAt <= write.seenAt &&
            isOn(one, routerId) &&
            !states.some((state) => state.version === one.version && state.write.seenAt < write.seenAt),
        )
      );
    }),
  );
}
