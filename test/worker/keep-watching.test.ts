/** A worker that looks after the watch's workflow, against a Temporal whose answers are written down here. */
import assert from 'node:assert/strict';
import proto from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { CONFIG_WATCH_ID, WATCH_TIMES } from '../../gateway/config-watch.ts';
import { keepWatching } from '../../worker/watch.ts';

const TERMINATED = 5;
const RUNNING = 1;

type Answer = 'away' | 'nobody answers' | 'stopped';

/** One answer for each look. Once the workflow was started, it runs. `started`: the arguments of each start, and after how many looks it came. */
function temporalThat(answers: readonly Answer[]) {
  const started: { readonly after: number; readonly args: readonly unknown[] }[] = [];
  let looks = 0;
  const workflowService = {
    describeWorkflowExecution: async () => {
      looks += 1;
      if (answers[looks - 1] === 'away') throw new Error('no connection');
      const execution = { workflowId: CONFIG_WATCH_ID, runId: 'run-1' };
      const status = started.length > 0 ? RUNNING : TERMINATED;
      const info = { execution, type: { name: 'configWatch' }, status, historyLength: 3, startTime: {} };
      const { WorkflowExecutionInfo } = proto.temporal.api.workflow.v1;
      return { workflowExecutionInfo: WorkflowExecutionInfo.fromObject(info) };
    },
    queryWorkflow: async () => {
      if (answers[looks - 1] !== 'stopped') throw new Error('deadline exceeded');
      const status = { stopped: '2026-11-22T03:19:53.670Z', active: true, since: '', report: null, book: [] };
      return { queryResult: { payloads: [payloadOf(status)] } };
    },
    startWorkflowExecution: async ({ input }: { input?: { payloads?: { data: Uint8Array }[] } }) => {
      const payloads = input?.payloads ?? [];
      const args = payloads.map(({ data }): unknown => JSON.parse(Buffer.from(data).toString()));
      started.push({ after: looks, args });
      return { runId: 'run-2' };
    },
  };
  const connection = {
    workflowService,
    withDeadline: async (_: unknown, call: () => unknown) => call(),
  } as unknown as NativeConnection;
  return { connection, started, looks: () => looks };
}

function payloadOf(value: unknown) {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(value)) };
}

describe('a watch whose workflow was ended', () => {
  const { ensureMs } = WATCH_TIMES;
  before(() => void Object.assign(WATCH_TIMES, { ensureMs: 1 }));
  after(() => void Object.assign(WATCH_TIMES, { ensureMs }));

  /** Lets a worker look until all answers are given, and once more. */
  async function kept(answers: readonly Answer[]) {
    const { connection, started, looks } = temporalThat(answers);
    const over = new AbortController();
    const warnings: string[] = [];
    const warn = (words: string) => void warnings.push(words);
    const options = { temporal: { namespace: 'default' } } as Parameters<typeof keepWatching>[0];
    const keeping = keepWatching(options, connection, { warn, signal: over.signal });
    while (looks() <= answers.length) await new Promise(setImmediate);
    over.abort();
    await keeping;
    return { started, warnings };
  }

  it('is begun anew from what a worker tells of it', async () => {
    const { started, warnings } = await kept(['nobody answers', 'stopped']);
    const known = started.map(({ after, args: [input] }) => {
      const { stopped, active } = input as { stopped: string; active: boolean };
      return [after, stopped, active];
    });
    assert.deepEqual(known, [[2, '2026-11-22T03:19:53.670Z', false]]);
    assert.match(
      warnings.join('\n'),
      /^.*can't be started: nobody tells whether it was stopped when it was ended: .*$/,
    );
  });

  it('is begun anew without what it knew, once nobody has answered four times', async () => {
    const { started, warnings } = await kept(Array.from({ length: 4 }, () => 'nobody answers'));
    assert.deepEqual(started, [{ after: 4, args: [] }]);
    assert.equal(warnings.length, 1);
  });

  it('is not forgotten sooner because Temporal was away before', async () => {
    const { started } = await kept(['away', 'away', 'away', 'nobody answers', 'stopped']);
    assert.deepEqual(
      started.map(({ after, args }) => [after, args.length]),
      [[5, 1]],
    );
  });
});
