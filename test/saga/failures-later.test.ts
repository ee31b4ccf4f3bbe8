import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import type { Activities } from '../../activities/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { PROGRESS_QUERY } from '../../gateway/messages.ts';
import type { Progress, StepName } from '../../gateway/messages.ts';
import { ROLES } from '../../gateway/resource.ts';
import { client } from '../simulator/device/scene.ts';
import { assertSameRunning, keysOf, putRaw, removeKeys, tracesOf } from '../world/evidence.ts';
import { assertCandidatesFree, assertCreatedNext, assertUndone, failCreation } from '../world/failure.ts';
import { recordOf } from '../world/records.ts';
import type { TestGateway } from '../world/records.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

type Step = 'register' | 'push' | 'recordStack' | 'poll' | 'recordMonitoring' | 'publishCreated';

describe('a creation that fails when both routers carry the gateway', function () {
  this.timeout(30_000);
  let world: World;
  let number = 0;
  /** What happens just before a step, once. */
  let meanwhile: { readonly step: Step; readonly happens: () => Promise<void> } | undefined;

  const interrupted =
    <I, O>(step: Step, activity: (input: I) => Promise<O>) =>
    async (input: I): Promise<O> => {
      if (meanwhile?.step === step) {
        const { happens } = meanwhile;
        meanwhile = undefined;
        await happens();
      }
      return activity(input);
    };
  const wrap = (activities: Activities): Activities => ({
    ...activities,
    register: interrupted('register', activities.register),
    push: interrupted('push', activities.push),
    recordStack: interrupted('recordStack', activities.recordStack),
    poll: interrupted('poll', activities.poll),
    recordMonitoring: interrupted('recordMonitoring', activities.recordMonitoring),
    publishCreated: interrupted('publishCreated', activities.publishCreated),
  });

  before(async () => {
    world = await openWorld({ wrap, policy: { vrrpLimitMs: 600, undoPatienceMs: 500, patienceMs: 2_000 } });
  });
  afterEach(async () => {
    assert.equal(meanwhile, undefined, 'the step never came');
    await assertCandidatesFree(world);
  });
  after(() => world.close());

  const next = (kind: 'vpn_gateway' | 'internet_gateway' = 'vpn_gateway') =>
    world.gateway(kind, (number += 1));
  const put = (gateway: TestGateway) =>
    putRaw(world, recordOf(gateway.gateway).key, recordOf(gateway.gateway).value);
  const unit = (gateway: TestGateway) => `ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`;
  /** What the saga's progress says of a step, also after its end. */
  async function noteOf({ resourceType, resourceId }: TestGateway, name: StepName): Promise<string> {
    const connection = await Connection.connect({ address: world.stack.temporal.address });
    const { workflow } = new Client({ connection });
    const progress = await workflow
      .getHandle(`${resourceType}:${resourceId}`)
      .query<Progress>(PROGRESS_QUERY);
    await connection.close();
    return progress.steps.find(({ step }) => step === name)?.note ?? '';
  }
  const stacked = { heat_outputs: [] };

  describe('because what was promised is not seen', () => {
    for (const roles of [['primary'], ['secondary'], ROLES] as const) {
      it(`of VRRP on ${roles.join(' and ')}: says which router was in which state`, async () => {
        const gateway = next();
        const pair = world.pairOf(gateway);
        for (const role of roles) pair[role].device.holdVrrpDown(unit(gateway), true);
        const said = roles.map((role) => {
          const [name, word] = role === 'primary' ? ['MX-1', 'MASTER'] : ['MX-2', 'BACKUP'];
          return `${name} \\(${role}\\): downlink: VRRP group 10 on ${unit(gateway)} is INIT, expected ${word} after 1 s`;
        });
        // With the primary held down, the secondary is rightly its master.
        const other = `(; MX-2 \\(secondary\\): downlink: VRRP group 10 on ${unit(gateway)} is MASTER, expected BACKUP after 1 s)?`;
        await failCreation(world, gateway, {
          type: FAILURES.NotConverged,
          says: new RegExp(
            `^${said.join('; ')}${roles.length === 1 && roles[0] === 'primary' ? other : ''}$`,
          ),
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
      meanwhile = {
        step: 'recordStack',
        async happens() {
          const operator = client(world.pairOf(gateway).primary.device);
          await operator.set(`delete firewall family inet filter INET_OUT term ${term}`);
          await operator.commit();
          operator.session.close();
        },
      };
      await failCreation(world, gateway, {
        type: FAILURES.NotConverged,
        says: /^MX-3 \(primary\): uplink: counter vrf_gw_\S+_OUT is not in filter INET_OUT after 1 s$/,
        jobState: stacked,
      });
      await assertCreatedNext(world, gateway);
    });
  });

  it('because the login is refused while it is polled: three tries, not one per look', async () => {
    const gateway = next();
    const { secondary } = world.pairOf(gateway);
    const record = gateway.neighbour('edge_router', 'MX-2');
    const right = record.body['password'];
    const put = (password: unknown) => {
      record.body['password'] = password;
      return putRaw(world, recordOf(record).key, recordOf(record).value);
    };
    meanwhile = { step: 'recordStack', happens: () => put('canary-4711') };
    const outcome = await world.create(gateway);
    assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
    assert.equal(outcome.type, FAILURES.AuthenticationFailed, outcome.message);
    assert.match(
      outcome.message,
      new RegExp(`^router ${secondary.id} .*: authentication of "esi" was refused`),
    );
    assert.match(outcome.compensation.join(), /authentication of "esi" was refused/);
    assert.doesNotMatch(JSON.stringify(await world.state(gateway)), /canary-4711/);
    await put(right);
    await assertCreatedNext(world, gateway);
  });

  describe('because the world moved on', () => {
    const steps: readonly (readonly [Step, unknown])[] = [
      ['push', {}],
      ['recordStack', {}],
      ['recordMonitoring', stacked],
      ['publishCreated', { state_monitoring: { downlink: 'ACTIVE' }, heat_outputs: [] }],
    ];
    for (const [step, jobState] of steps) {
      it(`to a newer version before ${step}: unwound, said at the old version, and the new one is created`, async () => {
        const gateway = next();
        const before = tracesOf(world.routers);
        meanwhile = {
          step,
          async happens() {
            gateway.gateway.version = 2;
            await put(gateway);
          },
        };
        await world.write(gateway);
        const outcome = await (await world.client.create(gateway)).result();
        assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
        assert.equal(outcome.type, FAILURES.Superseded);
        gateway.gateway.version = 1;
        await assertUndone(world, gateway, before, {
          type: FAILURES.Superseded,
          says: /^superseded by version 2 of the configuration$/,
          jobState,
        });
        gateway.gateway.version = 2;
        const newer = await (await world.client.create({ ...gateway, version: 2 })).result();
        assert.equal(newer.kind, 'created', JSON.stringify(newer));
      });

      it(`and the configuration vanished before ${step}: unwound`, async () => {
        const gateway = next();
        meanwhile = { step, happens: () => removeKeys(world, [KEYS.gatewayConfig(gateway)]) };
        await failCreation(world, gateway, {
          type: FAILURES.Superseded,
          says: /^superseded: the configuration vanished$/,
          jobState,
        });
        await assertCreatedNext(world, gateway);
      });
    }

    it('to a newer version before anything was registered: nothing but /state at the old version', async () => {
      const gateway = next();
      const before = tracesOf(world.routers);
      meanwhile = {
        step: 'register',
        async happens() {
          gateway.gateway.version = 2;
          await put(gateway);
        },
      };
      const outcome = await world.create(gateway);
      assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
      assert.equal(outcome.type, FAILURES.Superseded);
      assertSameRunning(world.routers, before);
      assert.deepEqual(Object.keys(await keysOf(world, gateway)), [KEYS.state(gateway)]);
      const newer = await (await world.client.create(gateway)).result();
      assert.equal(newer.kind, 'created', JSON.stringify(newer));
    });

    it('to being deleted: unwound', async () => {
      const gateway = next();
      meanwhile = {
        step: 'recordStack',
        async happens() {
          gateway.gateway.version = 2;
          gateway.gateway.markedForDeletion = true;
          await put(gateway);
        },
      };
      const before = tracesOf(world.routers);
      const outcome = await world.create(gateway);
      assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.Superseded, JSON.stringify(outcome));
      assertSameRunning(world.routers, before);
    });
  });

  for (const step of ['register', 'push', 'recordStack', 'recordMonitoring', 'publishCreated'] as const) {
    it(`but not when the same version is put again before ${step}: it goes on`, async () => {
      const gateway = next();
      meanwhile = { step, happens: () => put(gateway) };
      const outcome = await world.create(gateway);
      assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
      assert.equal((await world.history(KEYS.state(gateway))).length, 1);
    });
  }

  it('and whose stanza somebody changed since: removed all the same, and noted', async () => {
    const gateway = next();
    meanwhile = {
      step: 'recordStack',
      async happens() {
        const operator = client(world.pairOf(gateway).primary.device);
        await operator.set(`set interfaces ae0 unit ${unit(gateway).slice(4)} description "changed by hand"`);
        await operator.set(
          `set routing-instances ${String(gateway.gateway.body['vrf_name'])} routing-options router-id 192.0.2.9`,
        );
        await operator.commit();
        operator.session.close();
        await removeKeys(world, [KEYS.gatewayConfig(gateway)]);
      },
    };
    await failCreation(world, gateway, { type: FAILURES.Superseded, says: /vanished$/ });
    const removal = await noteOf(gateway, 'remove');
    assert.match(removal, /^MX-1: removed \(".*" had been changed by somebody\), MX-2: removed$/);
    await assertCreatedNext(world, gateway);
  });

  describe('and whose undo fails', () => {
    it('is told beside the original error; what it may have left is removed by the next version, under the old names', async () => {
      const gateway = next();
      const before = tracesOf(world.routers);
      const { primary, secondary } = world.pairOf(gateway);
      meanwhile = {
        step: 'recordStack',
        async happens() {
          secondary.server.setReachable(false);
          await removeKeys(world, [KEYS.gatewayConfig(gateway)]);
        },
      };
      const outcome = await world.create(gateway);
      assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
      assert.equal(outcome.type, FAILURES.Superseded);
      assert.equal(outcome.message, 'superseded: the configuration vanished');
      const [line = '', ...more] = outcome.compensation;
      assert.deepEqual(more, []);
      assert.match(
        line,
        new RegExp(`^remove from MX-1, MX-2: router ${secondary.id} .*\\(given up after \\d+ s\\)$`),
      );
      const [state, ...others] = (await world.history(KEYS.state(gateway))) as { error: string }[];
      assert.deepEqual(others, []);
      assert.equal(state?.error, `${outcome.message}; undo failed: ${line}`);

      assert.equal(primary.device.running(), before[0]?.running);
      const vrf = String(gateway.gateway.body['vrf_name']);
      assert.match(secondary.device.running(), new RegExp(`${vrf} \\{`));
      const kept = Object.keys(await keysOf(world, gateway));
      assert.equal(kept.filter((key) => key.startsWith('/gateway-saga/claims/')).length, 6);
      const plan = (await keysOf(world, gateway))[KEYS.plan(gateway)] as { mayCarry: string[] };
      assert.deepEqual(plan.mayCarry, ['secondary']);

      secondary.server.setReachable(true);
      gateway.gateway.body['vrf_name'] = 'vrf_of_another_name';
      await assertCreatedNext(world, gateway);
      for (const { device } of [primary, secondary]) {
        assert.doesNotMatch(device.running(), new RegExp(`${vrf}\\b`));
        assert.match(device.running(), /vrf_of_another_name \{/);
      }
      const claims = Object.keys(await keysOf(world, gateway)).filter((key) => key.includes('/claims/'));
      assert.equal(claims.length, 6);
      assert.ok(!claims.some((key) => key.includes(vrf)));
    });

    it('because somebody relies on what is to be removed: tells what the router says', async () => {
      const gateway = next('internet_gateway');
      const { primary } = world.pairOf(gateway);
      const prefixes = `${String(gateway.gateway.body['vrf_name'])}_prefix`;
      const operator = client(primary.device);
      const theirs = `firewall family inet filter INET_IN term theirs from destination-prefix-list ${prefixes}`;
      meanwhile = {
        step: 'recordStack',
        async happens() {
          await operator.set(
            `set ${theirs}`,
            'set firewall family inet filter INET_IN term theirs then accept',
          );
          await operator.commit();
          await removeKeys(world, [KEYS.gatewayConfig(gateway)]);
        },
      };
      const outcome = await world.create(gateway);
      assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
      assert.equal(outcome.type, FAILURES.Superseded);
      assert.match(outcome.compensation.join(), new RegExp(`check was refused: .*${prefixes}`, 's'));
      assert.match(primary.device.running(), /term theirs/);

      await operator.set('delete firewall family inet filter INET_IN term theirs');
      await operator.commit();
      operator.session.close();
      await assertCreatedNext(world, gateway);
    });
  });
});
