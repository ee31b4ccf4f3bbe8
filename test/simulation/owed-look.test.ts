import assert from 'node:assert/strict';
import './workflow-globals.ts';
import { emptyPair } from '../../pair/state.ts';
import type { PairState } from '../../pair/state.ts';
import type { OwingLook } from '../../pair/transactions.ts';
import { Execution, payloadOf, valueOf } from './temporal/execution.ts';
import type { Command, Job } from './temporal/execution.ts';

const ROUTERS = ['a', 'b'] as const;
const OWING = [{ id: 'a', name: 'MX-1', changes: 1 }];
const LOOK: OwingLook = { routers: OWING, ready: ['a'], inTheWay: null, isSlow: false };

describe("a pair's workflow whose router owes something", () => {
  it('goes on with what its look has found, wherever its history becomes too long', async () => {
    const ends: string[] = [];
    for (let suggestAfter = 1; suggestAfter < 40; suggestAfter += 1) {
      const owing = { routers: OWING, look: 1, waitMs: 0, lookAt: 0, inTheWay: null };
      const state: PairState = { ...emptyPair('p'), recovered: true, owing };
      const start = { workflowId: 'p', runId: '1', firstRunId: '1', originalRunId: '1', type: 'routerPair' };
      const args = [payloadOf({ routers: ROUTERS, state })];
      const pair = new Execution({ ...start, args }, suggestAfter, () => 0);
      const happens = (job: Job): Promise<readonly Command[]> => {
        pair.jobs.push(job);
        return pair.activate();
      };
      const timer = (await pair.activate()).find(({ startTimer }) => startTimer)?.startTimer;
      if (!timer) continue;
      const looks = await happens({ fireTimer: { seq: timer.seq ?? 0 } });
      const look = looks.find(({ scheduleActivity }) => scheduleActivity)?.scheduleActivity;
      if (!look) continue;
      const result = { completed: { result: payloadOf(LOOK) } };
      const next = await happens({ resolveActivity: { seq: look.seq ?? 0, result } });
      for (const { scheduleActivity, continueAsNewWorkflowExecution: continued } of next) {
        if (scheduleActivity) ends.push(scheduleActivity.activityType ?? '');
        const [input] = continued?.arguments ?? [];
        if (!input) continue;
        const { state: carried } = valueOf(input) as { readonly state: PairState };
        assert.deepEqual(carried.owing?.ready, ['a'], `${suggestAfter} events`);
        ends.push('continued');
      }
    }
    assert.deepEqual([...new Set(ends)].sort(), ['continued', 'reserve']);
  });
});
