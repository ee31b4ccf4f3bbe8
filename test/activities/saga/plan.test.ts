import assert from 'node:assert/strict';
import { planning } from '../../../activities/saga/plan.ts';
import { STANZAS_LIMIT } from '../../../activities/saga/preparation.ts';
import { registerPlan } from '../../../activities/saga/register.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import { displayName } from '../../../gateway/display.ts';
import { kindsOf } from '../../../gateway/kind.ts';
import { readComplete } from '../../../gateway/records.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { gatewayOn, recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { KindSet, loadKinds } from '../../../templates/load.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { useEtcd } from '../../etcd/fixture.ts';

const LONG = '長'.repeat(40_000);

describe('planning', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let count = 0;
  let deps: Dependencies;
  const written: string[] = [];
  before(async () => {
    const kinds = await loadKinds();
    // Planning and registering open no session.
    const routers = undefined as unknown as Dependencies['routers'];
    const { store } = etcd();
    deps = { store, routers, kinds, policy: DEFAULT_POLICY, searchAttributes: async () => [] };
  });

  // Other tests list the keys of this etcd, and an answer of more than 4 MB is refused.
  afterEach(async () => {
    for (const key of written.splice(0)) await etcd().raw.delete().key(key);
  });

  /** A gateway on routers of its own. */
  function newGateway(
    kind: 'vpn_gateway' | 'internet_gateway' = 'vpn_gateway',
    ids?: [string, string],
  ): TestGateway {
    count += 1;
    const [primary, secondary] = ids ?? [`plan-${count}-1`, `plan-${count}-2`];
    return gatewayOn(kind, { primary, secondary }, count);
  }

  async function planOf(gateway: TestGateway) {
    const records = [...gateway.neighbours, gateway.gateway].map(recordOf);
    written.push(...records.map(({ key }) => key));
    await writeRecords([etcd().endpoint], records);
    const { resourceType, resourceId } = gateway;
    return planning(deps)({ resourceType, resourceId });
  }

  async function refusalOf(gateway: TestGateway): Promise<string> {
    const outcome = await planOf(gateway);
    assert.equal(outcome.kind, 'invalid', JSON.stringify(outcome).slice(0, 1_000));
    return outcome.reason;
  }

  it('carries names only as far as they can be shown, however long they are', async () => {
    const gateway = newGateway();
    const long = (what: string) => `${what} ${LONG}`;
    gateway.gateway.body['name'] = long('gateway');
    gateway.gateway.body['tenant_id'] = long('tenant');
    for (const { type, body } of gateway.neighbours) if (type === 'edge_router') body['name'] = long(body.id);
    const outcome = await planOf(gateway);
    assert.equal(outcome.kind, 'planned');
    const { plan } = outcome;
    assert.equal(plan.name, displayName(long('gateway')));
    assert.equal(plan.tenant, displayName(long('tenant')));
    for (const { id, name } of Object.values(plan.routers)) assert.equal(name, displayName(long(id)));
    const size = Buffer.byteLength(JSON.stringify(plan));
    assert.ok(size < 8 * 1024, `${size} bytes`);
  });

  it('makes a gateway of which only READ_COMPLETE is said; one whose newer version was only read is superseded', async () => {
    const gateway = newGateway();
    const key = KEYS.state(gateway);
    written.push(key);
    await etcd()
      .raw.put(key)
      .value(JSON.stringify(readComplete(1)));
    const outcome = await planOf(gateway);
    assert(outcome.kind === 'planned', JSON.stringify(outcome).slice(0, 1_000));
    assert.equal(outcome.plan.action, 'create');
    assert.equal(outcome.plan.replaces, undefined);
    await etcd()
      .raw.put(key)
      .value(JSON.stringify(readComplete(2)));
    const refusal = await planOf(gateway);
    assert(refusal.kind === 'refused', JSON.stringify(refusal));
    assert.equal(refusal.type, 'Superseded');
  });

  it('leaves the tenant whole in the record of the stack', async () => {
    const gateway = newGateway();
    const tenant = 't'.repeat(1_000);
    gateway.gateway.body['tenant_id'] = tenant;
    const outcome = await planOf(gateway);
    assert.equal(outcome.kind, 'planned');
    assert.equal((await registerPlan(deps, outcome.plan, Date.now())).kind, 'registered');
    await deps.store.recordStack(outcome.plan.gateway, outcome.plan.run);
    const stack = JSON.parse((await etcd().raw.get(KEYS.stack(gateway)).string()) ?? '') as object;
    assert.equal('tenant_id' in stack && stack.tenant_id, tenant);
  });

  it('refuses a gateway whose jobs etcd would not take, and names the field that is too long', async () => {
    const gateway = newGateway();
    gateway.gateway.body['description'] = 'd'.repeat(700_000);
    assert.match(
      await refusalOf(gateway),
      /^vpn_gateways\/\S+: field "description": expected jobs and a plan of at most 1280 KiB together, got 13\d\d KiB, with a value of 684 KiB here$/,
    );
  });

  it('names the field of another record that is too long, too', async () => {
    const gateway = newGateway();
    const router = gateway.neighbour('edge_router');
    router.body['login'] = 'l'.repeat(1_400_000);
    const { id } = router.body;
    assert.ok((await refusalOf(gateway)).startsWith(`edge_routers/${id}: field "login": expected jobs`));
  });

  it('refuses a gateway whose texts the plan record could not hold twice, as it does once the gateway stands', async () => {
    const loaded = deps.kinds.get('internet_gateway');
    assert.ok(loaded !== undefined);
    const { kinds } = deps;
    /** The text of the gateway is in its job once, and so often in the texts of each router. */
    const planWith = async (copies: number) => {
      const stanzas = Array.from({ length: copies }, (_, at) => `routing-instances {{vrf_name}}-${at}`);
      const kind = {
        ...kindsOf(loaded.kind)[0],
        create: stanzas
          .map((stanza) => `${stanza.replace(' ', ' { ')} { {{configuration jinja_vrf_config}} } }`)
          .join('\n'),
        arrange: '',
        remove: stanzas.map((stanza) => `delete ${stanza}\n`).join(''),
        owns: stanzas,
      };
      deps = {
        ...deps,
        kinds: new KindSet([...kinds, ['internet_gateway', { ...loaded, kind }]], kinds.neighbours),
      };
      const gateway = newGateway('internet_gateway');
      const line = 'description x;\n';
      gateway.neighbour('internet_service').body['vrf_config'] = line.repeat(4_000);
      return planOf(gateway);
    };
    try {
      const refused = await planWith(5);
      assert.match(
        refused.kind === 'invalid' ? refused.reason : refused.kind,
        /^internet_gateways\/\S+: expected configurations of at most 640 KiB for both routers together, got \d+ KiB$/,
      );
      assert.equal((await planWith(3)).kind, 'planned');
    } finally {
      deps = { ...deps, kinds };
    }
  });

  it('refuses a gateway that would own more stanzas than one transaction can free', async () => {
    const loaded = deps.kinds.get('vpn_gateway');
    assert.ok(loaded !== undefined);
    const { kinds } = deps;
    const planWith = async (count: number) => {
      const lists = Array.from({ length: count }, (_, at) => `prefix-list p-{{downlink_vlan}}-${at}`);
      const kind = {
        ...kindsOf(loaded.kind)[0],
        create: `policy-options { ${lists.map((list) => `${list} { 192.0.2.0/24; }`).join(' ')} }`,
        arrange: '',
        remove: lists.map((list) => `delete policy-options ${list}\n`).join(''),
        owns: lists.map((list) => `policy-options ${list}`),
      };
      deps = {
        ...deps,
        kinds: new KindSet([...kinds, ['vpn_gateway', { ...loaded, kind }]], kinds.neighbours),
      };
      return planOf(newGateway());
    };
    try {
      const refused = await planWith(STANZAS_LIMIT / 2 + 1);
      assert.equal(
        refused.kind === 'invalid' && refused.reason,
        `kind vpn_gateway, field "owns": expected at most ${STANZAS_LIMIT} stanzas on both routers together, got ${STANZAS_LIMIT + 2}`,
      );
      const planned = await planWith(STANZAS_LIMIT / 2);
      assert.ok(planned.kind === 'planned');
      assert.equal((await registerPlan(deps, planned.plan, Date.now())).kind, 'registered');
    } finally {
      deps = { ...deps, kinds };
    }
  });

  it('takes a gateway whose configuration is as long as its field allows', async () => {
    const gateway = newGateway('internet_gateway');
    const line = 'description x;\n';
    gateway.neighbour('internet_service').body['vrf_config'] = line.repeat(65_536 / line.length - 1);
    assert.equal((await planOf(gateway)).kind, 'planned');
  });

  it('registers a large text once for each router, and once in a job', async () => {
    const gateway = newGateway('internet_gateway');
    const { body } = gateway.neighbour('internet_service');
    const routes = Array.from({ length: 1_000 }, (_, index) => {
      const prefix = `10.${Math.floor(index / 250)}.${index % 250}.0/24`;
      return `route ${prefix} next-hop 192.0.2.1 community 65000:${10_000 + index};\n`;
    });
    body['vrf_config'] = `routing-options { static {\n${routes.join('')}} }`;
    const outcome = await planOf(gateway);
    assert.ok(outcome.kind === 'planned');
    const { plan } = outcome;
    assert.equal((await registerPlan(deps, plan, Date.now())).kind, 'registered');
    const keys = [KEYS.plan(gateway), ...plan.jobs.map(KEYS.job)];
    written.push(...keys);
    const texts = await Promise.all(keys.map(async (key) => (await etcd().raw.get(key).string()) ?? ''));
    const copies = (text: string) => text.split('65000:10500;').length - 1;
    assert.deepEqual(texts.map(copies), [2, 1, 0]);
    const { routers } = JSON.parse(texts[0] ?? '') as PlanRecord;
    const rendered = Object.values(routers).map(({ after }) => JSON.stringify(after?.create));
    const rest = Buffer.byteLength(texts[0] ?? '') - Buffer.byteLength(rendered.join(''));
    assert.ok(rest < 8 * 1024, `${rest} bytes beside the two texts`);
  });

  it('refuses an edge router whose id can’t stand in the id of its pair', async () => {
    const gateway = newGateway('vpn_gateway', ['a+b', 'c']);
    assert.match(
      await refusalOf(gateway),
      /^vpn_gateways\/\S+: field "downlink_interface_id → ha_router_id → primary_router_id": expected an id: letters, .*, got "a\+b"$/,
    );
  });

  it('says what is wrong in a text that can be shown, however many fields are wrong', async () => {
    const gateway = newGateway();
    for (const field of Object.keys(gateway.gateway.body))
      if (field !== 'id') gateway.gateway.body[field] = { not: 'so' };
    for (const { body } of gateway.neighbours)
      for (const field of Object.keys(body)) if (field !== 'id') body[field] = 'x y'.repeat(1_000);
    const reason = await refusalOf(gateway);
    assert.ok(Array.from(reason).length <= 2_000, `${reason.length} characters`);
  });
});
