/**
 * What etcd3 does when something goes wrong, shown with the unchanged library; and what our client does then. Our code neither watches,
 * nor renews a lease, nor uses the library's locks and builders: `uses-of-etcd3.test.ts` reads the sources for that.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { GRPCDeadlineExceededError, GRPCUnavailableError } from 'etcd3';
import type { Etcd3, Watcher } from 'etcd3';
import { StoreUnavailableError } from '../../etcd/errors.ts';
import { AS_IT_IS } from '../../etcd/policies.ts';
import { openStore } from '../../etcd/store.ts';
import { Witness, newGateway, requestFor } from './fixture.ts';
import { trapScene } from './trap-scene.ts';

describe('the traps of etcd3', function () {
  this.timeout(60_000);
  const { etcd, proxy, closing, key, value, plain, ours, watching, until } = trapScene();

  describe('a write that is applied, and whose reply is lost', () => {
    const cutReply = (marker: string): void =>
      proxy().arm(marker, { kind: 'reply', applied: () => until(async () => (await value()) !== null) });
    const create = (client: Etcd3) =>
      client.if(key(), 'Create', '==', 0).then(client.put(key()).value('only once')).commit();

    it('is retried by the library and reported as not done, though it was', async () => {
      cutReply('only once');
      assert.equal((await create(plain())).succeeded, false);
      assert.equal(await value(), 'only once');
      assert.equal(proxy().cuts, 1);
    });

    it('is an error like that of a write which was never sent, without retries', async () => {
      cutReply('only once');
      await assert.rejects(create(plain({ faultHandling: { global: AS_IT_IS } })), GRPCUnavailableError);
      assert.equal(await value(), 'only once');
    });

    it('is unknown to our client, which finds out by reading', async () => {
      const client = ours();
      cutReply('only once');
      const [unchanged] = await client.read('test', [key()] as const);
      const written = await client.write('test', {
        unchanged: [unchanged],
        put: [{ key: key(), value: 'only once' }],
      });
      assert.equal(written.kind, 'unknown');
      const [found] = await client.read('test', [key()] as const);
      assert.equal(found.value?.toString(), '"only once"');
      // If the request were sent again without a look, etcd would refuse it, because it compares what it depends on.
      const again = { unchanged: [unchanged], put: [{ key: key(), value: 'only once' }] };
      assert.deepEqual(await client.write('test', again), { kind: 'refused' });
    });

    it('is a success for the store that requested it, done once', async () => {
      const store = closing(openStore({ endpoints: [proxy().endpoint] }));
      const gateway = newGateway();
      const witness = new Witness(etcd().raw, gateway);
      const revision = await witness.configure();
      const applied = () => until(async () => (await witness.value(witness.keys.plan)) !== undefined);
      proxy().arm('"is_first"', { kind: 'reply', applied });
      assert.deepEqual(await store.register(requestFor(gateway, revision)), { kind: 'registered' });
      assert.equal(proxy().cuts, 1);
      assert.deepEqual(await witness.history(witness.keys.jobState), [{}]);
    });
  });

  describe('a watch', () => {
    const seen: string[] = [];

    async function watch(): Promise<Watcher> {
      seen.length = 0;
      const watcher = await watching(plain());
      watcher.on('put', (found) => void seen.push(found.value.toString()));
      return watcher;
    }

    it('is dead, and says so once, when what it waits for was compacted while it was cut off', async () => {
      const watcher = await watch();
      await etcd().raw.put(key()).value('before');
      await until(async () => seen.length === 1);
      proxy().closed = true;
      proxy().drop();
      await once(watcher, 'disconnected');
      for (const text of ['one', 'two']) await etcd().raw.put(key()).value(text);
      const { header } = await etcd().raw.put(key()).value('three');
      await etcd().raw.kv.compact({ revision: header.revision, physical: true });
      proxy().closed = false;
      // Without a handler, it would end the process.
      const [error] = (await once(watcher, 'error')) as [Error];
      assert.match(error.message, /Watcher canceled/);
      await etcd().raw.put(key()).value('after');
      const fresh = await watching(plain(), String(Number(header.revision) + 1));
      await once(fresh, 'put');
      assert.deepEqual(seen, ['before']);
    });

    it('loses what happened meanwhile, without a word, when it is cut between its start and the replay', async () => {
      const watcher = await watch();
      await etcd().raw.put(key()).value('before');
      await until(async () => seen.length === 1);
      proxy().closed = true;
      proxy().drop();
      await once(watcher, 'disconnected');
      await etcd().raw.put(key()).value('missed for ever');
      proxy().armAnswer('missed for ever');
      const errors: unknown[] = [];
      watcher.on('error', (error) => errors.push(error));
      const started = once(watcher, 'connected');
      proxy().closed = false;
      await started;
      await once(watcher, 'disconnected');
      await once(watcher, 'connected');
      await etcd().raw.put(key()).value('after');
      await until(async () => seen.includes('after'));
      assert.deepEqual([seen, errors], [['before', 'after'], []]);
      assert.equal(proxy().cuts, 1);
    });

    it('is not relied on by our client: what changed meanwhile is read', async () => {
      const client = ours();
      await etcd().raw.put(key()).value('before');
      await client.read('test', [key()] as const);
      proxy().closed = true;
      proxy().drop();
      const { header } = await etcd().raw.put(key()).value('meanwhile');
      await etcd().raw.kv.compact({ revision: header.revision, physical: true });
      proxy().closed = false;
      // The connection may need a moment: the caller sends the request again, as an activity would.
      for (;;) {
        const read = await client.read('test', [key()] as const).catch((error: unknown) => {
          assert.ok(error instanceof StoreUnavailableError);
        });
        if (read === undefined) continue;
        assert.equal(read[0].value?.toString(), 'meanwhile');
        break;
      }
    });
  });

  describe('an etcd that stands still', () => {
    async function frozen(work: () => Promise<void>): Promise<void> {
      const { pid } = etcd();
      process.kill(pid, 'SIGSTOP');
      try {
        await work();
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    }

    it('delays a put without a limit, and no watcher notices', async () => {
      const client = plain();
      const watcher = await watching(client);
      const events: string[] = [];
      watcher.on('disconnected', () => events.push('disconnected'));
      let put: Promise<unknown> | undefined;
      await frozen(async () => {
        put = client
          .put(key())
          .value('late')
          .then(
            () => events.push('answered'),
            () => events.push('failed'),
          );
        await sleep(2_000);
        assert.deepEqual(events, []);
      });
      await put;
    });

    it('carries out later what the library had given up', async () => {
      const client = plain({
        faultHandling: { global: AS_IT_IS },
        defaultCallOptions: () => ({ deadline: new Date(Date.now() + 300) }),
      });
      // The client connects first, so that its writes are on their way before the deadline.
      await client.get(key()).string();
      // etcd may hear of the deadline before it carries out a write. Of twenty writes, at least some are carried out late.
      const names = Array.from({ length: 20 }, (_, n) => key(`k${n}`));
      await frozen(async () => {
        const writes = names.map((name) =>
          assert.rejects(async () => client.put(name).value('late'), GRPCDeadlineExceededError),
        );
        await Promise.all(writes);
      });
      await until(async () => (await Promise.all(names.map(value))).includes('late'));
    });

    it('is given up by our client in time, and a write that it carries out later is refused once another call has written', async () => {
      const client = ours(300);
      const [unchanged] = await client.read('test', [key()] as const);
      await frozen(async () => {
        const from = Date.now();
        const put = [{ key: key(), value: 'late' }];
        const written = await client.write('test', { unchanged: [unchanged], put });
        assert.equal(written.kind, 'unknown');
        await assert.rejects(client.read('test', [key()]), StoreUnavailableError);
        assert.ok(Date.now() - from < 10_000);
      });
      // The late write and this one compare the same key. Whichever came first, only one of them was carried out.
      const patient = ours();
      const next = { unchanged: [unchanged], put: [{ key: key(), value: 'next' }] };
      const { kind } = await patient.write('test', next);
      for (let look = 0; look < 20; look += 1) await patient.read('test', [key()] as const);
      assert.equal(await value(), kind === 'applied' ? '"next"' : '"late"');
      const [found] = await patient.read('test', [key()] as const);
      const { kvs } = await etcd().raw.get(key()).exec();
      assert.deepEqual([kvs[0]?.version, found.modRevision], ['1', kvs[0]?.mod_revision]);
    });
  });

  describe('a lease', () => {
    it('is still alive for the library when others see that it has expired', async () => {
      const lease = plain().lease(1);
      let lost = false;
      lease.on('lost', () => (lost = true));
      await lease.put(key()).value('mine');
      proxy().closed = true;
      proxy().drop();
      await until(async () => (await value()) === null);
      assert.deepEqual([lost, lease.revoked()], [false, false]);
      await once(lease, 'lost');
    });

    it('is only a time to live for our client: it is never renewed, and never used as a lock', async () => {
      const client = ours();
      const granted = await client.grantLease('test', 1);
      await client.write('test', { unchanged: [], put: [{ key: key(), value: 'kept' }] });
      await client.write('test', { unchanged: [], put: [], retain: [{ key: key(), lease: granted }] });
      assert.equal(await value(), '"kept"');
      await until(async () => (await value()) === null);
    });
  });

  describe('a request that is not awaited', () => {
    it('is never sent by the library', async () => {
      const client = plain();
      await client.get(key()).string();
      // oxlint-disable-next-line typescript/no-floating-promises -- this is the trap
      client.put(key()).value('forgotten');
      await client.put(key('other')).value('sent');
      assert.deepEqual([await value(), await value(key('other'))], [null, 'sent']);
    });

    it('is sent by our client', async () => {
      void ours().write('test', { unchanged: [], put: [{ key: key(), value: 'sent' }] });
      await until(async () => (await value()) === '"sent"');
    });
  });
});
