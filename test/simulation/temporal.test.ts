import assert from 'node:assert/strict';
import './workflow-globals.ts';
import { createVirtualClock } from '../simulator/device/virtual-clock.ts';
import { Execution } from './temporal/execution.ts';
import { Running } from './temporal/running.ts';

describe("the simulation's Temporal", () => {
  it('does nothing again of a run that was terminated after it was reset', async () => {
    const told: string[] = [];
    const start = {
      workflowId: 'p',
      runId: '1',
      firstRunId: '1',
      originalRunId: '1',
      type: 'routerPair',
      args: [],
    };
    const execution = new Execution(start, 1_000, () => 0);
    const handed = { at: 0, jobs: execution.jobs.splice(0) };
    const running = new Running(execution, {
      clock: createVirtualClock(),
      dispatch: () => told.push('an activity'),
      schedule: () => told.push('a task'),
      continueAsNew: () => told.push('another run'),
      tell: () => undefined,
    });
    running.end('terminated', 'terminated');
    await running.replay([handed], []);
    assert.deepEqual([execution.tasks, told], [[], []]);
  });
});
