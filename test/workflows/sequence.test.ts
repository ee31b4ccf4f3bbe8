import assert from 'node:assert/strict';
import type { RequestInput } from '../../activities/requests/request.ts';
import type { Requester } from '../../workflows/pair-requests.ts';
import type { numbering } from './numbering.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

const REQUESTER: Requester = {
  gateway: { resourceType: 'vpn_gateway', resourceId: 'one', version: 1 },
  run: 'a run',
  name: 'one',
  routers: {
    primary: { role: 'primary', id: 'A', name: 'MX-1' },
    secondary: { role: 'secondary', id: 'B', name: 'MX-2' },
  },
};

describe('sequence numbers of requests', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  const sequences: number[] = [];
  before(async () => {
    scene = await openWorkflows('numbering.ts', {
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
