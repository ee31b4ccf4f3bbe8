import type { HoldRequest, ReleaseRequest } from '../../pair/messages.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';

/** Begins a maintenance hold: no reservation of any pair begins on the router any more. */
export function beginningMaintenance({ store }: Dependencies) {
  return ({ router, reason, by }: HoldRequest): Promise<void> =>
    classified(async () => {
      await store.beginMaintenance(router, { reason, by, since: new Date().toISOString() });
    });
}

/** Ends a maintenance hold. Resolves to whether there was one. */
export function endingMaintenance({ store }: Dependencies) {
  return ({ router, by }: ReleaseRequest): Promise<boolean> =>
    classified(async () => {
      const freed = by === undefined ? undefined : { by, since: new Date().toISOString() };
      return (await store.endMaintenance(router, freed)) !== null;
    });
}
