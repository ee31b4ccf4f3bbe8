import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { ConfigWatch } from '../../../activities/watch/config-watch.ts';
import { EtcdClient } from '../../../etcd/client.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { openStore } from '../../../etcd/store.ts';
import type { Store } from '../../../etcd/store.ts';
import { openWatchStore } from '../../../etcd/watch-store.ts';
import type { WatchStore } from '../../../etcd/watch-store.ts';
import { DEFAULT_WATCH_POLICY } from '../../../gateway/config-watch.ts';
import type { WatchPolicy } from '../../../gateway/config-watch.ts';
import type { Kinds } from '../../../gateway/kind.ts';
import { kindOf } from '../../gateway/kinds.ts';
import { Proxy } from '../../../local/proxy.ts';
import { loadKinds } from '../../../templates/load.ts';
import { toHeatTemplates } from '../../../templates/published.ts';
import { Etcd3 } from 'etcd3';
import { ownEtcd } from '../../world/etcd.ts';
import type { RunningEtcd } from '../../world/etcd.ts';
import { Sagas } from './sagas.ts';

describe('the watch, on a real etcd', function () {
  this.timeout(60_000);
  let running: RunningEtcd;
  let proxy: Proxy;
  let raw: Etcd3;
  let etcd: EtcdClient;
  let store: Store;
  let watched: WatchStore;
  let kinds: Kinds;
  let sagas: Sagas;
  let lines: string[];
  let over: AbortController;
  let ended: Promise<void>;
  let watch: ConfigWatch;

  before(async () => {
    kinds = await loadKinds();
  });
  beforeEach(async () => {
    running = await ownEtcd();
    proxy = await Proxy.open(running.endpoint);
    raw = new Etcd3({ hosts: running.endpoint });
    etcd = new EtcdClient({ endpoints: [running.endpoint] });
    // Only the watch's own connections go through the proxy.
    store = openStore({ endpoints: [proxy.endpoint], deadlineMs: 1_000 });
    watched = openWatchStore({ endpoints: [proxy.endpoint], deadlineMs: 1_000 });
    sagas = new Sagas(etcd);
    lines = [];
    over = new AbortController();
    ended = Promise.resolve();
  });
  afterEach(async () => {
    over.abort();
    await ended;
    watch.end();
    for (const one of [store, watched, etcd, raw]) one.close();
    await proxy.close();
    await running.stop();
  });

  const start = (policy: Partial<WatchPolicy> = {}) => {
    watch = new ConfigWatch({
      store,
      watched,
      kinds,
      policy: { ...DEFAULT_WATCH_POLICY, ...policy },
      client: sagas.client,
      asked: 0,
      fresh: () => undefined,
      tell: (line) => {
        if (line !== undefined) lines.push(line);
      },
      now: () => Date.now(),
    });
    ended = watch.run(over.signal);
  };
  const until = async (is: () => boolean | Promise<boolean>) => {
    while (!(await is())) await setTimeout(10);
  };
  const gateway = (resourceId: string, resourceType = 'vpn_gateway') => ({ resourceType, resourceId });
  const put = (one: ReturnType<typeof gateway>, version: number, body: object = {}) =>
    raw
      .put(KEYS.gatewayConfig(one))
      .value(JSON.stringify({ body, version, marked_for_deletion: false }))
      .exec();
  const stateOf = async (one: ReturnType<typeof gateway>) =>
    ((await raw.get(KEYS.state(one)).json()) as { version: number } | null)?.version;

  it('asks once for each of three thousand gateways that are written in a burst, a bounded number at a time', async () => {
    start({ inFlight: 128 });
    await until(() => watch.facts.listed !== null);
    const all = Array.from({ length: 3_000 }, (_, index) => gateway(`g-${index}`));
    for (let from = 0; from < all.length; from += 200)
      await Promise.all(
        all
          .slice(from, from + 200)
          .map((one, index) => put(one, 1, { downlink_interface_id: `i-${index % 8}` })),
      );
    await until(() => sagas.asked.size === all.length && watch.facts.differing === 0);
    assert.ok(sagas.most <= 128, `${sagas.most} ran at once`);
    assert.ok(sagas.most > 64, `only ${sagas.most} ran at once`);
    assert.deepEqual(new Set([...sagas.asked.values()].map((versions) => versions.join())), new Set(['1']));
    const told = await raw.getAll().prefix('/state/v2.0/vpn_gateways/').keys();
    assert.equal(told.length, all.length);
    assert.equal(watch.beat.asked, all.length);
  });

  it('goes on beside values that can not be read, whatever their keys are, and forgets them once they are mended', async () => {
    const spoil = (id: string) => raw.put(`/config/v2.0/vpn_gateways/${id}`).value('no JSON').exec();
    await spoil('x'.repeat(256));
    start();
    await until(() => watch.facts.listed !== null);
    const one = gateway('g-1');
    await spoil('a\u0007');
    await spoil(one.resourceId);
    await until(() => watch.facts.unreadable.count === 3);
    await put(one, 1);
    await until(async () => (await stateOf(one)) === 1);
    const { count, first } = watch.facts.unreadable;
    assert.equal(count, 2);
    const why = 'the record is not valid JSON';
    assert.deepEqual(first, [
      `/config/v2.0/vpn_gateways/${'x'.repeat(256)}: ${why}`,
      `/config/v2.0/vpn_gateways/a: ${why}`,
    ]);
  });

  it('asks for a newer version at once, although no place is left', async () => {
    let release = () => {};
    sagas.hold = new Promise<void>((resolve) => (release = resolve));
    start({ inFlight: 2 });
    const [one, other, third] = [gateway('g-1'), gateway('g-2'), gateway('g-3')];
    const interfaces = (name: string) => ({ downlink_interface_id: name });
    await put(one, 1, interfaces('a'));
    await put(other, 1, interfaces('b'));
    await until(() => sagas.running === 2);
    await put(third, 1, interfaces('c'));
    await put(one, 2, interfaces('a'));
    await until(() => sagas.versions(one).length === 2);
    assert.deepEqual(sagas.versions(one), [1, 2]);
    assert.deepEqual(sagas.versions(third), []);
    // The next attempt would begin at this revision. It lies before the version that is not asked for yet.
    const { kvs } = await raw.get(KEYS.gatewayConfig(third)).exec();
    assert.equal(watch.beat.revision, String(Number(kvs[0]?.mod_revision) - 1));
    release();
    await until(async () => (await stateOf(one)) === 2 && (await stateOf(third)) === 1);
    await until(() => watch.facts.differing === 0);
  });

  it('asks for the gateway that others wait for, which hold no place: by a listing, and as it is written', async () => {
    let release = () => {};
    sagas.hold = new Promise<void>((resolve) => (release = resolve));
    const [parent, ...children] = ['parent', 'a', 'b', 'c', 'd'].map((id) => gateway(id)) as [
      ReturnType<typeof gateway>,
      ...ReturnType<typeof gateway>[],
    ];
    const wait = async (child: ReturnType<typeof gateway>) => {
      await raw.put(KEYS.waiting(parent, child)).value('{}').exec();
    };
    const asked = (count: number) => until(() => sagas.asked.size === count);
    for (const child of children) await put(child, 1);
    for (const child of children.slice(0, 2)) await wait(child);
    start({ inFlight: 2 });
    // Half of the places is one. Two of four hold none.
    await asked(3);
    await put(parent, 1);
    await until(() => watch.facts.differing === 5);
    assert.equal(sagas.asked.size, 3);
    assert.equal(watch.facts.inFlight, 3);
    await wait(children[2] ?? parent);
    await asked(4);
    assert.deepEqual(sagas.versions(parent), []);
    await wait(children[3] ?? parent);
    await asked(5);
    assert.deepEqual(sagas.versions(parent), [1]);
    assert.deepEqual([watch.facts.differing, watch.facts.inFlight], [5, 5]);
    release();
    await until(() => watch.facts.differing === 0);
    for (const one of [parent, ...children]) assert.deepEqual(sagas.versions(one), [1]);
  });

  it('makes up for a time in which Temporal did not answer, and says so', async () => {
    sagas.failure = new Error('no route to Temporal');
    const all = Array.from({ length: 20 }, (_, index) => gateway(`g-${index}`));
    for (const one of all) await put(one, 1);
    start();
    await until(() => watch.facts.waits !== null);
    assert.match(watch.facts.waits ?? '', /Temporal does not answer: no route to Temporal/);
    assert.equal(watch.facts.inFlight, 0);
    sagas.failure = undefined;
    await until(() => watch.facts.differing === 0);
    for (const one of all) assert.deepEqual(sagas.versions(one), [1]);
    assert.equal(watch.facts.waits, null);
  });

  it('asks again for what ended without a word, but not for ever, and the next version begins anew', async () => {
    const [quiet, other] = [gateway('g-quiet'), gateway('g-other')];
    sagas.silent.add(quiet.resourceId);
    await put(quiet, 1);
    await put(other, 1);
    start({ inFlight: 1, relistSeconds: 1 });
    await until(() => watch.facts.silent.count === 1);
    assert.deepEqual(sagas.versions(quiet), [1, 1, 1]);
    assert.deepEqual(watch.facts.silent.first, ['vpn_gateway:g-quiet']);
    await until(async () => (await stateOf(other)) === 1);
    const listed = watch.facts.listed;
    await until(() => watch.facts.listed !== listed && watch.facts.inFlight === 0);
    assert.deepEqual(sagas.versions(quiet), [1, 1, 1]);
    sagas.silent.clear();
    await put(quiet, 2);
    await until(() => watch.facts.differing === 0);
    assert.deepEqual(sagas.versions(quiet), [1, 1, 1, 2]);
  });

  it('does not wait for ever for a place whose saga Temporal refuses', async () => {
    sagas.failure = Object.assign(new Error('refused'), {
      cause: Object.assign(new Error('bad'), { code: 3 }),
    });
    const one = gateway('g-1');
    await put(one, 1);
    start();
    await until(() => watch.facts.silent.count === 1);
    assert.equal(watch.facts.inFlight, 0);
    assert.equal(watch.facts.waits, null);
  });

  it('finds what was written while etcd was out of reach, and compacted meanwhile', async () => {
    start();
    await until(() => watch.facts.listed !== null);
    proxy.closed = true;
    proxy.drop();
    const all = Array.from({ length: 50 }, (_, index) => gateway(`g-${index}`));
    for (const one of all) await put(one, 1);
    const { header } = await raw.get('/').exec();
    await raw.kv.compact({ revision: header.revision, physical: true });
    await until(() => /etcd did not answer/.test(watch.facts.waits ?? ''));
    proxy.closed = false;
    await until(() => sagas.asked.size === all.length && watch.facts.differing === 0);
    assert.equal(watch.facts.waits, null);
    for (const one of all) assert.deepEqual(sagas.versions(one), [1]);
    assert.ok(
      lines.some((line) => line.startsWith("lists again: etcd's watch broke off")),
      lines.join('\n'),
    );
    assert.ok(lines.includes('etcd answers again'));
  });

  it('asks for nothing that it finds in a later listing beside a job manager that has come meanwhile', async () => {
    start();
    await until(() => watch.facts.listed !== null);
    proxy.closed = true;
    proxy.drop();
    for (let index = 0; index < 20; index += 1) await put(gateway(`g-${index}`), 1);
    await raw.put('/job_manager_id').value('manager-1').exec();
    const { header } = await raw.get('/').exec();
    await raw.kv.compact({ revision: header.revision, physical: true });
    await until(() => /etcd did not answer/.test(watch.facts.waits ?? ''));
    proxy.closed = false;
    await until(() => /a job manager is alive/.test(watch.facts.waits ?? ''));
    await put(gateway('g-20'), 1);
    await until(() => watch.facts.differing === 21);
    assert.equal(sagas.asked.size, 0);
    await raw.delete().key('/job_manager_id').exec();
    await until(() => sagas.asked.size === 21);
  });

  it('lists again if its stream meets a compaction', async () => {
    const one = gateway('g-1');
    // The listing is delayed. So the stream begins at a revision that has been compacted meanwhile.
    proxy.arm('/job_manager_id', {
      kind: 'pause',
      meanwhile: async () => {
        await put(one, 1);
        const { header } = await raw.get('/').exec();
        await raw.kv.compact({ revision: header.revision, physical: true });
      },
    });
    start();
    await until(() => sagas.versions(one).length === 1);
    assert.ok(
      lines.some((line) => /compact/.test(line)),
      lines.join('\n'),
    );
  });

  it('takes kinds that are published while it runs, with the gateways that were there before', async () => {
    const loaded = kinds.get('vpn_gateway');
    assert.ok(loaded);
    const one = gateway('g-1', 'new_gateway');
    await put(one, 1);
    start();
    await until(() => watch.facts.listed !== null);
    assert.equal(watch.facts.gateways, 0);
    const kind = kindOf('vpn_gateway', kinds);
    const published = toHeatTemplates({
      ...kind,
      resourceType: 'new_gateway',
      provisioning: { ...kind.provisioning, id: 'new_gateway' },
      monitoring: { ...kind.monitoring, id: 'new_gateway_monitoring' },
    });
    await store.publishTemplates(published);
    await until(async () => (await stateOf(one)) === 1);
    assert.deepEqual(sagas.versions(one), [1]);
  });

  it('asks for what it has called READ_COMPLETE, at that version, once a kind for its type is published', async () => {
    const one = gateway('s-1', 'vpn_service');
    await put(one, 1);
    start();
    const word = async () => (await raw.get(KEYS.state(one)).string())?.match(/[A-Z]+_COMPLETED?/)?.[0];
    await until(async () => (await word()) === 'READ_COMPLETE');
    assert.deepEqual(sagas.versions(one), []);
    const kind = kindOf('vpn_gateway', kinds);
    await store.publishTemplates(
      toHeatTemplates({
        ...kind,
        resourceType: 'vpn_service',
        provisioning: { ...kind.provisioning, id: 'vpn_service' },
        monitoring: { ...kind.monitoring, id: 'vpn_service_monitoring' },
      }),
    );
    await until(() => sagas.versions(one).length > 0);
    await until(() => watch.facts.differing === 0);
    assert.deepEqual(sagas.versions(one), [1]);
  });

  it('says READ_COMPLETE only where its policy wants it', async () => {
    const service = gateway('s-1', 'vpn_service');
    await put(service, 1);
    start({ readComplete: false });
    const one = gateway('g-1');
    await put(one, 1);
    await until(async () => (await stateOf(one)) === 1);
    assert.equal(await stateOf(service), undefined);
    assert.deepEqual(sagas.versions(service), []);
  });
});
