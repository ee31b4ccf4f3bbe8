/** A step that fails for good is tried again after longer and longer pauses, because each attempt adds to the history. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../../gateway/failures.ts';
import { ROUTER_PAIR, WAKE_PAIR_SIGNAL, pairIdOf } from '../../pair/messages.ts';
import { pauses } from '../../workflows/again.ts';
import { kindRouters } from './kind-routers.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('a step that fails for good', function () {
  this.timeout(60_000);
  const ATTEMPTS = 8;
  let failures = 0;
  let scene: WorkflowScene;
  before(async () => {
    scene = await openWorkflows('failing-workflows.ts', {
      ...kindRouters().activities,
      endReservation: async () => {
        failures += 1;
        if (failures === ATTEMPTS) return [];
        throw ApplicationFailure.nonRetryable('a record can’t be read', FAILURES.StoreCorrupt);
      },
    });
  });
  after(() => scene.close());

  it('is tried again after pauses that double, up to 15 minutes', () => {
    const pause = pauses(30_000);
    const seconds = Array.from({ length: 7 }, () => pause.next().value / 1000);
    assert.deepEqual(seconds, [30, 60, 120, 240, 480, 900, 900]);
  });

  it('keeps the history of a pair short', async () => {
    const routers = [randomUUID(), randomUUID()].sort() as [string, string];
    const pair = await scene.client.signalWithStart(ROUTER_PAIR, {
      workflowId: pairIdOf(routers),
      taskQueue: scene.taskQueue,
      args: [{ routers }],
      signal: WAKE_PAIR_SIGNAL,
      signalArgs: [],
    });
    await pair.result();
    assert.equal(failures, ATTEMPTS);
    const { events = [] } = await pair.fetchHistory();
    const timers = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) => {
      const { seconds, nanos } = timer?.startToFireTimeout ?? {};
      return timer ? [Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6] : [];
    });
    assert.deepEqual(timers.slice(0, ATTEMPTS - 1), [4, 8, 16, 32, 64, 120, 120]);
  });
});
