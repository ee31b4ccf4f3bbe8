import assert from 'node:assert/strict';
import type { RequestInput } from '../../activities/requests/request.ts';
import type { Requester } from '../../workflows/pair-requests.ts';
import type { numbering } from './numbering.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

const ASKING: Requester = {
  gateway: { resourceType: 'vpn_gateway', resourceId: 'one', version: 1 },
  run: 'a run',
  name: 'one',
  routers: {
    primary: { role: 'primary', id: 'A', name: 'MX-1' },
    secondary: { role: 'secondary', id: 'B', name: 'MX-2' },
  },
};

describe('stamps of asks', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  const sequences: number[] = [];
  before(async () => {
    scene = await openWorkflows('stamping.ts', {
      drop: ({ request }: RequestInput) => {
        sequences.push(request.sequence);
        return { kind: 'gone', type: 'Cancelled', reason: 'undone', owed: [] };
      },
    });
  });
  after(() => scene.close());

  it('are given out once by a saga, for whichever of its gateway’s runs it asks at one moment (M2)', async () => {
    await scene.execute<typeof numbering>('stamping', ASKING);
    assert.equal(sequences.length, 3);
    assert.equal(new Set(sequences).size, 3, sequences.join());
  });
});
