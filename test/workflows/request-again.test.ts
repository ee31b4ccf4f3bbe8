import assert from 'node:assert/strict';
import { activityInfo, ApplicationFailure, CompleteAsyncError } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import type { RequestInput } from '../../activities/requests/request.ts';
import type { asking } from './requesting.ts';
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
const ANSWER = { kind: 'applied', reservation: 'a.1' };

describe('an ask', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  /** What becomes of each, one after the other; then it is answered. */
  let ends: (() => Error)[];
  let asks: { readonly waits: number; readonly attempt: number }[];
  before(async () => {
    scene = await openWorkflows('asking.ts', {
      push: () => {
        const { startToCloseTimeoutMs: waits, attempt } = activityInfo();
        asks.push({ waits, attempt });
        const end = ends.shift();
        if (end) throw end();
        return Promise.resolve(ANSWER);
      },
    });
  });
  beforeEach(() => (asks = []));
  after(() => scene.close());
  const ask = () => scene.execute<typeof asking>('asking', INPUT);
  /** The pair is to answer, and does not. */
  const unanswered = () => new CompleteAsyncError();

  it('without an answer comes again, each time after twice as long', async () => {
    ends = [unanswered, unanswered, unanswered];
    assert.deepEqual(await ask(), ANSWER);
    assert.deepEqual(asks, [
      { waits: 300, attempt: 1 },
      { waits: 600, attempt: 1 },
      { waits: 1_200, attempt: 1 },
      { waits: 2_400, attempt: 1 },
    ]);
  });

  it('that fails is tried again as long as there is time', async () => {
    const fails = () => new Error('etcd is away');
    ends = [fails, unanswered, fails];
    assert.deepEqual(await ask(), ANSWER);
    assert.ok(
      asks.some(({ waits }) => waits > 300),
      JSON.stringify(asks),
    );
  });

  it('that is refused is not repeated', async () => {
    ends = [() => ApplicationFailure.nonRetryable('superseded', 'Superseded')];
    await assert.rejects(ask(), WorkflowFailedError);
    assert.equal(asks.length, 1);
  });
});
