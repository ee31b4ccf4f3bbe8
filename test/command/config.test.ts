import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../command/run.ts';
import { EtcdClient } from '../../etcd/client.ts';
import { openStore } from '../../etcd/store.ts';
import { EXPECTED } from '../../gateway/field-types.ts';
import { writeRecords } from '../../local/load-samples.ts';
import vpn from '../../local/samples/vpn_gateway.json' with { type: 'json' };
import { kindOf } from '../gateway/kinds.ts';
import { loadKinds } from '../../templates/load.ts';
import { toHeatTemplates } from '../../templates/published.ts';
import { sharedEtcd } from '../world/etcd.ts';
import { fakeIo } from './fake-io.ts';

const CANARY = 'canary-password-77c1';
const { body: BODY } = vpn.gateway;
const ROUTER = vpn.neighbours.find(({ type }) => type === 'edge_router')?.body ?? assert.fail();

describe('gateway-saga config', () => {
  let endpoints: readonly string[];
  let folder: string;
  let etcd: EtcdClient;
  before(async function () {
    this.timeout(90_000);
    endpoints = [(await sharedEtcd()).endpoint];
    etcd = new EtcdClient({ endpoints });
    folder = await mkdtemp(join(tmpdir(), 'gateway-saga-'));
  });
  after(async () => {
    etcd.close();
    await rm(folder, { recursive: true });
  });

  const run = async (argv: readonly string[], input = '') => {
    const io = fakeIo({ ETCDCTL_ENDPOINTS: endpoints[0] }, {}, input);
    const code = await main(['config', ...argv], io);
    return { code, out: io.out(), err: io.err() };
  };
  const keyOf = (id: string, type = 'vpn_gateway') => `/config/v2.0/${type}s/${id}`;
  const record = (id: string, fields: object = {}, version = 1) =>
    JSON.stringify({ version, marked_for_deletion: false, body: { ...BODY, id, ...fields } });
  const put = (id: string, text: string, type = 'vpn_gateway') => run(['put', type, id, '-'], text);
  const valueOf = async (key: string): Promise<unknown> => {
    const [entry] = await etcd.read('test', [key]);
    return entry.value === undefined ? undefined : JSON.parse(entry.value.toString());
  };

  it('puts a record from a file, byte for byte what it says, and shows it again', async () => {
    const id = randomUUID();
    const file = join(folder, 'gateway.json');
    await writeFile(file, record(id));
    assert.deepEqual(await run(['put', 'vpn_gateway', id, file]), {
      code: 0,
      out: `${keyOf(id)} written, version 1\n`,
      err: '',
    });
    assert.deepEqual(await valueOf(keyOf(id)), JSON.parse(record(id)));
    const { code, out } = await run(['get', 'vpn_gateway', id]);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), JSON.parse(record(id)));
  });

  it('says that it is not to be deleted, where the record does not say', async () => {
    const id = randomUUID();
    assert.equal((await put(id, JSON.stringify({ version: 1, body: { ...BODY, id } }))).code, 0);
    assert.deepEqual(await valueOf(keyOf(id)), JSON.parse(record(id)));
  });

  it('writes nothing when the same record stands there, in either form of the body', async () => {
    const id = randomUUID();
    const value = { ...(JSON.parse(record(id, {}, 3)) as object), body: JSON.stringify({ ...BODY, id }) };
    await writeRecords(endpoints, [{ key: keyOf(id), value: JSON.stringify(value) }]);
    const { out, code } = await put(id, record(id, {}, 3));
    assert.deepEqual({ out, code }, { out: `${keyOf(id)} unchanged, version 3\n`, code: 0 });
    assert.deepEqual(await valueOf(keyOf(id)), value);
  });

  for (const version of [0, 1, 2])
    it(`refuses version ${version} of another record than the one that stands at 2`, async () => {
      const id = randomUUID();
      await put(id, record(id, {}, 2));
      assert.deepEqual(await put(id, record(id, { name: 'another' }, version)), {
        code: 1,
        out: '',
        err: `gateway-saga config: ${keyOf(id)}: field "version": expected more than 2, at which another record stands there, got ${version}\n`,
      });
      assert.deepEqual(await valueOf(keyOf(id)), JSON.parse(record(id, {}, 2)));
    });

  it('takes a higher version, and one in place of what nobody can read', async () => {
    const id = randomUUID();
    await writeRecords(endpoints, [{ key: keyOf(id), value: 'nonsense' }]);
    assert.equal((await put(id, record(id))).out, `${keyOf(id)} written, version 1\n`);
    assert.equal((await put(id, record(id, {}, 2))).out, `${keyOf(id)} written, version 2\n`);
  });

  it('lets only one of two that put different records at one version do so', async () => {
    const id = randomUUID();
    const names = ['one', 'two', 'three', 'four'];
    const codes = await Promise.all(names.map(async (name) => (await put(id, record(id, { name }))).code));
    assert.deepEqual(
      codes.toSorted((one, other) => one - other),
      [0, 1, 1, 1],
    );
    const value = (await valueOf(keyOf(id))) as { body: { name: string } };
    assert.equal(value.body.name, names[codes.indexOf(0)]);
  });

  it('names each field that is not as its kind wants it, and writes nothing', async () => {
    const id = randomUUID();
    const { downlink_vlan_id: _, ...rest } = BODY;
    const body = { ...rest, id: 'other', uplink_vlan_id: '5000', vrf_name: 'a//b' };
    assert.deepEqual(await put(id, JSON.stringify({ version: 1, body })), {
      code: 1,
      out: '',
      err: [
        `invalid: vpn_gateways/${id}: field "vrf_name": expected ${EXPECTED.name}, got "a//b"\n`,
        `invalid: vpn_gateways/${id}: field "downlink_vlan_id": expected a VLAN from 1 to 4094, got nothing\n`,
        `invalid: vpn_gateways/${id}: field "uplink_vlan_id": expected a VLAN from 1 to 4094, got "5000"\n`,
        `invalid: vpn_gateways/${id}: field "id": expected "${id}", the ID that was given, got "other"\n`,
      ].join(''),
    });
    assert.equal(await valueOf(keyOf(id)), undefined);
  });

  const broken: readonly [what: string, text: string, says: string][] = [
    ['no JSON', '{\n  "version": 1\n  "body": {}\n}', 'the record is not valid JSON: line 3, column 3'],
    ['a list', '[]', 'the record is not a JSON object'],
    ['without a version', '{"body":{}}', 'field "version": expected an integer from 0, got nothing'],
    [
      'without a body',
      '{"version":1}',
      'field "body": expected an object, or one as JSON in a string, got nothing',
    ],
    [
      'marked by a word',
      '{"version":1,"body":{},"marked_for_deletion":"no"}',
      'field "marked_for_deletion": expected true or false, got "no"',
    ],
  ];
  for (const [what, text, says] of broken)
    it(`refuses what is ${what}`, async () => {
      assert.deepEqual(await put(randomUUID(), text), { code: 1, out: '', err: `invalid: ${says}\n` });
    });

  it('knows what gateways refer to, and shows no password, whatever is wrong', async () => {
    const id = randomUUID();
    const text = JSON.stringify({ version: 1, body: { ...ROUTER, id, password: CANARY, ssh_port: 0 } });
    const wrong = await put(id, text, 'edge_router');
    assert.match(
      wrong.err,
      /^invalid: edge_routers\/\S+: field "ssh_port": expected a port from 1 to 65535, got 0\n$/,
    );
    const right = await put(id, text.replace('"ssh_port":0', '"ssh_port":830'), 'edge_router');
    assert.equal(right.code, 0, right.err);
    const shown = await run(['get', 'edge_router', id]);
    assert.match(shown.out, /"password": "••••••"/);
    const cut = await put(id, `${text.slice(0, -2)}"`, 'edge_router');
    for (const { out, err } of [wrong, right, shown, cut]) assert.ok(!`${out}${err}`.includes(CANARY));
    // What was shown is not taken for the secret itself.
    const again = await put(id, shown.out.replace('"version": 1', '"version": 2'), 'edge_router');
    assert.deepEqual(
      [again.code, again.err],
      [
        1,
        `invalid: edge_routers/${id}: field "password": expected the secret itself, got ••••••, which hides one\n`,
      ],
    );
  });

  it('shows no key of configuration text, wherever it stands, and does not take back what it has shown', async () => {
    const id = randomUUID();
    const text = (key: string) => `protocols { bgp { group G { authentication-key ${key}; } } }`;
    const names = ['inet_in_filter', 'inet_out_filter', 'vrf_import_policy', 'vrf_export_policy'];
    const more = ['uplink_import_policy', 'primary_vrrp_config_group', 'secondary_vrrp_config_group'];
    const body = {
      ...Object.fromEntries([...names, ...more].map((name) => [name, 'a'])),
      id,
      vrf_config: text(`"${CANARY}"`),
      notes: { old: [text(CANARY)] },
    };
    const { code, err } = await put(id, JSON.stringify({ version: 1, body }), 'internet_service');
    assert.equal(code, 0, err);
    const shown = await run(['get', 'internet_service', id]);
    assert.ok(!shown.out.includes(CANARY), shown.out);
    assert.match(shown.out, /"inet_in_filter": "a"/);
    const again = await put(id, shown.out.replace('"version": 1', '"version": 2'), 'internet_service');
    assert.equal(again.code, 1);
    assert.match(
      again.err,
      /field "vrf_config": expected configuration text of .* in ASCII, .*, got text with "/,
    );
    assert.match(again.err, /field "notes": expected the secret itself, got ••••••, which hides one\n$/);
  });

  describe('of a record that is marked for deletion', () => {
    const deletionOf = (shown: string) => {
      const { version, body } = JSON.parse(shown) as { version: number; body: object };
      return JSON.stringify({ version: version + 1, marked_for_deletion: true, body });
    };

    it('needs no field but the id, as check says', async () => {
      const id = randomUUID();
      await writeRecords(endpoints, [
        { key: keyOf(id), value: JSON.stringify({ version: 1, body: { id } }) },
      ]);
      const marked = deletionOf((await run(['get', 'vpn_gateway', id])).out);
      assert.equal((await run(['check', 'vpn_gateway', id, '-'], marked)).code, 0);
      assert.equal((await put(id, marked)).out, `${keyOf(id)} written, version 2\n`);
      const other = marked.replace(id, 'other');
      const wrong = `invalid: vpn_gateways/${id}: field "id": expected "${id}", the ID that was given, got "other"\n`;
      assert.equal((await put(id, other)).err, wrong);
      assert.equal((await run(['check', 'vpn_gateway', id, '-'], other)).err, wrong);
    });

    it('keeps the secrets that get has hidden', async () => {
      const id = randomUUID();
      const [key, body] = [
        keyOf(id, 'vpn_interface'),
        { id, bgp_md5: CANARY, notes: `a { cak ${CANARY}; }` },
      ];
      await writeRecords(endpoints, [{ key, value: JSON.stringify({ version: 1, body }) }]);
      const { out } = await run(['get', 'vpn_interface', id]);
      assert.ok(!out.includes(CANARY), out);
      const marked = deletionOf(out);
      assert.equal((await put(id, marked, 'vpn_interface')).out, `${key} written, version 2\n`);
      assert.deepEqual(await valueOf(key), { version: 2, marked_for_deletion: true, body });
      assert.equal((await put(id, marked, 'vpn_interface')).out, `${key} unchanged, version 2\n`);
      const unknown = randomUUID();
      const { code, err } = await put(unknown, marked.replace(id, unknown), 'vpn_interface');
      assert.equal(code, 1);
      assert.match(
        err,
        /^invalid: vpn_interfaces.*: field "bgp_md5": expected the secret itself, got ••••••, which/,
      );
    });

    it('needs all fields of what gateways refer to: these go on to read it', async () => {
      const id = randomUUID();
      const marked = JSON.stringify({ version: 1, marked_for_deletion: true, body: { id } });
      assert.match((await put(id, marked, 'edge_router')).err, /field "password": expected /);
    });
  });

  it('says so where there is nothing to show', async () => {
    const { code, err } = await run(['get', 'vpn_gateway', 'nobody']);
    assert.deepEqual(
      { code, err },
      { code: 1, err: 'gateway-saga config: vpn_gateway "nobody": there is no such id and no such name\n' },
    );
  });

  it('finds a record by its name, also one that is to be changed, and takes what is new by its id', async () => {
    const [id, name] = [randomUUID(), `gw-${randomUUID()}`];
    assert.equal((await put(id, record(id, { name }))).code, 0);
    assert.deepEqual(await run(['get', 'vpn_gateway', name]), await run(['get', 'vpn_gateway', id]));
    assert.equal((await put(name, record(id, { name }, 2))).out, `${keyOf(id)} written, version 2\n`);
    // What says itself that this is its id is no other one's name.
    assert.equal((await put(name, record(name))).out, `${keyOf(name)} written, version 1\n`);
    assert.match((await run(['get', 'vpn_gateway', name])).out, new RegExp(`"id": "${name}"`));
    const mistyped = await run(['get', 'vpn_gatway', id]);
    assert.equal(mistyped.code, 2);
    assert.match(mistyped.err, /, got "vpn_gatway"; did you mean vpn_gateway\?; for a kind/);
  });

  it('goes by a kind that is published, and lists it among those that it knows', async () => {
    const type = `config_test_${randomUUID().slice(0, 8)}`;
    const kind = kindOf('vpn_gateway', await loadKinds());
    const rules = { ...kind.schema.fields, colour: { type: 'string', required: true } } as const;
    const own = {
      ...kind,
      resourceType: type,
      schema: { fields: rules },
      provisioning: { ...kind.provisioning, id: type },
      monitoring: { ...kind.monitoring, id: `${type}_monitoring` },
    };
    const before = await put('x', '{}', type);
    assert.equal(before.code, 2);
    assert.match(
      before.err,
      new RegExp(
        `TYPE: expected one of .*internet_gateway, .*edge_router.*, got "${type}"; .*--templates DIR`,
      ),
    );
    const store = openStore({ endpoints });
    await store.publishTemplates(toHeatTemplates(own));
    store.close();
    const colourless = await put('x', record('x'), type);
    assert.equal(colourless.err, `invalid: ${type}s/x: field "colour": expected a string, got nothing\n`);
    const right = await put('x', record('x', { colour: 'red' }), type);
    assert.equal(right.out, `${keyOf('x', type)} written, version 1\n`);
    assert.match(
      (await put('x', '{}', `${type}s`)).err,
      new RegExp(`expected one of .*\\b${type}, .*got "${type}s"`),
    );
  });

  it('goes by a kind of a folder', async () => {
    const kinds = join(folder, 'kinds');
    await cp(new URL('../../templates/vpn_gateway', import.meta.url), join(kinds, 'lan_gateway'), {
      recursive: true,
    });
    const file = join(kinds, 'lan_gateway', 'kind.json');
    const text = (await readFile(file, 'utf8')).replaceAll('vpn_gateway', 'lan_gateway');
    await writeFile(
      file,
      text.replace('"downlink_vlan_id": {', '"lan_vlan_id": { "type": "vlan", "required": true }, $&'),
    );
    const id = randomUUID();
    const argv = ['put', 'lan_gateway', id, '-', '--templates', kinds];
    const wrong = await run(argv, record(id));
    assert.equal(
      wrong.err,
      `invalid: lan_gateways/${id}: field "lan_vlan_id": expected a VLAN from 1 to 4094, got nothing\n`,
    );
    assert.equal((await run(argv, record(id, { lan_vlan_id: 7 }))).code, 0);
  });

  const misuse: readonly [argv: string[], message: RegExp][] = [
    [[], /expected put, get, check or schema, got no argument/],
    [['del', 'vpn_gateway', '1'], /expected put, get, check or schema, got "del"/],
    [['put', 'vpn_gateway', '1'], /put: expected a FILE, or -, got none/],
    [['get', 'vpn_gateway', '1', 'x'], /get: expected no FILE, got "x"/],
    [['put', 'vpn_gateway', 'a/b', '-'], /ID: expected .*, got "a\/b"/],
    [['put', '../state', '1', '-'], /TYPE: expected .*, got "\.\.\/state"/],
    [
      ['put', 'vpn_gateway', '1', '/nowhere/x.json'],
      /FILE: expected a readable file, got "\/nowhere\/x\.json"/,
    ],
  ];
  for (const [argv, message] of misuse)
    it(`answers ${JSON.stringify(argv)} with what was expected, and code 2`, async () => {
      const { code, err } = await run(argv);
      assert.equal(code, 2);
      assert.match(err, message);
    });
});
