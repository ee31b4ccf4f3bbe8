import assert from 'node:assert/strict';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';
import type { PlanOptions } from './fixture.ts';

describe('registering a gateway', () => {
  const etcd = useEtcd();

  /** A configured gateway. */
  async function configured(gateway = newGateway()) {
    const witness = new Witness(etcd().raw, gateway);
    return { gateway, witness, configRevision: await witness.configure() };
  }

  const register = (gateway: GatewayVersion, configRevision: string, options?: PlanOptions) =>
    etcd().store.register(requestFor(gateway, configRevision, options));

  it('writes claims, both jobs, job_state and the plan record at one revision', async () => {
    const { gateway, witness, configRevision } = await configured();
    const request = requestFor(gateway, configRevision);
    assert.deepEqual(await etcd().store.register(request), { kind: 'registered' });

    const [provisioning, monitoring] = request.jobs;
    assert.ok(provisioning && monitoring);
    assert.deepEqual(await witness.value(`/jobs/all/${provisioning.id}`), provisioning.value);
    assert.deepEqual(await witness.value(`/jobs/all/${monitoring.id}`), monitoring.value);
    assert.deepEqual(await witness.value(witness.keys.jobState), {});
    const { config, ...record } = (await etcd().store.planRecord(gateway)) ?? {};
    assert.deepEqual(record, { ...request.planRecord, mayBeApplied: false });
    assert.deepEqual([config?.revision, config?.secretFields], [configRevision, ['key']]);
    const unit = gateway.resourceId;
    assert.deepEqual((await witness.ownClaims()).sort(), [
      `router-1/interfaces ge-0%2F0%2F1 unit ${unit}`,
      `router-1/routing-instances vrf%20${unit}`,
      `router-2/interfaces ge-0%2F0%2F1 unit ${unit}`,
      `router-2/routing-instances vrf%20${unit}`,
    ]);
    const revisions = await Promise.all(
      [
        witness.keys.jobState,
        witness.keys.plan,
        `/jobs/all/${provisioning.id}`,
        `/jobs/all/${monitoring.id}`,
        `/gateway-saga/claims/router-1/routing-instances vrf%20${unit}`,
      ].map(async (key) => (await witness.entry(key))?.mod_revision),
    );
    assert.equal(new Set(revisions).size, 1);
  });

  it('happens once when the same run requests it twice', async () => {
    const { gateway, witness, configRevision } = await configured();
    await register(gateway, configRevision);
    const revision = await witness.revision();
    assert.deepEqual(await register(gateway, configRevision), { kind: 'registered' });
    assert.equal(await witness.revision(), revision);
  });

  it('happens once when the same run requests it twice at the same moment', async () => {
    const { gateway, witness, configRevision } = await configured();
    const outcomes = await Promise.all([
      register(gateway, configRevision),
      register(gateway, configRevision),
    ]);
    assert.deepEqual(outcomes, [{ kind: 'registered' }, { kind: 'registered' }]);
    assert.deepEqual(await witness.history(witness.keys.jobState), [{}]);
  });

  it('is still the same registration after the configuration was put again at the same version', async () => {
    const { gateway, witness, configRevision } = await configured();
    await register(gateway, configRevision);
    await witness.configure();
    assert.deepEqual(await register(gateway, configRevision), { kind: 'registered' });
  });

  it('requests a new plan when the configuration was put again at the same version', async () => {
    const { gateway, witness, configRevision } = await configured();
    const newer = await witness.configure();
    assert.deepEqual(await register(gateway, configRevision), { kind: 'moved' });
    assert.deepEqual(await witness.jobs(), []);
    assert.deepEqual(await witness.ownClaims(), []);
    assert.deepEqual(await register(gateway, newer), { kind: 'registered' });
  });

  const supersessions: readonly [string, (witness: Witness) => Promise<unknown>, number | null][] = [
    ['a newer version', (witness) => witness.configure(2), 2],
    ['a deletion', (witness) => witness.configure(2, true), 2],
    ['a deletion mark at the same version', (witness) => witness.configure(1, true), 1],
    ['its removal', (witness) => witness.remove(witness.keys.config), null],
    ['what is no JSON', (witness) => witness.put(witness.keys.config, '{'), null],
    ['an unreadable version', (witness) => witness.configure('1'), null],
  ];
  for (const [name, change, version] of supersessions) {
    it(`writes nothing when the configuration was overtaken by ${name}`, async () => {
      const { gateway, witness, configRevision } = await configured();
      await change(witness);
      const revision = await witness.revision();
      assert.deepEqual(await register(gateway, configRevision), { kind: 'superseded', version });
      assert.equal(await witness.revision(), revision);
    });
  }

  for (const version of [1, 2]) {
    it(`writes nothing when /state carries version ${version} already`, async () => {
      const { gateway, witness, configRevision } = await configured();
      const state = { worker_state: 'CREATE_FAILED' };
      const revision = await witness.put(witness.keys.state, { state, version, error: 'why' });
      assert.deepEqual(await register(gateway, configRevision), {
        kind: 'ended',
        state: { version, revision, workerState: 'CREATE_FAILED', error: 'why' },
      });
      assert.deepEqual(await witness.jobs(), []);
    });
  }

  it('goes on past the /state of an older version, and past an unreadable one', async () => {
    const { gateway, witness, configRevision } = await configured(newGateway(2));
    await witness.put(witness.keys.state, { state: {}, version: 1, error: '' });
    assert.deepEqual(await register(gateway, configRevision), { kind: 'registered' });
    const other = await configured();
    await other.witness.put(other.witness.keys.state, 'nonsense');
    assert.deepEqual(await register(other.gateway, other.configRevision), { kind: 'registered' });
  });

  it('is refused where another gateway claims a stanza, and names it', async () => {
    const first = await configured();
    const second = await configured();
    const unit = first.gateway.resourceId;
    await register(first.gateway, first.configRevision);
    assert.deepEqual(await register(second.gateway, second.configRevision, { unit }), {
      kind: 'clash',
      routerId: 'router-1',
      stanza: ['interfaces', 'ge-0/0/1', 'unit', unit],
      holder: { resourceType: 'vpn_gateway', resourceId: first.gateway.resourceId },
    });
    assert.deepEqual(await second.witness.ownClaims(), []);
    assert.equal(await second.witness.value(second.witness.keys.jobState), undefined);
  });

  it('is refused where a claim can not be read: it is somebody’s all the same', async () => {
    const { gateway, witness, configRevision } = await configured();
    await witness.put('/gateway-saga/claims/router-2/routing-instances vrf%20odd', 'nonsense');
    const outcome = await register(gateway, configRevision, { unit: 'odd' });
    assert.equal(outcome.kind, 'clash');
  });

  it('is won by exactly one of many that claim the same stanza at once', async () => {
    const gateways = await Promise.all(Array.from({ length: 8 }, () => configured()));
    const outcomes = await Promise.all(
      gateways.map(({ gateway, configRevision }) => register(gateway, configRevision, { unit: 'contested' })),
    );
    const winners = gateways.filter((_, index) => outcomes[index]?.kind === 'registered');
    assert.equal(winners.length, 1);
    assert.equal(outcomes.filter(({ kind }) => kind === 'clash').length, 7);
    for (const { gateway, witness } of gateways) {
      const won = gateway === winners[0]?.gateway;
      assert.equal((await witness.ownClaims()).length, won ? 4 : 0);
      assert.equal((await witness.jobs()).length, won ? 2 : 0);
    }
  });
});
