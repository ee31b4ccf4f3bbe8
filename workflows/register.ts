/** Registers a plan. Before that it reverts what an earlier run has left, and waits for the gateways that have to end first. */
import type { RegisterOutcome, Waited } from '../gateway/outcomes.ts';
import type { Plan } from '../gateway/plan.ts';
import { activities } from './activities.ts';
import { revertLeftover } from './leftover.ts';
import type { ProgressLog } from './progress-log.ts';
import type { Shield } from './shield.ts';
import type { Waiting } from './waiting.ts';

export type Registered = Exclude<RegisterOutcome, { readonly kind: 'leftover' | 'waits' }>;

/**
 * `note` is called with what the run has written in order to wait, before each wait begins, and with `undefined` once the run has nothing of that any
 * more.
 */
export async function register(
  plan: Plan,
  { log, shield, waiting }: { readonly log: ProgressLog; readonly shield: Shield; readonly waiting: Waiting },
  note: (waited: Waited | undefined) => void,
): Promise<Registered> {
  let waited: Waited | undefined;
  for (;;) {
    const { wakes } = waiting;
    const input = { ...plan, ...(waited && { waited }) };
    const outcome = await log.step('register', 'etcd', () => activities.register(input));
    switch (outcome.kind) {
      case 'leftover':
        await revertLeftover(plan.name, outcome.left, log);
        break;
      case 'waits':
        waited = { awaited: outcome.for.gateway, run: plan.run, jobs: plan.jobs };
        note(waited);
        await waiting.untilWoken(outcome.for, wakes, log, shield);
        break;
      default:
        note(undefined);
        return outcome;
    }
  }
}
