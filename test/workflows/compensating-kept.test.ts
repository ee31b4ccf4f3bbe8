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
    scene = await openWorkflows('plain-workflows.ts', { requestRevert: () => answers.shift() });
  });
  after(() => scene.close());
  const compensate = () => scene.execute<typeof compensatingKept>('compensatingKept', REQUESTER);

  for (const kind of ['kept', 'complete'] as const)
    it(`that is ${kind} can't be done, and does not ask again`, async () => {
      answers = [{ kind }, REVERTED];
      await assert.rejects(compensate(), WorkflowFailedError);
      assert.deepEqual(answers, [REVERTED]);
    });
});
