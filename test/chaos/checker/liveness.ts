/** Every workflow has ended, every queue is empty; and where nothing went wrong, what was requested was created. */
import type { Case } from './case.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('liveness');
/** Mistakes of a program, not of the world. */
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

/** There was no fault, no action beside creating, and no flaw. */
function isCalm({ evidence: { faults, workload } }: Case): boolean {
  const nobodyInterfered = workload.actions.every(({ kind }) => kind === 'create' || kind === 'start again');
  return faults.length === 0 && nobodyInterfered && workload.gateways.every(({ flaw }) => flaw === null);
}

/** Then every gateway is created. */
function unborn({ gateways }: Case): readonly Violation[] {
  return gateways
    .filter(({ standing }) => standing === undefined)
    .map(({ name, states }) =>
      violation(name, 'CREATE_COMPLETED, as nothing went wrong', states.at(-1)?.write.value ?? 'no /state'),
    );
}

/** Then no worker is given up that is still at work. */
function takenForDead({ tapes }: Case): readonly Violation[] {
  return tapes.flatMap((tape) =>
    tape.router.tape.flatMap((entry) =>
      entry.kind === 'killed' && tape.isOurs(entry.user) && tape.isOurs(entry.victim.user)
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
