import assert from 'node:assert/strict';
import './workflow-globals.ts';
import { emptyPair } from '../../pair/state.ts';
import { Execution, payloadOf, valueOf } from './temporal/execution.ts';
import type { Command } from './temporal/execution.ts';

const ROUTERS = ['a', 'b'] as const;
const LEFT = [
  {
    gateway: { resourceType: 'vpn_gateway', resourceId: 'g', version: 1 },
    run: 'r',
    name: 'acme',
    answer: { kind: 'kept' },
  },
];

describe("a pair's workflow that could not publish how a gateway has ended", () => {
  it('leaves that to its next run, wherever its history becomes too long', async () => {
    const attempts = new Set<number>();
    for (let suggestAfter = 1; suggestAfter < 60; suggestAfter += 1) {
      const start = { workflowId: 'p', runId: '1', firstRunId: '1', originalRunId: '1', type: 'routerPair' };
      const args = [payloadOf({ routers: ROUTERS, state: emptyPair('p'), left: LEFT })];
      const pair = new Execution({ ...start, args }, suggestAfter, () => 0);
      let commands = await pair.activate();
      for (let tried = 0; ;) {
        const input = nextInput(commands);
        if (input !== undefined) {
          assert.deepEqual((input as { readonly left?: unknown }).left, LEFT, `${suggestAfter} events`);
          attempts.add(tried);
          break;
        }
        for (const { startTimer, scheduleActivity } of commands) {
          if (startTimer) pair.jobs.push({ fireTimer: { seq: startTimer.seq ?? 0 } });
          if (!scheduleActivity) continue;
          assert.equal(scheduleActivity.activityType, 'publishUnpublished');
          tried += 1;
          const failure = {
            message: 'a record can’t be read',
            applicationFailureInfo: { type: 'StoreCorrupt', nonRetryable: true },
          };
          pair.jobs.push({
            resolveActivity: { seq: scheduleActivity.seq ?? 0, result: { failed: { failure } } },
          });
        }
        commands = await pair.activate();
      }
    }
    assert.ok(attempts.has(0) && attempts.size > 1, `attempts before: ${[...attempts].join(', ')}`);
  });
});

function nextInput(commands: readonly Command[]): unknown {
  const [payload] = commands.flatMap(
    ({ continueAsNewWorkflowExecution: continued }) => continued?.arguments ?? [],
  );
  return payload && valueOf(payload);
}
