import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { main } from '../../command/run.ts';
import { KEYS } from '../../etcd/keys.ts';
import { EXPECTED } from '../../gateway/field-types.ts';
import { changeLimitsOf, DEFAULT_POLICY } from '../../gateway/policies.ts';
import { completedState } from '../../gateway/records.ts';
import { sampleNeighbours } from '../../local/samples.ts';
import { writeRecords } from '../../local/load-samples.ts';
import vpn from '../../local/samples/vpn_gateway.json' with { type: 'json' };
import { isValid } from '../templates/json-schema.ts';
import { sharedEtcd } from '../world/etcd.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

const { body: BODY } = vpn.gateway;
/** Of the pair that the sample stands on, the primary first. */
const sampleRouterIds = () =>
  vpn.neighbours.flatMap(({ type, body }) => (type === 'edge_router' ? [body.id] : []));

describe('gateway-saga config check', function () {
  this.timeout(30_000);
  let endpoints: readonly string[];
  before(async function () {
    this.timeout(90_000);
    endpoints = [(await sharedEtcd()).endpoint];
    await writeRecords(endpoints, sampleNeighbours());
  });

  const run = async (argv: readonly string[], input = '') => {
    const io = fakeIo({ ETCDCTL_ENDPOINTS: endpoints[0] }, {}, input);
    const code = await main(['config', ...argv], io);
    assertDescribed('config-check', argv, io.out());
    return { code, out: io.out(), err: io.err() };
  };
  const recordOf = (id: string, fields: object = {}, version = 1) =>
    JSON.stringify({ version, marked_for_deletion: false, body: { ...BODY, id, ...fields } });
  const write = (id: string, value: string, prefix = '/config') =>
    writeRecords(endpoints, [{ key: `${prefix}/v2.0/vpn_gateways/${id}`, value }]);
  const check = (id: string, ...rest: string[]) => run(['check', 'vpn_gateway', id, ...rest]);

  it('says of a good record what it asks for', async () => {
    const id = randomUUID();
    await write(id, recordOf(id));
    assert.deepEqual(await check(id), {
      code: 0,
      out: `valid: vpn_gateways/${id}: version 1 on MX-1 and MX-2\n`,
      err: '',
    });
  });

  it('checks a record of a file as if it stood there, and leaves what stands there', async () => {
    const id = randomUUID();
    const next = recordOf(id, { name: 'another' }, 2);
    const { out, err } = await run(['check', 'vpn_gateway', id, '-'], next);
    assert.equal(err, '');
    assert.match(out, /^valid: \S+: version 2 on MX-1 and /);
    assert.deepEqual(await check(id), {
      code: 1,
      out: '',
      err: `invalid: /config/v2.0/vpn_gateways/${id}: expected a record, got nothing\n`,
    });
  });

  it('names field, expected and got of each problem: of the record, and of what it refers to', async () => {
    const id = randomUUID();
    const { code, err } = await run(
      ['check', 'vpn_gateway', id, '-'],
      recordOf(id, { uplink_vlan_id: '5000', vrf_name: 'a//b' }),
    );
    assert.equal(code, 1);
    assert.equal(
      err,
      `invalid: vpn_gateways/${id}: field "vrf_name": expected ${EXPECTED.name}, got "a//b"\n` +
        `invalid: vpn_gateways/${id}: field "uplink_vlan_id": expected ${EXPECTED.vlan}, got "5000"\n`,
    );
    const absent = await run(
      ['check', 'vpn_gateway', id, '-', '--json'],
      recordOf(id, { vpn_service_id: 'nowhere' }),
    );
    assert.equal(absent.code, 1);
    const { record, valid, problems } = JSON.parse(absent.out) as Record<string, unknown>;
    assert.deepEqual([record, valid], [`vpn_gateways/${id}`, false]);
    assert.match(
      String((problems as string[])[0]),
      /: field "vpn_service_id": expected the id of an existing vpn_service, got "nowhere"/,
    );
  });

  it('checks a version that has ended like any other, and one that is marked for deletion', async () => {
    const id = randomUUID();
    await write(id, recordOf(id, { uplink_vlan_id: '5000' }));
    await write(id, JSON.stringify(completedState(1, null)), '/state');
    assert.match((await check(id)).err, /field "uplink_vlan_id": expected a VLAN/);
    const gone = randomUUID();
    const marked = JSON.stringify({ version: 2, marked_for_deletion: true, body: { id: gone } });
    const { code, out, err } = await run(['check', 'vpn_gateway', gone, '-'], marked);
    assert.equal(err, '');
    assert.equal(code, 0);
    assert.match(out, /version 2, marked for deletion; nothing of it stands/);
  });

  describe('a version that has failed or was made, over one that stands', () => {
    const configuration = { create: '', arrange: [], remove: [], owns: [], monitors: [] };
    /** Writes the plan record of `version`. The same is on both of its ends, at version 1, unless `kept`: then at `version`. */
    const stand = (id: string, action: string, kept: boolean, routerIds = sampleRouterIds()) => {
      const [primary, secondary] = routerIds.map((router) => ({
        id: router,
        before: kept && action === 'create' ? null : configuration,
        after: configuration,
      }));
      const record = {
        gateway: { resourceType: 'vpn_gateway', resourceId: id, version: 2 },
        action,
        standing: kept && action === 'create' ? null : 1,
        run: 'run-2',
        tenant: null,
        jobs: [],
        kind: { source: 'folder', digest: 'sha256:1' },
        limits: changeLimitsOf(DEFAULT_POLICY),
        routers: { primary, secondary },
        config: { revision: '1', digest: 'sha256:2', secretFields: [] },
        mayBeApplied: false,
        kept,
      };
      const key = KEYS.plan({ resourceType: 'vpn_gateway', resourceId: id });
      return writeRecords(endpoints, [{ key, value: JSON.stringify(record) }]);
    };
    const marked = (id: string) => JSON.stringify({ version: 2, marked_for_deletion: true, body: { id } });

    for (const kept of [false, true]) {
      const what = kept ? 'was made' : 'has failed';
      it(`finds that a version that ${what} is to go to other routers`, async () => {
        const id = randomUUID();
        await write(id, recordOf(id, {}, 2));
        await stand(id, 'update', kept);
        assert.match((await check(id)).out, /^valid: \S+: version 2 on MX-1 and MX-2\n$/);
        await stand(id, kept ? 'create' : 'update', kept, ['r1', 'r2']);
        const { code, err } = await check(id);
        assert.equal(code, 1);
        assert.match(err, /: it stands on edge router r1 as its primary router: expected the same, got /);
      });
    }

    it('does not say of a deletion that has failed that nothing stands', async () => {
      const id = randomUUID();
      await write(id, marked(id));
      await stand(id, 'delete', false);
      assert.match((await check(id)).out, /^valid: \S+: version 2 on MX-1 and MX-2\n$/);
    });
  });

  describe('finds that a change would be refused', () => {
    it("because the gateway's plan record can't be read", async () => {
      const id = randomUUID();
      await write(id, recordOf(id));
      const key = KEYS.plan({ resourceType: 'vpn_gateway', resourceId: id });
      for (const value of ['{', '{"schema":99}']) {
        await writeRecords(endpoints, [{ key, value }]);
        const { code, out, err } = await check(id);
        assert.deepEqual([code, out], [1, '']);
        assert.ok(err.startsWith('invalid: ') && err.includes(key), err);
      }
    });

    it('because another system has made an older version, or /state has a newer one', async () => {
      const id = randomUUID();
      await write(id, recordOf(id, {}, 2));
      await write(id, JSON.stringify(completedState(1, null)), '/state');
      assert.match((await check(id)).err, /^invalid: .* stands at version 1 .* made by another system/);
      await write(id, JSON.stringify(completedState(3, null)), '/state');
      assert.match((await check(id)).err, /^invalid: .* has version 2, but \/state has version 3 already\n/);
      assert.equal((await check(id)).code, 1);
    });
  });

  it('checks what gateways refer to by itself', async () => {
    const { id } = vpn.neighbours.find(({ type }) => type === 'edge_router')?.body ?? assert.fail();
    assert.match((await run(['check', 'edge_router', id])).out, /^valid: edge_routers\/\S+: version \d+\n$/);
    const { code, err } = await run(['check', 'edge_router', 'x', '-'], '{"version":1,"body":{"id":"x"}}');
    assert.equal(code, 1);
    assert.match(err, /^invalid: edge_routers\/x: field "\w+": expected .*, got nothing\n/);
  });

  it('takes a name for the id of a record that is there, and says what may have been meant', async () => {
    const id = randomUUID();
    const name = `checked ${id}`;
    await write(id, recordOf(id, { name }));
    assert.match((await check(name)).out, new RegExp(`^valid: vpn_gateways/${id}: version 1 on `));
    const next = await run(['check', 'vpn_gateway', name, '-'], recordOf(id, { name }, 2));
    assert.match(next.out, new RegExp(`^valid: vpn_gateways/${id}: version 2 on `), next.err);
    const { code, err } = await check(`chekced ${id}`);
    assert.equal(code, 1);
    assert.ok(err.includes(`there is no such id and no such name; did you mean ${name.slice(0, 20)}`), err);
    const type = await run(['check', 'vpn_gatway', name]);
    assert.equal(type.code, 2);
    assert.match(type.err, /, got "vpn_gatway"; did you mean vpn_gateway\?/);
  });

  it('shows the JSON Schema of a type, with --templates without etcd', async () => {
    const { code, out } = await run(['schema', 'vpn_gateway']);
    assert.equal(code, 0);
    const schema = JSON.parse(out) as Record<string, unknown>;
    assert.ok(isValid(JSON.parse(recordOf('x')), schema));
    assert.ok(!isValid(JSON.parse(recordOf('x', { uplink_vlan_id: '5000' })), schema));
    const io = fakeIo({ ETCDCTL_ENDPOINTS: '127.0.0.1:1' });
    assert.equal(await main(['config', 'schema', 'vpn_gateway', '--templates', 'templates'], io), 0);
    assert.equal(io.out(), out);
    const unknown = fakeIo();
    assert.equal(await main(['config', 'schema', 'vpn_gatway', '--templates', 'templates'], unknown), 2);
    assert.match(unknown.err(), /TYPE: expected one of .*, got "vpn_gatway"; did you mean vpn_gateway\?/);
  });
});
