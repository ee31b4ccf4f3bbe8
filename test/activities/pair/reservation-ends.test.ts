import assert from 'node:assert/strict';
import { endingReservation, reserving } from '../../../activities/pair/reservation.ts';
import type { EndReservationInput } from '../../../activities/pair/reservation.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { newGateway, useEtcd } from '../../etcd/fixture.ts';
import {
  newFence,
  newMembers,
  newRouters,
  owedChangeFor,
  requestOf,
  reservationIds,
  SINCE,
} from '../../etcd/reservation-fixture.ts';
import { inActivity, scheduledNow } from '../activity.ts';

describe('ending a reservation', () => {
  const etcd = useEtcd();
  const deps = () => ({ store: etcd().store, policy: DEFAULT_POLICY }) as unknown as Dependencies;
  const idsOn = (routers: readonly string[]) => reservationIds(etcd().store, routers);
  const end = (input: EndReservationInput, times = scheduledNow()) =>
    inActivity(times, () => endingReservation(deps())(input));

  it('frees both routers, and tells what they owe', async () => {
    const fence = await newFence(etcd().store, newRouters());
    const { routers } = fence;
    assert.deepEqual(await idsOn(routers), [fence.reservation, fence.reservation]);
    await etcd().store.addOwedChanges(fence, routers[1], [owedChangeFor(newGateway())]);
    assert.deepEqual(await end(fence), [{ id: routers[1], name: routers[1], changes: 1 }]);
    assert.deepEqual(await idsOn(routers), [null, null]);
  });

  it('fails for a workflow that was reset, while members are permitted; the next one settles them', async () => {
    const fence = await newFence(etcd().store, newRouters());
    const { reservation, routers } = fence;
    await etcd().store.permitCommit(fence, routers, newMembers(1), SINCE);
    await assert.rejects(end({ reservation, routers, ifEmpty: true }), {
      type: FAILURES.Superseded,
      nonRetryable: true,
      message: `reservation ${reservation}: something is permitted under it still`,
    });
    assert.deepEqual(await idsOn(routers), [reservation, reservation]);
    assert.deepEqual(await end({ reservation, routers }), []);
    assert.deepEqual(await idsOn(routers), [null, null]);
  });

  it('of which a frozen worker has not begun yet keeps that worker from reserving', async () => {
    const { pair, reservation, routers } = requestOf(newRouters());
    const times = scheduledNow();
    const later = times.scheduledTimestampMs + 5;
    const reserve = (reserves = deps()) =>
      inActivity(times, () => reserving(reserves)({ pair, routers, reservation, known: null }));
    const workflowExecution = { workflowId: pair, runId: 'run' };
    await end({ reservation, routers }, { ...times, scheduledTimestampMs: later, workflowExecution });
    await assert.rejects(reserve(), { type: FAILURES.Superseded });
    assert.deepEqual(await idsOn(routers), [null, null]);
  });

  it('keeps nobody from reserving if no workflow is known to have ended it', async () => {
    const { pair, reservation, routers } = requestOf(newRouters());
    const times = scheduledNow();
    await end({ reservation, routers }, { ...times, scheduledTimestampMs: times.scheduledTimestampMs + 5 });
    const outcome = await inActivity(times, () =>
      reserving(deps())({ pair, routers, reservation, known: null }),
    );
    assert.equal(outcome.kind, 'reserved');
  });
});
