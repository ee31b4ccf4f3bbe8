import type { HoldRequest } from '../../pair/messages.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';

/** Begins a maintenance hold: no reservation of any pair begins on the router any more. */
export function beginningMaintenance({ store }: Dependencies) {
  return ({ router, reason }: HoldRequest): Promise<void> =>
    classified(async () => {
      await store.beginMaintenance(router, { reason, since: new Date().toISOString() });
    });
}

/** Ends a maintenance hold. Resolves to whether there was one. */
export function endingMaintenance({ store }: Dependencies) {
  return ({ router }: Pick<HoldRequest, 'router'>): Promise<boolean> =>
    classified(async () => (await store.endMaintenance(router)) !== null);
}
