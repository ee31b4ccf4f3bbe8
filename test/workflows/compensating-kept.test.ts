import assert from 'node:assert/strict';
import { WorkflowFailedError } from '@temporalio/client';
import type { PairAnswer } from '../../pair/messages.ts';
import type { compensatingKept } from './compensating-kept.ts';
import { REQUESTER } from './requester.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

const REVERTED: PairAnswer = { kind: 'reverted', type: 'Cancelled', reason: 'undone', owedOn: [] };

describe('the compensation of a gateway', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  let answers: PairAnswer[];
  before(async () => {
    scene = await openWorkflows('compensating-kept.ts', { requestRevert: () => answers.shift() });
  });
  after(() => scene.close());
  const compensate = () => scene.execute<typeof compensatingKept>('compensatingKept', REQUESTER);

  it('that the pair was making permanent asks again, and is done once it is reverted', async () => {
    answers = [{ kind: 'kept' }, REVERTED];
    await compensate();
    assert.deepEqual(answers, []);
  });

  it('that /state promises does not ask again', async () => {
    answers = [{ kind: 'complete' }, REVERTED];
    await assert.rejects(compensate(), WorkflowFailedError);
    assert.deepEqual(answers, [REVERTED]);
  });
});
