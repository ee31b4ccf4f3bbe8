import assert from 'node:assert/strict';
import { main } from '../../command/run.ts';
import { created, openScene, type Scene } from '../client/scene.ts';
import { fakeIo } from './fake-io.ts';

describe('gateway-saga create where no worker answers', function () {
  this.timeout(90_000);
  let scene: Scene;
  let env: Record<string, string>;
  before(async () => {
    scene = await openScene('without attributes');
    env = scene.env;
  });
  after(() => scene.close());

  it('says so of several, once', async () => {
    const ids = [scene.gateway(), scene.gateway()].map(({ resourceId }) => resourceId);
    const io = fakeIo(env);
    const code = main(['apply', 'vpn_gateway', ...ids], io);
    await io.said('yet');
    io.interrupt();
    assert.equal(await code, 130);
    assert.equal(io.out(), '2 gateways: no worker has taken them up yet\n');
  });

  it('says so without a terminal too, once, and goes on when one does', async () => {
    const gateway = scene.gateway();
    const waits = `vpn_gateway ${gateway.resourceId}: waits for a worker to take it up\n`;
    const io = fakeIo(env);
    const code = main(['create', gateway.resourceType, gateway.resourceId], io);
    await io.said('waits for a worker');
    assert.equal(io.out(), waits);
    await scene.startWorker();
    await scene.end(gateway, created(gateway));
    assert.equal(await code, 0);
    assert.equal(io.out(), `${waits}created version 1\n`);
  });

  it('says nothing of it where one answers', async () => {
    const gateway = scene.gateway();
    const io = fakeIo(env);
    const code = main(['create', gateway.resourceType, gateway.resourceId], io);
    await scene.begun(gateway);
    await scene.step(gateway, [{ step: 'plan', status: 'running', since: new Date().toISOString() }]);
    await io.said('plan begins');
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    await scene.end(gateway, created(gateway));
    assert.equal(await code, 0);
    assert.ok(!io.out().includes('waits for a worker'), io.out());
  });
});
