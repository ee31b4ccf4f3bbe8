import { FAILURES } from '../../gateway/failures.ts';
import type { NothingInput, NothingOutcome } from '../../gateway/outcomes.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeating } from '../heartbeat.ts';
import { RefusedError } from '../refused.ts';
import { leftoverOf } from './leftover.ts';
import { refusalOf } from './not-owned.ts';
import { wakeWaiters } from '../wake-waiters.ts';

/**
 * Publishes in `/state` that a gateway is deleted of which nothing stands on its routers: it was never created, or its creation failed. If an
 * earlier run may have left something there, this publishes nothing and resolves to that run: it must be reverted first.
 */
export function publishingNothing({ store }: Dependencies) {
  return ({ replaces, ...gateway }: NothingInput): Promise<NothingOutcome> =>
    heartbeating(() =>
      classified(async () => {
        const outcome = await store.publishNothing(gateway, replaces);
        switch (outcome.kind) {
          case 'published':
            if (outcome.isAwaited) await wakeWaiters(store, gateway);
            return { kind: 'published' };
          case 'leftover':
            return { kind: 'leftover', left: await leftoverOf(store, outcome.record) };
          case 'owed':
            throw new RefusedError(FAILURES.RevertOwed, 'a router owes an inverse change of this gateway');
          case 'superseded':
            throw refusalOf(outcome, gateway);
          case 'already':
            throw new RefusedError(
              FAILURES.Superseded,
              `/state has version ${outcome.state.version} (${outcome.state.workerState}) already`,
            );
        }
      }),
    );
}
