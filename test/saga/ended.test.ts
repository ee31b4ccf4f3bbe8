import assert from 'node:assert/strict';
import type { ChangeEnd } from '../../gateway/change-end.ts';
import type { QueueSizes } from '../../pair/queue.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { putRaw } from '../world/evidence.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';

describe('what a worker hears of the end of a change', function () {
  this.timeout(60_000);
  const holds = new Holds();
  const ends: ChangeEnd[] = [];
  const sizes: QueueSizes[] = [];
  let world: World;
  let number = 0;
  before(async () => {
    world = await openWorld({
      wrap: holds.wrap,
      policy: { vrrpLimitMs: 20_000 },
      listeners: { changes: [(end) => ends.push(end)], pairs: [(told) => sizes.push(told)] },
    });
  });
  after(() => world.close());

  const refOf = ({ resourceType, resourceId }: TestGateway) => ({ resourceType, resourceId });
  const next = () => world.gateway('vpn_gateway', (number += 1));
  /** Without what differs from run to run. */
  const endsOf = ({ resourceId }: TestGateway) =>
    ends
      .filter((end) => end.resourceId === resourceId)
      .map(
        ({
          resourceType: _type,
          resourceId: _id,
          name: _name,
          pair: _pair,
          pairNames: _names,
          seconds: _seconds,
          ...end
        }) => end,
      );
  const pair = () => world.routers.map(({ id }) => id);

  it('is one end of a creation, with the gateway, its pair and its time, and another one if it is asked for again', async () => {
    const gateway = next();
    await world.create(gateway);
    const [end] = ends.filter(({ resourceId }) => resourceId === gateway.resourceId);
    assert.ok(end);
    assert.equal(end.name, gateway.gateway.body['name']);
    assert.deepEqual([end.pair, end.pairNames], [pair(), ['MX-1', 'MX-2']]);
    assert.ok(end.seconds > 0 && end.seconds < 30, `${end.seconds} s`);
    const complete = { version: 1, action: 'create', outcome: 'complete' };
    assert.deepEqual(endsOf(gateway), [complete]);
    await (await world.client.create(gateway)).result();
    assert.deepEqual(endsOf(gateway), [complete, { ...complete, alreadyEnded: true }]);
  });

  it('says why a change failed, and why a request was refused', async () => {
    const [invalid, absent] = [next(), next()];
    invalid.gateway.body['uplink_vlan_id'] = '5000';
    await world.create(invalid);
    const [failed, ...more] = endsOf(invalid);
    assert.ok(failed);
    assert.deepEqual(more, []);
    const { reason, ...rest } = failed;
    assert.deepEqual(rest, {
      version: 1,
      action: 'create',
      outcome: 'failed',
      failureType: 'InvalidGateway',
    });
    assert.match(String(reason), /uplink_vlan_id.*5000/);
    await (await world.client.create(refOf(absent))).result();
    const [refused] = endsOf(absent);
    assert.deepEqual(
      [refused?.outcome, refused?.failureType, refused?.version],
      ['refused', 'NotFound', null],
    );
  });

  it('is one end of each version where a newer one supersedes an older one, and of a cancelled change', async () => {
    const gateway = next();
    await world.write(gateway);
    const hold = holds.at(gateway, 'recordStack', 'after');
    await world.client.apply(refOf(gateway));
    await hold.reached;
    gateway.gateway.version = 2;
    const { key, value } = recordOf(gateway.gateway);
    await putRaw(world, key, value);
    const newer = await world.client.apply(refOf(gateway));
    hold.release();
    await newer.result();
    assert.deepEqual(
      endsOf(gateway).map(({ version, outcome }) => `${version} ${outcome}`),
      ['1 superseded', '2 complete'],
    );
    const other = next();
    await world.write(other);
    const before = holds.at(other, 'recordStack', 'after');
    const run = await world.client.create(other);
    await before.reached;
    await run.cancel();
    before.release();
    await run.result();
    assert.deepEqual(
      endsOf(other).map(({ outcome, failureType }) => [outcome, failureType]),
      [['cancelled', 'Cancelled']],
    );
  });

  it('tells of the queue of the pair, too, which is empty in the end', () => {
    assert.ok(sizes.some(({ onTrial }) => onTrial === 1));
    assert.ok(sizes.some(({ applying }) => applying === 1));
    assert.deepEqual(
      sizes.map(({ pair: told }) => told.join()),
      sizes.map(() => pair().sort().join()),
    );
    const { waiting, applying, onTrial, oldestSince } = sizes.at(-1) as QueueSizes;
    assert.deepEqual([waiting, applying, onTrial, oldestSince], [0, 0, 0, null]);
  });
});
