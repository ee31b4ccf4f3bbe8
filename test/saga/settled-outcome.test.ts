import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { main } from '../../command/run.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { kindOf } from '../gateway/kinds.ts';
import { loadKinds } from '../../templates/load.ts';
import { toHeatTemplates } from '../../templates/published.ts';
import { fakeIo } from '../command/fake-io.ts';
import { keysOf } from '../world/evidence.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('a second start', function () {
  this.timeout(30_000);
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  const status = async (gateway: { resourceType: string; resourceId: string }) => {
    const io = fakeIo({ TEMPORAL_ADDRESS: world.stack.temporal.address });
    const code = await main(['status', gateway.resourceType, gateway.resourceId], io);
    return { code, lines: io.out().trimEnd().split('\n').slice(1) };
  };

  it('of a created gateway reports what the first start reported but VRRP, and so does status', async () => {
    const gateway = world.gateway('vpn_gateway', 1);
    const first = await world.create(gateway);
    assert.ok(first.kind === 'created', JSON.stringify(first));
    assert.deepEqual((await status(gateway)).lines, [
      'created version 1',
      'VRRP: primary MASTER, secondary BACKUP',
      'stands: version 1',
    ]);
    const second = await (await world.client.create(gateway)).result();
    // How VRRP is now, nobody knows: this start looked at no router.
    const { routers: _, ...known } = first;
    assert.deepEqual(second, { ...known, alreadyEnded: true });
    assert.deepEqual(await status(gateway), {
      code: 0,
      lines: ['created version 1 before; nothing was touched now', 'stands: version 1'],
    });
  });

  it('of a failed gateway reports why it failed, and so does status', async () => {
    const gateway = world.gateway('vpn_gateway', 2);
    world.pairOf(gateway).primary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'check',
      outcome: { kind: 'fail-check', message: 'not today' },
    });
    assert.equal((await world.create(gateway)).kind, 'failed');
    await (await world.client.create(gateway)).result();
    const { code, lines } = await status(gateway);
    assert.equal(code, 1);
    assert.match(
      lines.join(),
      /^failed \(AlreadyEnded\): version 1 ended as CREATE_FAILED \(.*not today.*\); to try again, write a new version, or ask for this one by gateway-saga apply --again,stands: what stood before$/,
    );
  });
});

describe('a creation of an unknown kind', function () {
  this.timeout(30_000);
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  it('is refused with the kinds that there are, of the folder and published, before its configuration is looked at', async () => {
    const type = `published_${randomUUID().slice(0, 8)}`;
    const kind = kindOf('vpn_gateway', await loadKinds());
    const own = {
      ...kind,
      resourceType: type,
      provisioning: { ...kind.provisioning, id: type },
      monitoring: { ...kind.monitoring, id: `${type}_monitoring` },
    };
    await world.store.publishTemplates(toHeatTemplates(own));
    await world.store.publishTemplates([{ id: `${type}_half` }]);
    const gateway = { resourceType: 'vpn_gateways', resourceId: randomUUID() };
    const outcome = await (await world.client.create(gateway)).result();
    assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
    assert.equal(outcome.type, FAILURES.InvalidRequest);
    const [, list = ''] =
      /^resourceType: expected one of (.*), got "vpn_gateways"$/.exec(outcome.message) ?? [];
    const names = list.split(', ');
    assert.deepEqual(names, names.toSorted());
    for (const name of ['internet_gateway', 'vpn_gateway', type])
      assert.ok(names.includes(name), outcome.message);
    assert.ok(!names.some((name) => /_half$|_monitoring$/.test(name)), outcome.message);
    assert.deepEqual(await keysOf(world, gateway), {});
  });
});
