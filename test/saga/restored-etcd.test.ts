import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { ChildProgram } from '../../local/child.ts';
import { startEtcd } from '../../local/etcd-process.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { assertSameRunning, tracesOf } from '../world/evidence.ts';
import { recipe, type } from '../world/recipe.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const RECIPE = 'Backup and restore of etcd';
/** Of Debian's package etcd-client. */
const hasEtcdctl = spawnSync('etcdctl', ['version']).status === 0;

describe('etcd, restored to before a creation', function () {
  this.timeout(240_000);
  let site: Site;
  let worker: ChildProgram;
  let saved: TestGateway;
  let later: TestGateway;
  let blocks: readonly string[];

  before(async function () {
    if (!hasEtcdctl) {
      console.log('    no program "etcdctl" is installed: nothing is saved and restored');
      this.skip();
    }
    site = await openSite(1);
    worker = await startWorker(site.stack);
    [saved, later] = [await site.write('vpn_gateway', 0), await site.write('internet_gateway', 0)];
    blocks = await recipe(RECIPE);
    assert.equal(blocks.length, 4);
  });
  after(() => site?.close());

  it('lacks what stands: doctor names it, apply changes nothing on the routers, and doctor finds no difference', async () => {
    const [save, restore, look, again] = blocks as [string, string, string, string];
    await created(saved);
    await typed(save);
    await created(later);
    const before = tracesOf(site.stack.routers);

    for (const child of [worker, site.stack.etcd.child]) await child.stop();
    await typed(restore);
    const [endpoint = ''] = site.stack.etcd.endpoints;
    await startEtcd(site.stack.run, Number(endpoint.split(':').at(-1)));

    const found = await type(site.stack, look);
    assert.match(found.printed, /\/state says nothing\n {2}gateway-saga apply internet_gateway \S+\n/);
    assert.match(found.printed, /^1 to mend: 2 routers, 2 gateways$/m);
    assert.equal(found.code, 1);
    await startWorker(site.stack);
    assert.match(await typed(again), /^created version 1\n[^]*no difference: 2 routers, 2 gateways\n$/m);
    assertSameRunning(site.stack.routers, before);
    // A worker that has just started confirms by a commit without content: it never saw the router's mark.
    assert.deepEqual(trials(tracesOf(site.stack.routers)), trials(before));
  });

  async function created(gateway: TestGateway): Promise<void> {
    const outcome = await (await site.client.create(gateway)).result();
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
  }

  /** The commits that could fall back. */
  function trials(traces: ReturnType<typeof tracesOf>) {
    return traces.map(({ commits }) => commits.filter((log) => log?.includes(' until ')));
  }

  async function typed(lines: string): Promise<string> {
    const { code, printed } = await type(site.stack, lines);
    assert.equal(code, 0, printed);
    return printed;
  }
});
