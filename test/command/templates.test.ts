import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import type { MaskedPlan } from '../../command/masked-plan.ts';
import { main } from '../../command/run.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { sampleGateways, sampleNeighbours, SAMPLE_GATEWAYS } from '../../local/samples.ts';
import { ownEtcd } from '../world/etcd.ts';
import { fakeIo } from './fake-io.ts';

const FOLDER = '/config/v2.0/heat_templates/';
const ELSEWHERE = '/gateway-saga/templates/';
const REFERENCE = {
  id: 'vpn_gateway',
  handler: 'heat_worker',
  watch: '/config/v2.0/vpn_gateways/',
  template_file: 'heat_template_version: 2013-05-23\nresources: {}\n',
  parameter_mappings: {},
};

describe('the reference system’s own templates in etcd', () => {
  let endpoint: string;
  let stop: () => Promise<void>;
  let raw: Etcd3;
  before(async function () {
    this.timeout(90_000);
    const etcd = await ownEtcd();
    endpoint = etcd.endpoint;
    stop = () => etcd.stop();
    raw = new Etcd3({ hosts: endpoint });
    await writeRecords([endpoint], [...sampleNeighbours(), ...sampleGateways()]);
    for (const id of ['vpn_gateway', 'vpn_gateway_monitoring'])
      await raw
        .put(`${FOLDER}${id}`)
        .value(JSON.stringify({ body: JSON.stringify({ ...REFERENCE, id }), version: 4 }));
  });
  after(async () => {
    raw.close();
    await stop();
  });

  const runWith = async (env: Record<string, string>, ...argv: string[]) => {
    const io = fakeIo({ ETCDCTL_ENDPOINTS: endpoint, ...env });
    const code = await main(argv, io);
    return { code, out: io.out(), err: io.err() };
  };
  const run = (...argv: string[]) => runWith({}, ...argv);
  const [vpn] = SAMPLE_GATEWAYS.map(({ resourceType, resourceId }) => [resourceType, resourceId]);
  assert(vpn);
  const standing = () => raw.getAll().prefix(FOLDER).strings();

  it('are left alone: the folder’s kind is used, and plan says so', async () => {
    const { code, out, err } = await run('plan', ...vpn);
    assert.equal(code, 0, err);
    for (const id of ['vpn_gateway', 'vpn_gateway_monitoring'])
      assert.match(
        out,
        new RegExp(`^heat template ${id} in etcd was not published by gateway-saga: it is left alone$`, 'm'),
      );
    const json = await run('plan', ...vpn, '--json');
    const plan = JSON.parse(json.out) as MaskedPlan;
    assert(plan.kind === 'planned');
    assert.equal(plan.templates.source, 'folder');
    assert.deepEqual(plan.templates.leftAlone, ['vpn_gateway', 'vpn_gateway_monitoring']);
  });

  it('are never overwritten: nothing is published, and all of them are named', async () => {
    const before = await standing();
    const { code, out, err } = await run('templates', 'publish');
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(
      err,
      /^gateway-saga templates: \S+\/vpn_gateway, \S+\/vpn_gateway_monitoring: expected nothing, .*--prefix/,
    );
    assert.deepEqual(await standing(), before);
  });

  it('stand beside kinds that are published under another prefix, from which a plan takes them', async () => {
    const before = await standing();
    const published = await run('templates', 'publish', '--prefix', ELSEWHERE);
    assert.equal(published.code, 0, published.err);
    assert.match(published.out, /^\/gateway-saga\/templates\/vpn_gateway written, version 1$/m);
    assert.deepEqual(await standing(), before);

    const env = { GATEWAY_SAGA_TEMPLATE_PREFIX: ELSEWHERE };
    const plan = JSON.parse((await runWith(env, 'plan', ...vpn, '--json')).out) as MaskedPlan;
    assert(plan.kind === 'planned');
    assert.deepEqual([plan.templates.source, plan.templates.leftAlone], ['etcd', undefined]);
    const again = await runWith(env, 'templates', 'publish');
    assert.match(again.out, /^\/gateway-saga\/templates\/vpn_gateway unchanged, version 1$/m);
  });

  it('refuses a prefix under which other records stand, with 2', async () => {
    const { code, err } = await run('templates', 'publish', '--prefix', '/gateway-saga/routers/');
    assert.equal(code, 2);
    assert.match(err, /--prefix: expected .*, got "\/gateway-saga\/routers\/"/);
  });
});
