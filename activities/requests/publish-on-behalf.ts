import type { PairCommand } from '../../pair/state.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { publishCreated, publishFailed } from '../saga/publish.ts';
import { RefusedError } from '../refused.ts';
import { isRunning } from './executions.ts';

export type PublishOnBehalfInput = Pick<Extract<PairCommand, { kind: 'publish on behalf' }>, 'member' | 'outcome'>;

/** Publishes how a gateway ended whose saga is gone; the failure of one that runs is its own to tell (M4). Fenced like every publication. */
export function publishingOnBehalf(deps: Dependencies) {
  return ({ member: { gateway, run }, outcome }: PublishOnBehalfInput): Promise<void> =>
    classified(Infinity, async () => {
      if (outcome.kind === 'created') {
        // It is fenced by the run: another one that is running meanwhile publishes nothing else, and reads this.
        await publishCreated(deps, { gateway, run, seen: outcome.seen }).catch(ignoreRefusal);
      } else if (!(await isRunning(workflowIdOf(gateway)))) {
        const { reason, owedOn: owed } = outcome;
        await publishFailed(deps, {
          gateway,
          run,
          error: reason,
          registered: true,
          clean: owed.length === 0,
        });
      }
    });
}

/** Somebody else has published meanwhile, or the configuration moved on: what stands in `/state` holds. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof RefusedError)) throw error;
}
