/** Registers a plan. Before that it reverts what an earlier run has left, and waits for the gateways that have to end first. */
import { patched, workflowInfo } from '@temporalio/workflow';
import type { RegisterOutcome } from '../gateway/outcomes.ts';
import type { Plan, Waited } from '../gateway/plan.ts';
import { activities } from './activities.ts';
import { revertLeftover } from './leftover.ts';
import type { ProgressLog } from './progress-log.ts';
import type { Shield } from './shield.ts';
import type { Waiting } from './waiting.ts';
import type { Wanted } from './wanted.ts';

export type Registered =
  | Exclude<RegisterOutcome, { readonly kind: 'leftover' | 'waits' }>
  /** The run's history has grown large: another run is to go on with the wait. */
  | { readonly kind: 'waits as new'; readonly waited: Waited };

/** The patch that marks runs which began with an older release: those wait until Temporal ends them because their history is too large. */
const WAITS_AS_NEW = 'a saga that waits continues as new';

interface Work {
  readonly log: ProgressLog;
  readonly shield: Shield;
  readonly wanted: Wanted;
  readonly waiting: Waiting;
}

/**
 * `waited`: the wait of the run before this one, with which this run goes on. `note` is called with what the run has written in order to wait, before each wait begins, and with `undefined` once the run has nothing of that any
 * more.
 */
export async function register(
  plan: Plan,
  work: Work,
  waited: Waited | undefined,
  note: (waited: Waited | undefined) => void,
): Promise<Registered> {
  const { log, shield, waiting } = work;
  let hasWaited = false;
  for (;;) {
    const { wakes } = waiting;
    const wokenBy = waiting.strangers(waited?.awaited);
    const input = { ...plan, ...(waited && { waited }), ...(wokenBy.length > 0 && { wokenBy }) };
    const outcome = await log.step('register', 'etcd', () => activities.register(input));
    switch (outcome.kind) {
      case 'leftover':
        await revertLeftover(plan.name, outcome.left, log);
        break;
      case 'waits':
        waited = { awaited: outcome.for.gateway, run: plan.run, jobs: plan.jobs };
        note(waited);
        // A run that has not waited itself would end again at once, and so would the next one.
        if (hasWaited && (await isToWaitAsNew(work))) return { kind: 'waits as new', waited };
        await waiting.untilWoken(outcome.for, wakes, log, shield);
        hasWaited = true;
        break;
      default:
        note(undefined);
        return outcome;
    }
  }
}

/**
 * Whether another run is to go on with the wait. Must be asked right after a registration. If a cancel comes in the same workflow task as its answer, this
 * run hears of the cancel before it ends. If the run ended at a wake, such a cancel would be lost.
 */
async function isToWaitAsNew({ shield, wanted }: Work): Promise<boolean> {
  if (!workflowInfo().continueAsNewSuggested || !patched(WAITS_AS_NEW)) return false;
  await wanted.answered();
  shield.throwIfStopped();
  return true;
}
