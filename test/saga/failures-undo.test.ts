import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { PROGRESS_QUERY } from '../../gateway/messages.ts';
import type { Progress, StepName } from '../../gateway/messages.ts';
import { client, LOCK } from '../simulator/device/scene.ts';
import { keysOf, writeNewer } from '../world/evidence.ts';
import { assertCandidatesFree, assertCreatedNext, failCreation } from '../world/failure.ts';
import { Meanwhile } from '../world/meanwhile.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { failCreationOwing } from '../world/failure-owing.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('the undo of a creation', function () {
  this.timeout(30_000);
  let world: World;
  let number = 0;
  const meanwhile = new Meanwhile();
  before(async () => {
    world = await openWorld({ wrap: meanwhile.wrap, policy: { settlePatienceMs: 1_500 } });
  });
  afterEach(async () => {
    assert.equal(meanwhile.isDue, false, 'the step never came');
    await assertCandidatesFree(world);
  });
  after(() => world.close());

  const next = (kind: 'vpn_gateway' | 'internet_gateway' = 'vpn_gateway') =>
    world.gateway(kind, (number += 1));
  const vlan = (gateway: TestGateway) => String(gateway.gateway.body['downlink_vlan_id']);
  const vrf = (gateway: TestGateway) => String(gateway.gateway.body['vrf_name']);

  /** What the saga's progress says of a step, also after its end. */
  async function noteOf({ resourceType, resourceId }: TestGateway, name: StepName): Promise<string> {
    const progress = await world.temporal.workflow
      .getHandle(`${resourceType}:${resourceId}`)
      .query<Progress>(PROGRESS_QUERY);
    return progress.steps.find(({ step }) => step === name)?.note ?? '';
  }

  const changes: Readonly<
    Record<string, readonly [lines: (gateway: TestGateway) => string[], note: RegExp]>
  > = {
    'changed by hand': [
      (gateway) => [
        `set interfaces ae0 unit ${vlan(gateway)} description "changed by hand"`,
        `set routing-instances ${vrf(gateway)} routing-options router-id 192.0.2.9`,
      ],
      /^MX-1: "interfaces ae0 unit \d+" was changed by somebody else$/,
    ],
    deactivated: [
      (gateway) => [
        `deactivate routing-instances ${vrf(gateway)}`,
        `deactivate interfaces ae0 unit ${vlan(gateway)}`,
      ],
      /^MX-1: ".*" was changed by somebody else$/,
    ],
    'taken away in part': [
      (gateway) => [`delete routing-instances ${vrf(gateway)}`],
      /^MX-1: "routing-instances .*" was removed by somebody else$/,
    ],
    'taken away wholly': [
      (gateway) => [
        `delete routing-instances ${vrf(gateway)}`,
        `delete interfaces ae0 unit ${vlan(gateway)}`,
        `delete interfaces ge-0/0/1 unit ${String(gateway.gateway.body['uplink_vlan_id'])}`,
      ],
      /^MX-1, MX-2$/,
    ],
  };
  for (const [what, [lines, note]] of Object.entries(changes)) {
    it(`removes what an operator has ${what} since, and notes it`, async () => {
      const gateway = next();
      meanwhile.before('recordStack', async () => {
        const operator = client(world.pairOf(gateway).primary.device);
        await operator.set(...lines(gateway));
        await operator.commit();
        operator.session.close();
        await writeNewer(world, gateway);
      });
      await failCreation(world, gateway, {
        type: FAILURES.Superseded,
        says: /^superseded by version 2 of the configuration$/,
      });
      assert.match(await noteOf(gateway, 'revert'), note);
      await assertCreatedNext(world, gateway);
    });
  }

  it('waits for a router that is unreachable for a while, and for one that an operator has locked', async () => {
    const gateway = next();
    const { primary, secondary } = world.pairOf(gateway);
    const operator = client(primary.device);
    meanwhile.before('recordStack', async () => {
      secondary.server.setReachable(false);
      await operator.ok(LOCK);
      setTimeout(() => {
        secondary.server.setReachable(true);
        operator.session.close();
      }, 300);
      await writeNewer(world, gateway);
    });
    await failCreation(world, gateway, {
      type: FAILURES.Superseded,
      says: /^superseded by version 2 of the configuration$/,
    });
    await assertCreatedNext(world, gateway);
  });

  const failOwing = (gateway: TestGateway) => failCreationOwing(world, meanwhile, gateway);

  it('is reported beside the original error when it fails; what it may have left is reverted by the next version, under the old names', async () => {
    const gateway = next();
    const { primary, secondary } = world.pairOf(gateway);
    const old = await failOwing(gateway);
    secondary.server.setReachable(true);
    gateway.gateway.body['vrf_name'] = 'vrf_of_another_name';
    await assertCreatedNext(world, gateway);
    for (const { device } of [primary, secondary]) {
      assert.doesNotMatch(device.running(), new RegExp(`${old}\\b`));
      assert.match(device.running(), /vrf_of_another_name \{/);
    }
    const keys = Object.keys(await keysOf(world, gateway));
    const claims = keys.filter((key) => key.includes('/claims/'));
    assert.equal(claims.length, 6);
    assert.ok(!claims.some((key) => key.includes(old)));
    assert.ok(!keys.some((key) => key.includes('/owed-changes/')));
  });

  it('of an earlier version that is still owed ends the next one, which says so', async () => {
    const gateway = next();
    const { secondary } = world.pairOf(gateway);
    await failOwing(gateway);
    gateway.gateway.body['vrf_name'] = 'vrf_of_a_third_name';
    gateway.gateway.version += 1;
    const outcome = await world.create(gateway);
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.RevertOwed, JSON.stringify(outcome));
    assert.match(outcome.message, new RegExp(`^owed on ${secondary.name} \\(.*can't be reached.*\\)$`));
    secondary.server.setReachable(true);
    await assertCreatedNext(world, gateway);
  });

  it('that failed is finished under the next reservation of the routers, and the claims that remained for it are freed', async () => {
    const gateway = next();
    const { secondary } = world.pairOf(gateway);
    const old = await failOwing(gateway);
    secondary.server.setReachable(true);
    const other = await world.create(next());
    assert.equal(other.kind, 'created', JSON.stringify(other));
    assert.doesNotMatch(secondary.device.running(), new RegExp(`${old}\\b`));
    const left = Object.keys(await keysOf(world, gateway)).filter((key) => key.startsWith('/gateway-saga/'));
    assert.deepEqual(left, []);
    assert.equal((await world.history(KEYS.state(gateway))).length, 1);
    await assertCreatedNext(world, gateway);
  });

  it('fails when an operator has built upon what is to be removed, and reports what the router says', async () => {
    const gateway = next('internet_gateway');
    const { primary } = world.pairOf(gateway);
    const prefixes = `${vrf(gateway)}_prefix`;
    const operator = client(primary.device);
    const theirs = `firewall family inet filter INET_IN term theirs from destination-prefix-list ${prefixes}`;
    meanwhile.before('recordStack', async () => {
      await operator.set(`set ${theirs}`, 'set firewall family inet filter INET_IN term theirs then accept');
      await operator.commit();
      await writeNewer(world, gateway);
    });
    const outcome = await world.create(gateway);
    assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
    assert.equal(outcome.type, FAILURES.Superseded);
    assert.match(
      outcome.compensation.join(),
      new RegExp(
        `^revert on MX-3, MX-4: owed on MX-3 \\(router MX-\\d .*check was refused: .*${prefixes}`,
        's',
      ),
    );
    assert.match(primary.device.running(), /term theirs/);

    await operator.set('delete firewall family inet filter INET_IN term theirs');
    await operator.commit();
    operator.session.close();
    await assertCreatedNext(world, gateway);
  });
});
