import assert from 'node:assert/strict';
import { placeIn } from '../../client/queue-place.ts';
import type { PairQueue } from '../../pair/messages.ts';

const vpn = (resourceId: string) => ({ resourceType: 'vpn_gateway', resourceId });
const entry = (resourceId: string) => ({
  gateway: { ...vpn(resourceId), version: 1 },
  name: resourceId,
});
const queue: PairQueue = {
  routers: ['a', 'b'],
  names: ['a', 'b'],
  reservation: 't.1',
  phase: 'applying',
  blockedBy: null,
  vrrp: null,
  since: '2026-01-01T00:00:00.000Z',
  batch: [{ ...entry('one'), verdict: null }],
  waiting: [entry('two'), entry('three')].map((one) => ({ ...one, since: '2026-01-01T00:00:00.000Z' })),
  door: { standing: 0, gate: 0 },
};

describe("a gateway's place in its pair's queue", () => {
  it('is shown to a gateway that waits, with what is before it', () => {
    assert.equal(placeIn(queue, vpn('three')), 'number 2 of 2 in the queue, behind a batch of 1 (applying)');
  });

  it('is shown to a gateway in the batch; what blocks the batch is told beside it', () => {
    const blocked = {
      ...queue,
      phase: 'reserving',
      blockedBy: 'MX-2 is held for maintenance: new line card',
    };
    assert.equal(placeIn(blocked, vpn('one')), 'in a batch of 1 (reserving)');
  });

  it('is not shown to a gateway that the pair does not know', () => {
    assert.equal(placeIn(queue, vpn('four')), null);
  });

  it('is shown to a gateway at the door by what the pair says now, which may be newer than what the saga heard', () => {
    const full = { ...queue, door: { standing: 40, gate: 110 } };
    const place = placeIn(full, vpn('four'), { ticket: 120, ahead: 17 });
    assert.equal(place, 'at the door, 9 ahead, behind a queue of 2 and a batch of 1 (applying)');
    const next = placeIn(full, vpn('four'), { ticket: 100, ahead: 17 });
    assert.equal(next, 'at the door, 0 ahead, behind a queue of 2 and a batch of 1 (applying)');
  });

  it('is not that of a gateway of another type with the same id', () => {
    assert.equal(placeIn(queue, { resourceType: 'internet_gateway', resourceId: 'two' }), null);
  });
});
