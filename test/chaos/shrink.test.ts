import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Fault } from './processes/faults.ts';
import { drawSchedule } from './processes/schedule.ts';
import { shrink } from './processes/shrink.ts';

describe('shrinking a schedule', () => {
  const fault = (at: number): Fault => ({ when: { kind: 'time', at }, effect: { kind: 'compact' } });
  const schedule = { ...drawSchedule(1), faults: [1, 2, 3, 4].map(fault) };

  it('leaves the faults that the failure needs, in their order', async () => {
    const needs = [fault(2), fault(4)];
    const smallest = await shrink(schedule, ({ faults }) =>
      Promise.resolve(needs.every((one) => faults.some(({ when }) => isDeepStrictEqual(when, one.when)))),
    );
    assert.deepEqual(smallest.faults, needs);
  });

  it('leaves out all when it needs none, and none when it needs all', async () => {
    assert.deepEqual((await shrink(schedule, () => Promise.resolve(true))).faults, []);
    assert.deepEqual(await shrink(schedule, ({ faults }) => Promise.resolve(faults.length === 4)), schedule);
  });
});
