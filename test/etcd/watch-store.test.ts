import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import { StoreUnavailableError } from '../../etcd/errors.ts';
import { openWatchStore } from '../../etcd/watch-store.ts';
import type { WatchStore } from '../../etcd/watch-store.ts';
import { startEtcd } from '../../local/etcd-process.ts';
import { freePort } from '../../local/ports.ts';
import { Proxy } from '../../local/proxy.ts';
import { openRun } from '../../local/run.ts';
import { useEtcd } from './fixture.ts';

describe('a listing for the watch', function () {
  this.timeout(60_000);
  it('is of one revision, though it has many pages and keys change meanwhile', async () => {
    const run = await openRun();
    const { endpoint, child } = await startEtcd(run, await freePort());
    const raw = new Etcd3({ hosts: endpoint });
    const watched = openWatchStore({ endpoints: [endpoint] });
    try {
      for (let number = 0; number < 500; number += 1)
        await raw.put(`/config/v2.0/0xs/${number}`).value('old');
      await raw.put('/state/v2.0/xs/1').value('old');
      await raw.put('/gateway-saga/waiting/xs/1/x:2').value('old');
      await raw.put('/job_manager_id').value('m');
      const { header } = await raw.get('/').exec();
      const found = new Map<string, string | undefined>();
      const writes: Promise<unknown>[] = [];
      const at = await watched.list(({ key, value }) => {
        if (found.size === 0) {
          writes.push(
            raw.put('/config/v2.0/0xs/99').value('new').exec(),
            raw.put('/config/v2.0/0xs/999').value('new').exec(),
          );
          writes.push(
            raw.put('/state/v2.0/xs/1').value('new').exec(),
            raw.put('/gateway-saga/waiting/xs/1/x:2').value('new').exec(),
            raw.delete().key('/job_manager_id').exec(),
          );
        }
        found.set(key, value?.toString());
      });
      await Promise.all(writes);
      assert.deepEqual(at, { revision: header.revision, cluster: header.cluster_id });
      assert.equal(found.size, 503);
      assert.deepEqual(new Set(found.values()), new Set(['old', 'm']));
    } finally {
      watched.close();
      raw.close();
      await child.stop();
      await run.close();
    }
  });
});

describe('a listing for the watch whose revision is compacted between two pages', () => {
  const etcd = useEtcd();

  it('fails as something that may be tried again, and the next one has everything', async () => {
    const { endpoint, raw } = etcd();
    const proxy = await Proxy.open(endpoint);
    const watched = openWatchStore({ endpoints: [proxy.endpoint] });
    const keys = Array.from(
      { length: 250 },
      (_, number) => `/config/v2.0/0xs/${String(number).padStart(3, '0')}`,
    );
    try {
      for (const key of keys) await raw.put(key).value('x');
      // The request for the second page names the last key of the first page.
      proxy.arm('/config/v2.0/0xs/1', {
        kind: 'pause',
        meanwhile: async () => {
          const { header } = await raw.put('/elsewhere').value('x');
          await raw.kv.compact({ revision: header.revision, physical: true });
        },
      });
      await assert.rejects(
        watched.list(() => undefined),
        (error: unknown) => {
          assert.ok(error instanceof StoreUnavailableError, String(error));
          assert.match(String(error.cause), /required revision has been compacted/);
          return true;
        },
      );
      const found = new Set<string>();
      await watched.list(({ key }) => found.add(key));
      assert.deepEqual(
        keys.filter((key) => !found.has(key)),
        [],
      );
    } finally {
      watched.close();
      await proxy.close();
    }
  });
});

describe('the word for a resource for which nothing is to be done', () => {
  const etcd = useEtcd();
  const ref = { type: 'vpn_service', id: 'nothing-to-do' };
  const [config, state] = [`/config/v2.0/vpn_services/${ref.id}`, `/state/v2.0/vpn_services/${ref.id}`];
  let watched: WatchStore;
  before(() => {
    watched = openWatchStore({ endpoints: [etcd().endpoint] });
  });
  after(() => watched.close());
  beforeEach(() => Promise.all([config, state].map((key) => etcd().raw.delete().key(key).exec())));
  const put = (key: string, value: string) => etcd().raw.put(key).value(value).exec();
  /** Resolves to whether it wrote. */
  const publishRead = async () => {
    const revision = async () => (await etcd().raw.get(state).exec()).kvs[0]?.mod_revision;
    const before = await revision();
    await watched.publishRead(ref);
    return (await revision()) !== before;
  };
  const record = (version: number) => put(config, JSON.stringify({ version, body: '{}' }));

  it('is written once for each version, as the reference system writes it', async () => {
    await record(1);
    assert.equal(await publishRead(), true);
    assert.equal(
      await etcd().raw.get(state).string(),
      '{"error":"","state":{"worker_state":"READ_COMPLETE"},"version":1}',
    );
    assert.equal(await publishRead(), false);
    await record(2);
    assert.equal(await publishRead(), true);
    assert.equal(((await etcd().raw.get(state).json()) as { version: number }).version, 2);
  });

  it('is written for version 0, which some types have for ever, once', async () => {
    await record(0);
    assert.equal(await publishRead(), true);
    assert.equal(await publishRead(), false);
  });

  for (const [what, stands] of [
    ['a newer version', '{"version":5}'],
    ['a word that can not be read', 'odd'],
    ['a version that can not be read', '{"version":"1"}'],
  ] as const)
    it(`does not replace ${what}`, async () => {
      await record(3);
      await put(state, stands);
      assert.equal(await publishRead(), false);
      assert.equal(await etcd().raw.get(state).string(), stands);
    });

  it('is not written without a record that can be read', async () => {
    assert.equal(await publishRead(), false);
    await put(config, 'no JSON');
    assert.equal(await publishRead(), false);
    assert.equal(await etcd().raw.get(state).string(), null);
  });
});
