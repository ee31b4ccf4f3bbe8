import assert from 'node:assert/strict';
import { activityInfo, ApplicationFailure, CompleteAsyncError } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import type { RequestInput } from '../../activities/requests/request.ts';
import type { requesting } from './requesting.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

const INPUT: RequestInput = {
  routers: ['A', 'B'],
  names: ['MX-1', 'MX-2'],
  request: {
    gateway: { resourceType: 'vpn_gateway', resourceId: 'one', version: 1 },
    run: 'a run',
    name: 'one',
    sequence: 1,
    action: { kind: 'apply' },
  },
};
const ANSWER = { kind: 'applied', trial: 'a.1.1' };

describe('a request', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  /** How the first attempts end, one after the other. The attempt after the last one is answered. */
  let ends: (() => Error)[];
  let sent: (readonly [sequence: number, first: number | undefined])[];
  let attempts: { readonly waits: number; readonly attempt: number }[];
  before(async () => {
    scene = await openWorkflows('requesting.ts', {
      requestApply: ({ request: { sequence, firstSequence } }: RequestInput) => {
        sent.push([sequence, firstSequence]);
        const { startToCloseTimeoutMs: waits, attempt } = activityInfo();
        attempts.push({ waits, attempt });
        const end = ends.shift();
        if (end) throw end();
        return Promise.resolve(ANSWER);
      },
    });
  });
  beforeEach(() => {
    attempts = [];
    sent = [];
  });
  after(() => scene.close());
  const request = () => scene.execute<typeof requesting>('requesting', INPUT);
  /** The pair would have to answer, and does not. */
  const unanswered = () => new CompleteAsyncError();

  it('without an answer is sent again, each time after twice as long', async () => {
    ends = [unanswered, unanswered, unanswered];
    assert.deepEqual(await request(), ANSWER);
    assert.deepEqual(attempts, [
      { waits: 300, attempt: 1 },
      { waits: 600, attempt: 1 },
      { waits: 1_200, attempt: 1 },
      { waits: 2_400, attempt: 1 },
    ]);
  });

  it('without an answer counts as a new one when it is sent again, and tells with which number it was sent first', async () => {
    ends = [unanswered, unanswered];
    await request();
    assert.deepEqual(sent, [
      [1, undefined],
      [2, 1],
      [3, 1],
    ]);
  });

  it('that fails is attempted again while its time lasts', async () => {
    const fails = () => new Error('etcd is away');
    ends = [fails, unanswered, fails];
    assert.deepEqual(await request(), ANSWER);
    assert.ok(
      attempts.some(({ waits }) => waits > 300),
      JSON.stringify(attempts),
    );
  });

  it('that is refused is not sent again', async () => {
    ends = [() => ApplicationFailure.nonRetryable('superseded', 'Superseded')];
    await assert.rejects(request(), WorkflowFailedError);
    assert.equal(attempts.length, 1);
  });
});
