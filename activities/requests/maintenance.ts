import type { HoldRequest } from '../../pair/messages.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';

/** Holds a router for maintenance: no turn begins on it any more, whatever pair asks for it. */
export function beginningMaintenance({ store }: Dependencies) {
  return ({ router, reason }: HoldRequest): Promise<void> =>
    classified(Infinity, async () => {
      await store.beginMaintenance(router, { reason, since: new Date().toISOString() });
    });
}

/** Ends a hold. Resolves to whether there was one. */
export function endingMaintenance({ store }: Dependencies) {
  return ({ router }: Pick<HoldRequest, 'router'>): Promise<boolean> =>
    classified(Infinity, async () => (await store.endMaintenance(router)) !== null);
}
