import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { UnansweredRequests } from '../../../activities/requests/unanswered.ts';
import { PAIR_TIMES } from '../../../pair/times.ts';

const TIMES = { ...PAIR_TIMES };

/** A request to a pair's run. Temporal is asked about both by `getHandle`. */
const requestSeenBy = (getHandle: unknown) => ({
  client: { workflow: { getHandle } } as never,
  pair: 'pair',
  replyTo: { workflowId: 'saga', runId: 'run', activityId: '7' },
  pairRun: 'pair run',
  waitMs: 3_600_000,
});

describe('a worker that has sent a request to a pair', () => {
  before(() => {
    // With 0 each check looks. The mocked timers don't move the monotonic clock, so no pause between two looks would ever be over.
    Object.assign(PAIR_TIMES, { holdsLookMs: 0 });
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  after(() => {
    mock.timers.reset();
    Object.assign(PAIR_TIMES, TIMES);
  });

  it('asks etcd and Temporal nothing more once it is answered, although its time is not over', async () => {
    let [isAnswered, looks, asked] = [false, 0, 0];
    const unanswered = new UnansweredRequests({
      holds: async (ids) => {
        looks += 1;
        return ids.map(() => null);
      },
    });
    const getHandle = () => ({
      describe: async () => {
        asked += 1;
        const raw = { pendingActivities: isAnswered ? [] : [{ activityId: '7' }] };
        return { runId: 'pair run', status: { name: 'RUNNING' }, raw };
      },
    });
    unanswered.add({
      ...requestSeenBy(getHandle),
      send: () => assert.fail('the pair has it'),
      waitsFor: [{ id: 'a', name: 'MX-1' }],
    });
    const check = async () => {
      mock.timers.tick(PAIR_TIMES.pairCheckMs);
      await setImmediate();
    };
    for (const _ of [1, 2]) await check();
    assert.equal(looks, 2);
    isAnswered = true;
    // This check finds out that the request was answered.
    await check();
    const before = asked;
    for (const _ of [1, 2, 3]) await check();
    assert.deepEqual({ looks, asked }, { looks: 2, asked: before });
  });

  it('asks Temporal once about an answered verdict whose pair was replaced, and of the pair nothing more', async () => {
    const asked: string[] = [];
    const getHandle = (workflowId: string, runId?: string) => ({
      describe: async () => {
        asked.push(`${workflowId} ${runId ?? 'newest'}`);
        const raw = { pendingActivities: [] };
        return { runId: runId ?? 'another run', status: { name: 'RUNNING' }, raw };
      },
    });
    const unanswered = new UnansweredRequests({
      holds: () => assert.fail('no hold keeps a verdict waiting'),
    });
    unanswered.add({
      ...requestSeenBy(getHandle),
      send: () => assert.fail('it was answered'),
    });
    for (const _ of [1, 2, 3]) {
      mock.timers.tick(PAIR_TIMES.pairCheckMs);
      await setImmediate();
    }
    assert.deepEqual(asked, ['pair newest', 'pair pair run', 'saga run']);
  });
});
