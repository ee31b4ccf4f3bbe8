import assert from 'node:assert/strict';
import { FAILURES } from '../../gateway/failures.ts';
import { ROLES } from '../../gateway/resource.ts';
import { client } from '../simulator/device/scene.ts';
import { assertCandidatesFree, assertCreatedNext, failCreation } from '../world/failure.ts';
import { Meanwhile } from '../world/meanwhile.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('a creation that fails because what was promised is not seen', function () {
  this.timeout(30_000);
  let world: World;
  let number = 0;
  const meanwhile = new Meanwhile();
  before(async () => {
    world = await openWorld({ wrap: meanwhile.wrap, policy: { vrrpLimitMs: 600, settlePatienceMs: 500 } });
  });
  afterEach(async () => {
    assert.equal(meanwhile.isDue, false, 'the step never came');
    await assertCandidatesFree(world);
  });
  after(() => world.close());

  const next = (kind: 'vpn_gateway' | 'internet_gateway' = 'vpn_gateway') =>
    world.gateway(kind, (number += 1));
  const unit = (gateway: TestGateway) => `ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`;
  const stacked = { heat_outputs: [] };

  for (const roles of [['primary'], ['secondary'], ROLES] as const) {
    it(`of VRRP on ${roles.join(' and ')}: says which router was in which state`, async () => {
      const gateway = next();
      const pair = world.pairOf(gateway);
      for (const role of roles) pair[role].device.holdVrrpDown(unit(gateway), true);
      const said = roles.map((role) => {
        const [name, word] = role === 'primary' ? ['MX-1', 'MASTER'] : ['MX-2', 'BACKUP'];
        return `${name} \\(${role}\\): downlink: VRRP group 10 on ${unit(gateway)} is INIT, expected ${word} after 1 s`;
      });
      // While VRRP is kept down on the primary, the secondary is rightly the master.
      const other = `(; MX-2 \\(secondary\\): downlink: VRRP group 10 on ${unit(gateway)} is MASTER, expected BACKUP after 1 s)?`;
      await failCreation(world, gateway, {
        type: FAILURES.NotConverged,
        says: new RegExp(`^${said.join('; ')}${roles.length === 1 && roles[0] === 'primary' ? other : ''}$`),
        jobState: stacked,
      });
      for (const role of roles) pair[role].device.holdVrrpDown(unit(gateway), false);
      await assertCreatedNext(world, gateway);
    });
  }

  it('of an interface: says that it is down', async () => {
    const gateway = next();
    const { device } = world.pairOf(gateway).secondary;
    device.setLink('ae0', false);
    await failCreation(world, gateway, {
      type: FAILURES.NotConverged,
      says: new RegExp(
        `MX-2 \\(secondary\\): downlink: interface ${unit(gateway)} is \\w+/down, expected up/up after 1 s$`,
      ),
      jobState: stacked,
    });
    device.setLink('ae0', true);
    await assertCreatedNext(world, gateway);
  });

  it("of an Internet gateway's counters: says which", async () => {
    const gateway = next('internet_gateway');
    const term = `${String(gateway.gateway.body['vrf_name'])}_filter`;
    meanwhile.before('recordStack', async () => {
      const operator = client(world.pairOf(gateway).primary.device);
      await operator.set(`delete firewall family inet filter INET_OUT term ${term}`);
      await operator.commit();
      operator.session.close();
    });
    await failCreation(world, gateway, {
      type: FAILURES.NotConverged,
      says: /^MX-3 \(primary\): uplink: counter vrf_gw_\S+_OUT is not in filter INET_OUT after 1 s$/,
      jobState: stacked,
    });
    await assertCreatedNext(world, gateway);
  });
});
