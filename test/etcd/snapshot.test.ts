import assert from 'node:assert/strict';
import { openStore } from '../../etcd/store.ts';
import { isRecord } from '../../gateway/resource.ts';
import { sampleGateways, sampleNeighbours } from '../../local/samples.ts';
import { useEtcd } from './fixture.ts';

const REF = { type: 'ha_router', id: 'x' };
const KEY = '/config/v2.0/ha_routers/x';

describe('a snapshot of /config', () => {
  const etcd = useEtcd();
  const put = async (value: unknown, key = KEY) => {
    const text = typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value);
    return (await etcd().raw.put(key).value(text)).header.revision;
  };
  const read = () => etcd().store.snapshot().read(REF);

  for (const [form, body] of [
    ['an object', { id: 'x', extra: { kept: [1, null] } }],
    ['a JSON string', JSON.stringify({ id: 'x', extra: { kept: [1, null] } })],
  ] as const) {
    it(`reads a body that is ${form}, unknown fields included`, async () => {
      const modRevision = await put({ body, version: 3, marked_for_deletion: true, unknown: 1 });
      assert.deepEqual(await read(), {
        ref: REF,
        body: { id: 'x', extra: { kept: [1, null] } },
        version: 3,
        markedForDeletion: true,
        modRevision,
      });
    });
  }

  it('reads all sample records', async () => {
    const records = [...sampleNeighbours(), ...sampleGateways()];
    for (const { key, value } of records) await put(value, key);
    const snapshot = etcd().store.snapshot();
    for (const { key } of records) {
      const [, type = '', id = ''] = /^\/config\/v2\.0\/(.*)s\/(.*)$/.exec(key) ?? [];
      const found = await snapshot.read({ type, id });
      assert.ok(isRecord(found));
      assert.equal(found.body['id'], id);
    }
    assert.equal(records.length, 21);
  });

  it('says that nothing is there', async () => {
    await etcd().raw.delete().key(KEY);
    assert.deepEqual(await read(), { kind: 'missing' });
  });

  const malformed: readonly [string, unknown, RegExp, number?][] = [
    ['no JSON', 'secret-1 {', /^the record is not valid JSON$/],
    ['empty', '', /^the record is not valid JSON$/],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), /^the record is not valid JSON$/],
    ['a list', [1], /^the record is not a JSON object$/],
    ['null', 'null', /^the record is not a JSON object$/],
    ['without a version', { body: {} }, /^field "version": expected an integer/],
    ['of a version in words', { body: {}, version: '1' }, /^field "version": expected an integer/],
    ['of half a version', { body: {}, version: 1.5 }, /^field "version": expected an integer/],
    ['of a version below 0', { body: {}, version: -1 }, /^field "version": expected an integer/],
    [
      'with a strange mark',
      { body: {}, version: 4, marked_for_deletion: 'no' },
      /^field "marked_for_deletion": expected true or false, got "no"$/,
      4,
    ],
    ['without a body', { version: 4 }, /^field "body": expected an object/, 4],
    ['with a list for a body', { body: [], version: 4 }, /^field "body": expected an object/, 4],
    [
      'with a body of broken JSON',
      { body: '{"password":"secret-1"', version: 4 },
      /^field "body" is not valid JSON$/,
      4,
    ],
    ['with a body of other JSON', { body: '"{}"', version: 4 }, /^field "body" is not a JSON object$/, 4],
  ];
  for (const [name, value, reason, version] of malformed) {
    it(`says what is wrong with a record that is ${name}`, async () => {
      await put(value);
      const found = await read();
      assert.ok(!isRecord(found) && found.kind === 'malformed');
      assert.match(found.reason, reason);
      assert.equal(found.version, version);
      assert.ok(!found.reason.includes('secret-1'));
    });
  }

  for (const id of ['', 'a/b', 'a\nb', 'x'.repeat(256)]) {
    it(`reads no key of a shape that no id has: ${JSON.stringify(id.slice(0, 10))}`, async () => {
      const found = await etcd().store.snapshot().read({ type: 'ha_router', id });
      assert.equal(!isRecord(found) && found.kind, 'malformed');
    });
  }

  it('stays at the revision of its first read', async () => {
    await put({ body: { id: 'x' }, version: 1 });
    await put({ body: { id: 'y' }, version: 1 }, '/config/v2.0/ha_routers/y');
    const snapshot = etcd().store.snapshot();
    const [x] = await Promise.all([snapshot.read(REF), snapshot.read({ ...REF, id: 'y' })]);
    await put({ body: { id: 'x' }, version: 2 });
    await put({ body: { id: 'y' }, version: 2 }, '/config/v2.0/ha_routers/y');
    const [again, y] = await Promise.all([snapshot.read(REF), snapshot.read({ ...REF, id: 'y' })]);
    assert.ok(isRecord(x) && isRecord(y) && isRecord(again));
    assert.deepEqual([x.version, again.version, y.version], [1, 1, 1]);
    const fresh = await read();
    assert.equal(isRecord(fresh) && fresh.version, 2);
  });

  it('uses one revision for reads that begin at once while others write', async () => {
    const pair = ['/config/v2.0/ha_routers/p', '/config/v2.0/ha_routers/q'] as const;
    const value = (version: number) => JSON.stringify({ body: {}, version });
    const { raw } = etcd();
    const stop = new AbortController();
    const writer = (async () => {
      for (let version = 1; !stop.signal.aborted; version += 1) {
        const puts = pair.map((key) => raw.put(key).value(value(version)));
        await raw
          .if('/none', 'Version', '==', 0)
          .then(...puts)
          .commit();
      }
    })();
    try {
      while (!(await raw.get(pair[0]))) await etcd().store.ping();
      for (let round = 0; round < 50; round += 1) {
        const snapshot = etcd().store.snapshot();
        const [p, q] = await Promise.all(['p', 'q'].map((id) => snapshot.read({ type: 'ha_router', id })));
        assert.ok(p && q && isRecord(p) && isRecord(q));
        assert.equal(p.version, q.version);
      }
    } finally {
      stop.abort();
      await writer;
    }
  });
});

describe('a published template', () => {
  const etcd = useEtcd();

  it('is read back, in the form that the API gives to all of /config', async () => {
    const { store, raw } = etcd();
    const body = { id: 'vpn_gateway', handler: 'heat_worker', template_file: 'unit {{vlan}};\n' };
    const key = '/config/v2.0/heat_templates/vpn_gateway';
    assert.deepEqual(await store.publishTemplates([body]), [{ kind: 'written', key, version: 1 }]);
    const text = await raw.get(key).json();
    const marked = { ...body, published_by: 'gateway-saga' };
    assert.deepEqual(text, { body: JSON.stringify(marked), version: 1, marked_for_deletion: false });
    const found = await store.snapshot().readTemplate('vpn_gateway');
    assert.ok(!('kind' in found));
    assert.deepEqual(found.body, body);
  });

  it('is written again only when the content differs, at the next version', async () => {
    const { store, raw } = etcd();
    const key = '/config/v2.0/heat_templates/t';
    const publish = async (body: Readonly<Record<string, unknown>>) =>
      store.publishTemplates([{ id: 't', ...body }]);
    await publish({ a: 1, b: [1] });
    assert.deepEqual(await publish({ b: [1], a: 1 }), [{ kind: 'unchanged', key, version: 1 }]);
    assert.deepEqual(await publish({ a: 2 }), [{ kind: 'written', key, version: 2 }]);
    const { kvs } = await raw.get(key).exec();
    assert.equal(kvs[0]?.version, '2');
  });

  it('is written together with the other one of its kind, and neither of them before the other', async () => {
    const { store, raw } = etcd();
    await store.publishTemplates([{ id: 'k' }, { id: 'k_monitoring' }]);
    const { kvs } = await raw.getAll().prefix('/config/v2.0/heat_templates/k').exec();
    assert.deepEqual(
      kvs.map(({ mod_revision: revision }) => revision),
      [kvs[0]?.mod_revision, kvs[0]?.mod_revision],
    );
  });

  it('replaces a record of ours that is being deleted', async () => {
    const { store, raw } = etcd();
    const key = '/config/v2.0/heat_templates/u';
    const ours = { body: { id: 'u', published_by: 'gateway-saga' }, version: 5, marked_for_deletion: true };
    await raw.put(key).value(JSON.stringify(ours));
    assert.deepEqual(await store.publishTemplates([{ id: 'u' }]), [{ kind: 'written', key, version: 6 }]);
  });

  const foreign: Readonly<Record<string, string>> = {
    'the reference system’s record': JSON.stringify({
      body: JSON.stringify({ id: 'f', handler: 'heat_worker', template_file: 'heat_template_version: 2013' }),
      version: 3,
      marked_for_deletion: false,
    }),
    'a record with another mark': '{"body":{"id":"f","published_by":"somebody"},"version":1}',
    'what nobody can read': 'nonsense',
  };
  for (const [index, [what, value]] of Object.entries(foreign).entries())
    it(`never takes the place of ${what}`, async () => {
      const { store, raw } = etcd();
      const [id, key] = [`f${index}`, `/config/v2.0/heat_templates/f${index}`];
      await raw.put(key).value(value);
      assert.deepEqual(await store.foreignTemplates([id, 'nothing-there']), [key]);
      assert.deepEqual(await store.publishTemplates([{ id: `other-${id}` }, { id }]), [
        { kind: 'foreign', key },
      ]);
      assert.equal(await raw.get(`/config/v2.0/heat_templates/other-${id}`).string(), null);
      assert.equal(await raw.get(key).string(), value);
      const found = await store.snapshot().readTemplate(id);
      assert.ok('kind' in found && found.kind === 'foreign');
    });

  it('is one of the published kinds only if both of its records are ours', async () => {
    const { store, raw } = etcd();
    await store.publishTemplates([{ id: 'both' }, { id: 'both_monitoring' }, { id: 'half' }]);
    await raw.put('/config/v2.0/heat_templates/half_monitoring').value('{"body":{},"version":1}');
    const kinds = await store.publishedKinds();
    assert.ok(kinds.includes('both') && !kinds.includes('half'), kinds.join());
  });

  it('stands under another prefix where one was chosen, for reading and for writing', async () => {
    const { endpoint, raw } = etcd();
    const elsewhere = openStore({ endpoints: [endpoint], templatePrefix: '/gateway-saga/templates/' });
    try {
      const key = '/gateway-saga/templates/e';
      const [outcome] = await elsewhere.publishTemplates([{ id: 'e' }, { id: 'e_monitoring' }]);
      assert.deepEqual(outcome, { kind: 'written', key, version: 1 });
      assert.equal(await raw.get('/config/v2.0/heat_templates/e').string(), null);
      assert.deepEqual(await elsewhere.publishedKinds(), ['e']);
      const ref = { type: 'heat_template', id: 'e' };
      const found = await elsewhere.snapshot([ref]).readTemplate('e');
      assert.ok(!('kind' in found));
      assert.deepEqual(found.body, { id: 'e' });
    } finally {
      elsewhere.close();
    }
  });

  it('published by two at once has one version', async () => {
    const { store } = etcd();
    const publish = () => store.publishTemplates([{ id: 'w' }]);
    const outcomes = (await Promise.all([publish(), publish()])).flat();
    assert.deepEqual(
      outcomes.map((outcome) => 'version' in outcome && outcome.version),
      [1, 1],
    );
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['unchanged', 'written']);
  });
});
