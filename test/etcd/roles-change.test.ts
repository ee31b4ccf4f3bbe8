import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import { openStore } from '../../etcd/store.ts';
import { useCluster } from './cluster-fixture.ts';

const MANY = 8;
const CHANGES = 60;

describe('while an administrator changes roles', function () {
  this.timeout(60_000);
  const etcd = useCluster();
  const auth = { username: 'root', password: 'canary-root' };
  let admin: Etcd3;
  before(async () => {
    const hosts = [...etcd().endpoints];
    const open = new Etcd3({ hosts });
    const root = await open.user(auth.username).create(auth.password);
    await root.addRole(await open.role('root').create());
    await open.auth.authEnable();
    open.close();
    admin = new Etcd3({ hosts, auth });
  });
  after(() => admin.close());

  it('reads and writes go on: that permissions were looked up a moment before is no refusal', async () => {
    const store = openStore({ endpoints: etcd().endpoints, auth });
    const over = new AbortController();
    const written = Array.from({ length: MANY }, () => 0);
    const asking = async (n: number): Promise<void> => {
      while (!over.signal.aborted) {
        await store.ping();
        await store.beginMaintenance(`router-${n}`, { reason: 'x', since: `${Date.now()}` });
        written[n] = (written[n] ?? 0) + 1;
      }
    };
    // If the roles changed faster than a call takes, each attempt at the call would meet a change. So each change waits until all have written.
    const allHaveWritten = async (before: readonly number[]): Promise<void> => {
      while (!over.signal.aborted && written.some((count, n) => count === before[n])) await setTimeout(5);
    };
    try {
      await store.ping();
      const all = Promise.all(Array.from({ length: MANY }, (_, n) => asking(n)));
      all.catch(() => over.abort());
      for (let n = 0; n < CHANGES && !over.signal.aborted; n += 1) {
        const before = [...written];
        await admin.role(`role-${n}`).create();
        await allHaveWritten(before);
      }
      over.abort();
      await assert.doesNotReject(all);
    } finally {
      store.close();
    }
  });
});
