import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../../command/run.ts';
import type { MaskedPlan } from '../../command/masked-plan.ts';
import { planLines } from '../../command/plan-view.ts';
import { DEFAULT_POLICY } from '../../gateway/policies.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { sampleGateways, sampleNeighbours, SAMPLE_GATEWAYS, type ConfigRecord } from '../../local/samples.ts';
import { loadKinds } from '../../templates/load.ts';
import { toHeatTemplates } from '../../templates/published.ts';
import { ownEtcd } from '../world/etcd.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

const CANARY = 'canary-password-4e7d';
const MASK = '••••••';

describe('gateway-saga plan and templates publish', () => {
  let endpoint: string;
  let stop: () => Promise<void>;
  let folder: string;
  before(async function () {
    this.timeout(90_000);
    folder = await mkdtemp(join(tmpdir(), 'gateway-saga-'));
    const etcd = await ownEtcd();
    endpoint = etcd.endpoint;
    stop = async () => {
      await etcd.stop();
      await rm(folder, { recursive: true });
    };
    await writeRecords([endpoint], [...sampleNeighbours().map(withCanary), ...sampleGateways()]);
  });
  after(() => stop());

  const run = async (...argv: string[]) => {
    const io = fakeIo({ ETCDCTL_ENDPOINTS: endpoint });
    const code = await main(argv, io);
    if (argv[0] === 'plan') assertDescribed('plan', argv, io.out());
    return { code, out: io.out(), err: io.err() };
  };
  const [vpn, internet] = SAMPLE_GATEWAYS.map(({ resourceType, resourceId }) => [resourceType, resourceId]);
  assert(vpn && internet);

  it('shows a router without a name by its id', async () => {
    const [router] = sampleNeighbours().filter(({ key }) => key.includes('/edge_routers/'));
    assert(router);
    await writeRecords([endpoint], [{ ...router, value: withCanary(router).value.replace(/"MX-\d"/, '""') }]);
    const { out } = await run('plan', ...vpn, '--json');
    await writeRecords([endpoint], [withCanary(router)]);
    const { routers } = JSON.parse(out) as MaskedPlan & { readonly kind: 'planned' };
    const nameless = Object.values(routers).filter(({ id }) => router.key.endsWith(id));
    assert.deepEqual(
      nameless.map(({ name }) => name),
      nameless.map(({ id }) => id),
    );
    assert.equal(nameless.length, 1);
  });

  it('shows every parameter with the resources it was read through', async () => {
    const { code, out, err } = await run('plan', ...vpn);
    assert.equal(code, 0, err);
    assert.match(
      out,
      /^vpn_gateway \S+ version 1\ncreate: version 1; nothing stands\ntemplates from folder, sha256:[0-9a-f]{64}\n/,
    );
    assert.match(out, /parameters of provisioning \(24\)/);
    assert.match(out, /parameters of monitoring \(2\)/);
    assert.match(
      out,
      /primary_device_ip +"10\.79\.5\.185" +from ha_interface \S+ → ha_router \S+ → edge_router \S+\n/,
    );
  });

  it("shows each router's configuration, the primary with the primary's group", async () => {
    const { out } = await run('plan', ...vpn);
    const [, primary = '', secondary = ''] = out.split(/^(?:primary|secondary): /m);
    assert.match(primary, /^MX-1 \(.*\)\n {2}merges\n {4}interfaces \{\n/);
    assert.match(primary, /apply-groups VPNGW1-VRRP;/);
    assert.match(primary, /is reverted by\n( {4}delete .*\n)+/);
    assert.match(secondary, /apply-groups VPNGW2-VRRP;/);
  });

  it("says that the routers' timers decide how long VRRP may take, within which limits, and what shows them", async () => {
    const { out } = await run('plan', ...vpn);
    const [, vrrp = ''] = out.split('\nVRRP\n');
    const words = vrrp.replaceAll(/\s+/g, ' ');
    assert.match(words, /^ The routers' timers decide how long VRRP may take\./);
    assert.match(words, /at least 60 s \("vrrpLimitMs"\) and at most 360 s \("vrrpMaxMs"\)\./);
    assert.match(words, /MX-1 in the text above: no VRRP group; .* MX-2 in the text above: no VRRP group; /);
    const [type, id] = vpn;
    const commands = Array.from(vrrp.matchAll(/routers check (\S+) \\\n +--for (\S+) (\S+)\n/g), (found) =>
      found.slice(1),
    );
    const plan = JSON.parse((await run('plan', ...vpn, '--json')).out) as MaskedPlan;
    assert(plan.kind === 'planned');
    assert.deepEqual(
      commands,
      [plan.routers.primary.id, plan.routers.secondary.id].map((router) => [router, type, id]),
    );
    for (const line of vrrp.split('\n')) assert.ok(line.length <= 80, line);
  });

  it('tells the VRRP timers that the text itself has, and that they are too slow for the limits', async () => {
    const plan = JSON.parse((await run('plan', ...vpn, '--json')).out) as MaskedPlan;
    assert(plan.kind === 'planned');
    const group = (timers: string) =>
      `interfaces { ae0 { unit 7 { family inet { address 192.0.2.1/24 { vrrp-group 7 { priority 200; ${timers} } } } } } }`;
    const monitors = [{ interface: 'ae0.7' }] as unknown as typeof plan.routers.primary.monitors;
    const { primary, secondary } = plan.routers;
    const routers = {
      primary: { ...primary, monitors, create: group('') },
      secondary: { ...secondary, monitors, create: group('preempt { hold-time 600; }') },
    };
    const lines = planLines({ ...plan, routers }, DEFAULT_POLICY, { color: false });
    const words = lines.join(' ').replaceAll(/\s+/g, ' ');
    assert.match(
      words,
      /MX-1 in the text above: vrrp-group 7: 2 × \(3 advertisements of 1 s .* waited for at least 60 s/,
    );
    assert.match(
      words,
      /MX-2 in the text above: .* \+ hold-time 600 s = .*, and as long as BACKUP proves nothing: .*, more than "vrrpMaxMs", 360 s/,
    );
  });

  it('takes the limits of VRRP from the policy of the workers', async () => {
    const file = join(folder, 'policy.json');
    await writeFile(file, '{"vrrpLimitMs":70000,"vrrpMaxMs":300000}');
    const { out, err } = await run('plan', ...vpn, '--policy', file);
    assert.match(out, /at least 70 s/, err);
    assert.match(out, /at most\s+300 s/);
    await writeFile(file, '{"vrrpLimitMs":0}');
    assert.equal((await run('plan', ...vpn, '--policy', file)).code, 2);
  });

  it('masks secrets, in both forms', async () => {
    for (const gateway of [vpn, internet])
      for (const options of [[], ['--json']]) {
        const { code, out, err } = await run('plan', ...gateway, ...options);
        assert.equal(code, 0);
        assert(!`${out}${err}`.includes(CANARY));
        assert(out.includes(MASK));
      }
  });

  it('gives one JSON document', async () => {
    const { out } = await run('plan', ...internet, '--json');
    const plan = JSON.parse(out) as MaskedPlan;
    assert(plan.kind === 'planned');
    assert.deepEqual(Object.keys(plan), [
      'kind',
      'gateway',
      'action',
      'standing',
      'templates',
      'parameters',
      'routers',
    ]);
    assert.equal(plan.parameters.provisioning.length, 27);
    assert.equal(plan.parameters.monitoring.length, 13);
    const secrets = plan.parameters.provisioning.filter(({ secret }) => secret);
    assert.deepEqual(
      secrets.map(({ name, value }) => [name, value]),
      [
        ['primary_device_password', MASK],
        ['secondary_device_password', MASK],
      ],
    );
    assert.match(plan.routers.primary.create, /apply-groups InetGW1-VRRP;/);
    assert(plan.routers.secondary.remove.length > 0);
  });

  it('refuses what is not there, with 1', async () => {
    const id = randomUUID();
    const { code, out, err } = await run('plan', 'vpn_gateway', id);
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.ok(err.startsWith(`refused (NotFound): /config/v2.0/vpn_gateways/${id}: expected `), err);
    const nobody = await run('plan', 'vpn_gateway', 'nobody');
    assert.match(
      nobody.err,
      /^gateway-saga plan: vpn_gateway "nobody": there is no such id and no such name/,
    );
    const json = await run('plan', 'vpn_gateway', id, '--json');
    assert.equal(json.code, 1);
    assert.equal((JSON.parse(json.out) as MaskedPlan).kind, 'refused');
  });

  it('refuses a version that does not stand there, with 1', async () => {
    const { code, err } = await run('plan', ...vpn, '--version', '7');
    assert.equal(code, 1);
    assert.match(err, /version: expected 1, .* got 7/);
  });

  it('says what is wrong with a configuration, without the secret that is wrong', async () => {
    const [, id = ''] = vpn;
    const key = `/config/v2.0/vpn_gateways/${id}`;
    const record = sampleGateways().find((each) => each.key === key);
    assert(record);
    const bad = { ...record, value: record.value.replaceAll('"1025"', '"9999"').replaceAll(id, 'bad') };
    await writeRecords([endpoint], [{ ...bad, key: '/config/v2.0/vpn_gateways/bad' }]);
    const { code, err } = await run('plan', 'vpn_gateway', 'bad');
    assert.equal(code, 1);
    assert.match(err, /^invalid: .*downlink_vlan_id.*9999/);
    assert(!err.includes(CANARY));
  });

  it('says that a version has ended before, and what that means', async () => {
    const [, id = ''] = vpn;
    const state = { state: { worker_state: 'CREATE_FAILED' }, version: 1, error: 'MX-1: INIT' };
    await writeRecords(
      [endpoint],
      [
        { key: `/state/v2.0/vpn_gateways/done`, value: JSON.stringify(state) },
        ...sampleGateways()
          .filter(({ key }) => key.endsWith(id))
          .map(({ value }) => ({
            key: '/config/v2.0/vpn_gateways/done',
            value: value.replaceAll(id, 'done'),
          })),
      ],
    );
    const { code, out } = await run('plan', 'vpn_gateway', 'done');
    assert.equal(code, 0);
    assert.equal(out, 'version 1 has ended as CREATE_FAILED (MX-1: INIT): nothing would be touched\n');
  });

  it('publishes the kinds once, and a plan then reads them from etcd', async () => {
    const before = await run('plan', ...vpn, '--json');
    const first = await run('templates', 'publish');
    assert.equal(first.code, 0, first.err);
    const kinds = [...(await loadKinds()).values()].flatMap(({ kind }) => toHeatTemplates(kind));
    assert.equal(
      first.out,
      kinds.map(({ id }) => `/config/v2.0/heat_templates/${id} written, version 1\n`).join(''),
    );
    for (const id of ['internet_gateway', 'vpn_gateway'])
      assert.deepEqual(
        kinds.filter((one) => one.id.startsWith(id)).map((one) => one.id),
        [id, `${id}_monitoring`],
      );
    const again = await run('templates', 'publish');
    assert.equal(again.out, first.out.replaceAll('written', 'unchanged'));
    const planned = await run('plan', ...vpn, '--json');
    const [was, is] = [before, planned].map(({ out }) => JSON.parse(out) as MaskedPlan);
    assert(was?.kind === 'planned' && is?.kind === 'planned');
    assert.equal(was.templates.source, 'folder');
    assert.deepEqual(is.templates, { source: 'etcd', digest: was.templates.digest });
    assert.deepEqual(is.routers, was.routers);
  });

  it('publishes a folder of kinds, and none of them if one is broken', async () => {
    await cp(
      fileURLToPath(new URL('../../templates/vpn_gateway', import.meta.url)),
      join(folder, 'vpn_gateway'),
      {
        recursive: true,
      },
    );
    const create = join(folder, 'vpn_gateway', 'create.hbs');
    await writeFile(create, `${await readFile(create, 'utf8')}\n`);
    const changed = await run('templates', 'publish', '--templates', folder);
    assert.equal(changed.code, 0, changed.err);
    assert.match(changed.out, /heat_templates\/vpn_gateway written, version 2\n/);

    await writeFile(join(folder, 'vpn_gateway', 'kind.json'), '{}');
    const broken = await run('templates', 'publish', '--templates', folder);
    assert.equal(broken.code, 1);
    assert.equal(broken.out, '');
    assert.match(broken.err, /^gateway-saga templates: vpn_gateway\/kind\.json.*expected /);
  });
});

function withCanary({ key, value }: ConfigRecord): ConfigRecord {
  if (!key.includes('/edge_routers/')) return { key, value };
  const envelope = JSON.parse(value) as { body: string | { password: string } };
  const body = (typeof envelope.body === 'string' ? JSON.parse(envelope.body) : envelope.body) as {
    password: string;
  };
  return { key, value: JSON.stringify({ ...envelope, body: { ...body, password: CANARY } }) };
}
