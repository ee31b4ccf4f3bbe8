import assert from 'node:assert/strict';
import type { RequestInput } from '../../activities/requests/request.ts';
import type { numbering } from './numbering.ts';
import { REQUESTER } from './requester.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('sequence numbers of requests', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  const sequences: number[] = [];
  before(async () => {
    scene = await openWorkflows('plain-workflows.ts', {
      requestRevert: ({ request }: RequestInput) => {
        sequences.push(request.sequence);
        return { kind: 'reverted', type: 'Cancelled', reason: 'undone', owedOn: [] };
      },
    });
  });
  after(() => scene.close());

  it('are drawn once each, even if a saga sends requests for two runs of its gateway at one moment (M2)', async () => {
    await scene.execute<typeof numbering>('numbering', REQUESTER);
    assert.equal(sequences.length, 3);
    assert.equal(new Set(sequences).size, 3, sequences.join());
  });
});
