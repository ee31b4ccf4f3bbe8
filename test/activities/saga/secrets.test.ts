import assert from 'node:assert/strict';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { planning } from '../../../activities/saga/plan.ts';
import { registerPlan } from '../../../activities/saga/register.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { Plan } from '../../../gateway/plan.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { completedState } from '../../../gateway/records.ts';
import { familyOn, gatewayOn, recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { loadKinds } from '../../../templates/load.ts';
import { useEtcd } from '../../etcd/fixture.ts';

const peerWith = (key: string): string =>
  `protocols { bgp { group g { neighbor 192.0.2.1 { authentication-key ${key}; } } } }`;

describe("the secrets of a gateway's text, planned and registered", function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let count = 0;
  let deps: Dependencies;
  before(async () => {
    const kinds = await loadKinds();
    // Planning and registering open no session.
    const routers = undefined as unknown as Dependencies['routers'];
    deps = { store: etcd().store, routers, kinds, policy: DEFAULT_POLICY, searchAttributes: async () => [] };
  });

  const write = (gateway: TestGateway) =>
    writeRecords([etcd().endpoint], [...gateway.neighbours, gateway.gateway].map(recordOf));
  const outcomeOf = ({ resourceType, resourceId }: TestGateway) =>
    planning(deps)({ resourceType, resourceId });
  async function withKey(key: string): Promise<TestGateway> {
    count += 1;
    const ids = { primary: `secrets-${count}-1`, secondary: `secrets-${count}-2` };
    const gateway = gatewayOn('internet_gateway', ids, 500 + count);
    gateway.neighbour('internet_service').body['vrf_config'] = peerWith(key);
    await write(gateway);
    return gateway;
  }
  async function planOf(gateway: TestGateway): Promise<Plan> {
    const outcome = await outcomeOf(gateway);
    assert.equal(outcome.kind, 'planned', JSON.stringify(outcome));
    return outcome.plan;
  }
  async function registered(plan: Plan, again = false): Promise<Plan> {
    const outcome = await registerPlan(deps, plan, Date.now(), { again });
    assert.equal(outcome.kind, 'registered', JSON.stringify(outcome));
    return outcome.plan;
  }
  const raw = async (key: string): Promise<string> => (await etcd().raw.get(key).string()) ?? '';
  const remove = (key: string) => etcd().raw.delete().key(key);
  /** Version 1 is made permanent and published; version 2 of the configuration follows. */
  async function standing(key: string): Promise<TestGateway> {
    const gateway = await withKey(key);
    await registered(await planOf(gateway));
    const record = JSON.parse(await raw(KEYS.plan(gateway))) as object;
    await etcd()
      .raw.put(KEYS.plan(gateway))
      .value(JSON.stringify({ ...record, kept: true }));
    gateway.gateway.version = 2;
    return gateway;
  }

  it('stand in one record, and placeholders in the plan record', async () => {
    const gateway = await withKey('canary-a');
    await registered(await planOf(gateway));
    const record = await raw(KEYS.plan(gateway));
    const [placeholder] = /<secret:authentication-key:[0-9a-f]{16}>/.exec(record) ?? [''];
    assert.ok(!record.includes('canary-a'));
    const [secrets] = await deps.store.secrets([gateway]);
    assert.deepEqual(secrets instanceof Error ? secrets : secrets?.values, { [placeholder]: 'canary-a' });
  });

  describe('that stand in the configuration of the gateway itself', () => {
    const digested = async (gateway: TestGateway) => {
      await registered(await planOf(gateway));
      const record = await deps.store.planRecord(gateway);
      assert.ok(record !== undefined);
      return record.config;
    };

    it('go into a digest of it with the key of the record of secrets', async () => {
      const gateway = await withKey('canary-own');
      gateway.gateway.body['more'] = peerWith('canary-own');
      await write(gateway);
      const { digest, secretFields } = await digested(gateway);
      assert.match(digest, /^hmac-sha256:/);
      assert.ok(!secretFields.includes('more'));
    });

    it('stop the change if a field of it has another one at the same version', async () => {
      count += 1;
      const family = familyOn(
        'vpn_gateway',
        { primary: `secrets-${count}-1`, secondary: `secrets-${count}-2` },
        500 + count,
      );
      await write(family);
      await registered(await planOf(family));
      const parent = JSON.parse(await raw(KEYS.plan(family))) as object;
      const put = (key: string, value: object) => etcd().raw.put(key).value(JSON.stringify(value));
      await put(KEYS.plan(family), { ...parent, kept: true });
      await put(KEYS.state(family), completedState(1, {}));
      const child = family.children.find(({ type }) => type === 'vpn_interface');
      assert.ok(child !== undefined);
      const withField = (key: string) => {
        child.body['bgp_md5'] = key;
        return writeRecords([etcd().endpoint], [recordOf(child)]);
      };
      await withField('canary-one');
      const outcome = await planning(deps)({ resourceType: child.type, resourceId: child.body.id });
      assert.equal(outcome.kind, 'planned', JSON.stringify(outcome));
      const { gateway, run } = await registered(outcome.plan);
      await withField('canary-two');
      assert.deepEqual(await deps.store.permitApply(gateway, run), { kind: 'rewritten' });
      await withField('canary-one');
      assert.deepEqual(await deps.store.permitApply(gateway, run), { kind: 'permitted' });
    });

    it('are left out of the digest where there is no key, because nothing of them is rendered', async () => {
      const gateway = await withKey('canary-own');
      gateway.neighbour('internet_service').body['vrf_config'] = '';
      gateway.gateway.body['more'] = [{ text: peerWith('canary-own') }];
      await write(gateway);
      const { digest, secretFields } = await digested(gateway);
      assert.match(digest, /^sha256:/);
      assert.ok(secretFields.includes('more'), secretFields.join(', '));
    });
  });

  it('have other placeholders for another gateway, so that nobody can compare them', async () => {
    const gateways = await Promise.all(['canary-b', 'canary-b'].map(withKey));
    for (const gateway of gateways) await registered(await planOf(gateway));
    const [one, other] = await deps.store.secrets(gateways);
    assert.ok(one && other && !(one instanceof Error) && !(other instanceof Error));
    assert.notDeepEqual(Object.keys(one.values), Object.keys(other.values));
  });

  it('make a change where they alone differ, and none where they are the same', async () => {
    const gateway = await standing('canary-c');
    await write(gateway);
    assert.equal((await planOf(gateway)).unchanged, true);
    gateway.neighbour('internet_service').body['vrf_config'] = peerWith('canary-d');
    gateway.gateway.version = 3;
    await write(gateway);
    const plan = await planOf(gateway);
    assert.equal(plan.unchanged, false);
    await registered(plan);
    const [secrets] = await deps.store.secrets([gateway]);
    const values = secrets instanceof Error ? [] : Object.values(secrets?.values ?? {});
    assert.deepEqual(values.sort(), ['canary-c', 'canary-d'], 'the way back is known');
  });

  it('are registered again as they were, if the plan record alone is gone', async () => {
    const gateway = await withKey('canary-e');
    const plan = await registered(await planOf(gateway));
    await remove(KEYS.plan(gateway));
    assert.deepEqual((await registered(plan, true)).digests, plan.digests);
  });

  it('can not be compared if both records are gone', async () => {
    const gateway = await withKey('canary-f');
    const plan = await registered(await planOf(gateway));
    await remove(KEYS.plan(gateway));
    await remove(KEYS.secrets(gateway));
    await assert.rejects(registerPlan(deps, plan, Date.now(), { again: true }), {
      type: FAILURES.RecordsGone,
    });
  });

  it('are needed to plan an update, and not to plan a deletion', async () => {
    const gateway = await standing('canary-g');
    await remove(KEYS.secrets(gateway));
    await write(gateway);
    const outcome = await outcomeOf(gateway);
    assert.ok(outcome.kind === 'refused' && outcome.type === FAILURES.StoreCorrupt, JSON.stringify(outcome));
    assert.ok(outcome.reason.includes(KEYS.secrets(gateway)), outcome.reason);
    gateway.gateway.markedForDeletion = true;
    await write(gateway);
    assert.equal((await planOf(gateway)).action, 'delete');
  });

  it('are in no job with redacted job records', async () => {
    const gateway = await withKey('canary-h');
    const redacting = { ...deps, policy: { ...DEFAULT_POLICY, redactJobs: true } };
    const plan = await planOf(gateway);
    assert.equal((await registerPlan(redacting, plan, Date.now())).kind, 'registered');
    for (const id of plan.jobs) {
      const job = await raw(KEYS.job(id));
      assert.ok(job.length > 0 && !job.includes('canary-h'), job);
    }
  });

  it('can not be asked for: a word like a placeholder is refused', async () => {
    const gateway = await withKey('"<secret:authentication-key:0123456789abcdef>"');
    const outcome = await outcomeOf(gateway);
    assert.ok(outcome.kind === 'invalid' && outcome.reason.includes('<secret:'), JSON.stringify(outcome));
  });
});
