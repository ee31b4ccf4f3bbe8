import assert from 'node:assert/strict';
import { ActivityNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { asyncLocalStorage } from '@temporalio/activity';
import type { Context } from '@temporalio/activity';
import { answer } from '../../../activities/requests/answer.ts';
import type { AnswerInput } from '../../../activities/requests/answer.ts';
import type { PairAnswer } from '../../../pair/messages.ts';

const KEPT: PairAnswer = { kind: 'kept' };
const to = (workflowId: string) => ({ workflowId, runId: 'first', activityId: '7' });

/** A Temporal where activities of `waiting` workflows wait for an answer, and workflows have these states. */
function temporalWith(waiting: readonly string[], states: Readonly<Record<string, string>>) {
  const given: string[] = [];
  const client = {
    activity: {
      complete: async ({ workflowId }: ReturnType<typeof to>, { kind }: PairAnswer) => {
        if (!waiting.includes(workflowId)) throw new ActivityNotFoundError('not found');
        given.push(`${workflowId}: ${kind}`);
      },
    },
    workflow: {
      getHandle: (workflowId: string) => ({
        describe: async () => {
          const name = states[workflowId];
          if (name === undefined) throw new WorkflowNotFoundError('not found', workflowId, undefined);
          return { runId: 'first', status: { name }, raw: {} };
        },
      }),
    },
  };
  const context = { client, info: { scheduledTimestampMs: 0 } } as unknown as Context;
  const give = (input: AnswerInput) => asyncLocalStorage.run(context, () => answer(input));
  return { given, give };
}

describe('an answer', () => {
  it('is delivered to the activity that waits for it', async () => {
    const { given, give } = temporalWith(['a', 'b'], {});
    const answers = ['a', 'b'].map((id) => ({ replyTo: to(id), answer: KEPT }));
    assert.deepEqual(await give({ answers }), ['delivered', 'delivered']);
    assert.deepEqual(given, ['a: kept', 'b: kept']);
  });

  it('counts as delivered if the saga runs but no activity waits: the saga sends its request again (M4)', async () => {
    const { give } = temporalWith([], { a: 'RUNNING' });
    assert.deepEqual(await give({ answers: [{ replyTo: to('a'), answer: KEPT }] }), ['delivered']);
  });

  it('is undelivered if the saga has ended or is not found (M4)', async () => {
    const { give } = temporalWith(['c'], { a: 'TERMINATED', c: 'RUNNING' });
    const answers = ['a', 'b', 'c'].map((id) => ({ replyTo: to(id), answer: KEPT }));
    assert.deepEqual(await give({ answers }), ['undelivered', 'undelivered', 'delivered']);
  });

  it('that a member was never applied is not given by a workflow that was reset (T6)', async () => {
    const { given, give } = temporalWith(['a', 'b'], {});
    const answers = [
      { replyTo: to('a'), answer: KEPT, neverApplied: true as const },
      { replyTo: to('b'), answer: KEPT },
    ];
    assert.deepEqual(await give({ answers, wasReset: true }), ['uncertain', 'delivered']);
    assert.deepEqual(given, ['b: kept']);
    assert.deepEqual(await give({ answers }), ['delivered', 'delivered']);
  });
});
