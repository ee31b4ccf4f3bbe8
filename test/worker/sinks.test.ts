import assert from 'node:assert/strict';
import type { WorkflowInfo } from '@temporalio/workflow';
import type { ChangeEnd } from '../../gateway/change-end.ts';
import type { QueueSizes } from '../../pair/queue.ts';
import { sinksOf } from '../../worker/sinks.ts';

describe('the sinks of a worker', () => {
  it('pass on the end of a run once, although the run repeats it', () => {
    const heard: string[] = [];
    const { changes } = sinksOf({
      changes: [({ name }) => heard.push(name), ({ name }) => heard.push(`${name}, too`)],
    });
    const end = (runId: string) => changes.ended.fn({ runId } as WorkflowInfo, { name: runId } as ChangeEnd);
    for (const runId of ['one', 'one', 'two', 'one']) void end(runId);
    assert.deepEqual(heard, ['one', 'one, too', 'two', 'two, too']);
    // The oldest runs are forgotten, the newest are not.
    for (let run = 0; run < 5_000; run += 1) void end(`run ${run}`);
    heard.length = 0;
    for (const runId of ['run 4999', 'one']) void end(runId);
    assert.deepEqual(heard, ['one', 'one, too']);
  });

  it('tell each listener, although another one throws', () => {
    const heard: string[] = [];
    const broken = () => {
      throw new TypeError('broken');
    };
    const { changes, pairs } = sinksOf({
      changes: [broken, ({ name }) => heard.push(name)],
      pairs: [broken, ({ waiting }) => heard.push(`${waiting} wait`)],
    });
    const info = { runId: 'one' } as WorkflowInfo;
    assert.throws(() => void changes.ended.fn(info, { name: 'acme' } as ChangeEnd), /broken/);
    assert.throws(() => void pairs.queue.fn(info, { waiting: 7 } as QueueSizes), /broken/);
    assert.deepEqual(heard, ['acme', '7 wait']);
  });
});
