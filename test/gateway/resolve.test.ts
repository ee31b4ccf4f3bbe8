import assert from 'node:assert/strict';
import type { Kind } from '../../gateway/kind.ts';
import { resolve } from '../../gateway/resolve.ts';
import { problemText } from '../../gateway/validate.ts';
import { INTERNET, VPN, SCHEMAS } from './kinds.ts';
import { SEEDS, internetWorld, pointsOf, vpnWorld } from './samples.ts';
import type { World } from './samples.ts';

interface Param {
  param: string;
  value: unknown;
  resources: unknown;
}

const byName = (one: Param, other: Param) => (one.param < other.param ? -1 : 1);

async function resolved(kind: Kind, world: World) {
  const result = await resolve(kind, world.gateway, world.read, SCHEMAS);
  if (result.kind === 'invalid') assert.fail(problemText(result.problems));
  return result;
}

describe('resolving the parameters of', () => {
  const cases = [
    { name: 'vpn', kind: VPN, world: vpnWorld, counts: [24, 2] },
    { name: 'internet', kind: INTERNET, world: internetWorld, counts: [27, 13] },
  ] as const;

  for (const { name, kind, world: worldOf, counts } of cases) {
    it(`the ${name} sample gives what the seed has: value, type and resources in the order walked`, async () => {
      const result = await resolved(kind, worldOf());
      const jobs = pointsOf(SEEDS[name], 2).map(
        ({ value }) => (value as [string, { params: (Param & { type: string })[] }, 0])[1].params,
      );
      for (const [index, parameters] of [result.provisioning, result.monitoring].entries()) {
        const ours = parameters.map(({ name: param, value, resources }) => ({
          param,
          value,
          resources,
        }));
        const theirs = (jobs[index] ?? []).map(({ param, value, resources }) => ({
          param,
          value,
          resources,
        }));
        assert.equal(ours.length, counts[index]);
        assert.deepEqual(ours.sort(byName), theirs.sort(byName));
      }
    });

    it(`the ${name} sample reads each resource once`, async () => {
      const world = worldOf();
      await resolved(kind, world);
      assert.deepEqual(world.reads, [...new Set(world.reads)]);
      assert.ok(!world.reads.includes(`${world.gateway.ref.type}/${world.gateway.ref.id}`));
    });
  }

  it('a sample marks passwords, and nothing else, as secret', async () => {
    const { provisioning, monitoring } = await resolved(INTERNET, internetWorld());
    const secret = [...provisioning, ...monitoring].filter((parameter) => parameter.secret);
    assert.deepEqual(secret.map(({ name }) => name).sort(), [
      'password',
      'primary_device_password',
      'secondary_device_password',
    ]);
  });

  it('a sample finds the pair of routers', async () => {
    const { routers } = await resolved(VPN, vpnWorld());
    assert.equal(routers.primary.body['ip'], '10.79.5.185');
    assert.equal(routers.secondary.body['ip'], '10.79.5.184');
  });

  it('a gateway with the optional uplink follows it', async () => {
    const world = internetWorld();
    const { id } = world.one('ha_interface').ref;
    world.change(world.gateway, { associated_uplink_id: id });
    const { monitoring } = await resolved(INTERNET, world);
    const uplink = monitoring.find(({ name }) => name === 'uplink_interface_id');
    assert.deepEqual(uplink, {
      name: 'uplink_interface_id',
      value: id,
      resources: [{ resource_type: 'ha_interface', resource_id: id }],
      secret: false,
    });
  });

  for (const [form, absent] of [
    ['left out', undefined],
    ['null', null],
    ['empty', ''],
  ] as const) {
    it(`a gateway whose optional uplink is ${form} gives null without resources`, async () => {
      const world = internetWorld();
      world.change(world.gateway, { associated_uplink_id: absent });
      const { monitoring } = await resolved(INTERNET, world);
      const uplink = monitoring.find(({ name }) => name === 'uplink_interface_id');
      assert.deepEqual([uplink?.value, uplink?.resources], [null, []]);
    });
  }

  it('an optional field that is missing at the end of a path gives null, with the resources walked', async () => {
    const world = internetWorld();
    world.change(world.one('internet_service'), { vrf_config: undefined });
    const { provisioning } = await resolved(INTERNET, world);
    const config = provisioning.find(({ name }) => name === 'jinja_vrf_config');
    assert.equal(config?.value, null);
    assert.equal(config.resources.length, 1);
  });

  it('a concatenation of a missing optional part is null as a whole', async () => {
    const kind: Kind = {
      ...INTERNET,
      monitoring: {
        ...INTERNET.monitoring,
        mappings: {
          joined: {
            concat: [{ constant: 'X_' }, { path: ['associated_uplink_id'], field: 'id' }],
          },
          number: {
            concat: [{ field: 'vlan_id' }, { constant: ':' }, { constant: 7 }],
          },
        },
      },
    };
    const { monitoring } = await resolved(kind, internetWorld());
    assert.deepEqual(
      monitoring.map(({ value }) => value),
      [null, '1025:7'],
    );
  });
});
