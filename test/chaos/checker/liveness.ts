/** Every workflow has ended, every queue is empty; and where nothing stood in the way, what was asked for has come to be. */
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

/** Nobody disturbed anything, and nothing was wrong with it. */
function isCalm({ evidence: { faults, workload } }: Case): boolean {
  const asked = workload.actions.every(({ kind }) => kind === 'create' || kind === 'start again');
  return faults.length === 0 && asked && workload.gateways.every(({ doom }) => doom === null);
}

/** Then every gateway stands. */
function unborn({ gateways }: Case): readonly Violation[] {
  return gateways
    .filter(({ standing }) => standing === undefined)
    .map(({ name, states }) =>
      violation(
        name,
        'CREATE_COMPLETED, as nothing was in its way',
        states.at(-1)?.write.value ?? 'no /state',
      ),
    );
}

/** Then nobody is given up who is still at work. */
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
