import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import type { Entry } from '../../etcd/client.ts';
import { WatchStream } from '../../etcd/watch-stream.ts';
import type { Position } from '../../etcd/watch-stream.ts';
import type { ChildProgram } from '../../local/child.ts';
import { startEtcd } from '../../local/etcd-process.ts';
import { freePort } from '../../local/ports.ts';
import { Proxy } from '../../local/proxy.ts';
import { openRun } from '../../local/run.ts';
import type { Run } from '../../local/run.ts';

const [A, B, KEY] = ['/watched/a/', '/watched/b/', '/watched-key'];

function inHundreds<T>(all: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / 100) }, (_, index) =>
    all.slice(index * 100, index * 100 + 100),
  );
}

describe('what etcd tells of some keys', function () {
  this.timeout(60_000);
  let run: Run;
  let port: number;
  let etcd: ChildProgram;
  let proxy: Proxy;
  let raw: Etcd3;
  let stream: WatchStream;
  const start = async (of = run) => {
    etcd = (await startEtcd(of, port)).child;
  };
  const restart = async () => {
    etcd.signal('SIGKILL');
    await etcd.exited;
    await start();
  };
  beforeEach(async () => {
    run = await openRun();
    port = await freePort();
    await start();
    proxy = await Proxy.open(`127.0.0.1:${port}`);
    raw = new Etcd3({ hosts: `127.0.0.1:${port}` });
    stream = new WatchStream({ endpoints: [proxy.endpoint] });
  });
  afterEach(async () => {
    stream.close();
    raw.close();
    await proxy.close();
    await etcd.stop();
    await run.close();
  });

  const position = async (): Promise<Position> => {
    const { header } = await raw.get('/').exec();
    return { revision: header.revision, cluster: header.cluster_id };
  };
  /** Follows the stream until it has told `count` entries, or until it ends. */
  const told = async (from: Position, count: number, each: (all: Entry[]) => void = () => undefined) => {
    const over = new AbortController();
    const all: Entry[] = [];
    const following = stream.follow([A, B, KEY], from, over.signal);
    for (;;) {
      const { done, value } = await following.next();
      if (done === true) return { all, doubt: value };
      all.push(...value);
      each(all);
      if (all.length >= count) {
        over.abort();
        await following.return('enough');
        return { all, doubt: undefined };
      }
    }
  };
  /** Puts so many keys, in their order, each at a revision of its own: etcd tells of a thousand revisions at a time. */
  const burst = async (count: number) => {
    for (const some of inHundreds(numbers(count)))
      await Promise.all(some.map((key) => raw.put(key).value('x'.repeat(200)).exec()));
  };
  const names = (all: readonly Entry[]) => all.map(({ key }) => key);
  const numbers = (count: number) =>
    Array.from({ length: count }, (_, index) => `${A}${String(index).padStart(5, '0')}`);

  it('is what was written under the prefixes and the key, and nothing else', async () => {
    const from = await position();
    await raw.put(`${A}1`).value('one');
    await raw.put('/watched/c/1').value('elsewhere');
    await raw.put(`${KEY}-longer`).value('elsewhere');
    await raw.put(KEY).value('two');
    await raw.put(`${B}1`).value('three');
    await raw.delete().key(KEY);
    const { all } = await told(from, 4);
    const values = new Map(
      all.map(({ key, value, modRevision }) => [`${key} ${modRevision}`, value?.toString()]),
    );
    const at = (plus: number) => Number(from.revision) + plus;
    assert.deepEqual(
      values,
      new Map([
        [`${A}1 ${at(1)}`, 'one'],
        [`${KEY} ${at(4)}`, 'two'],
        [`${B}1 ${at(5)}`, 'three'],
        [`${KEY} ${at(6)}`, undefined],
      ]),
    );
  });

  it('loses nothing of ten thousand writes in a burst, through cuts while it catches up', async () => {
    const from = await position();
    await burst(10_000);
    let cuts = 0;
    const { all } = await told(from, 10_000, (told) => {
      if (told.length > cuts * 2_000 && cuts < 4) {
        cuts += 1;
        proxy.drop();
      }
    });
    assert.equal(cuts, 4);
    assert.deepEqual([...new Set(names(all))].sort(), numbers(10_000));
  });

  it('loses nothing if it is cut off right after it was created', async () => {
    const from = await position();
    await burst(2_000);
    // The connection is cut before one octet of the first events comes through.
    proxy.armAnswer(A);
    const { all } = await told(from, 2_000);
    assert.equal(proxy.cuts, 1);
    assert.deepEqual(names(all).sort(), numbers(2_000));
  });

  it('goes on after etcd was killed and has come back', async () => {
    const from = await position();
    await burst(100);
    let restarted: Promise<void> | undefined;
    const { all } = await told(from, 200, (so) => {
      if (so.length === 100)
        restarted ??= restart().then(async () => {
          for (const number of numbers(100)) await raw.put(number).value('again');
        });
    });
    await restarted;
    assert.deepEqual(names(all.slice(0, 100)).sort(), numbers(100));
    assert.deepEqual(names(all.slice(100)), numbers(100));
  });

  it('ends, for its caller to list, if events were compacted before they were told', async () => {
    const from = await position();
    await burst(300);
    const { revision } = await position();
    await raw.kv.compact({ revision, physical: true });
    const { all, doubt } = await told(from, 300);
    assert.match(doubt ?? '', /^etcd has compacted what was not told yet, up to revision \d+$/);
    assert.deepEqual(all, []);
  });

  it('ends if the store has gone back, as after a restore from an older copy', async () => {
    const { revision, cluster } = await position();
    const later = { revision: String(Number(revision) + 100), cluster };
    assert.equal((await told(later, 1)).doubt, `etcd has gone back to revision ${revision}`);
  });

  it('ends if another cluster answers', async () => {
    const from = await position();
    await raw.put(`${A}1`).value('one');
    await etcd.stop();
    const other = await openRun();
    try {
      await start(other);
      assert.equal((await told(from, 1)).doubt, 'another etcd cluster answers');
    } finally {
      await etcd.stop();
      await other.close();
    }
  });

  it('ends if no stream can be opened, with the reason', async () => {
    const from = await position();
    proxy.closed = true;
    proxy.drop();
    const { doubt } = await told(from, 1);
    assert.match(doubt ?? '', /^etcd's watch broke off: /);
  });

  it('ends as soon as it is told to, while nothing is written', async () => {
    const over = new AbortController();
    const following = stream.follow([A], await position(), over.signal);
    const next = following.next();
    await raw.put(`${A}1`).value('one');
    assert.equal((await next).done, false);
    const end = following.next();
    over.abort();
    assert.equal((await end).done, true);
  });
});
