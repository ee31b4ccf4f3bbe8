/** The unchanged library and our client side by side, each behind a proxy, with keys of their own for each test. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import type { IOptions, Watcher } from 'etcd3';
import { EtcdClient } from '../../etcd/client.ts';
import { Proxy } from '../../local/proxy.ts';
import { useOwnEtcd } from './fixture.ts';

/** Sets up an etcd for the suite, and a proxy for each test. */
export function trapScene() {
  const etcd = useOwnEtcd();
  let proxy: Proxy | undefined;
  const closers: (() => void | Promise<void>)[] = [];
  let count = 0;

  beforeEach(async () => {
    proxy = await Proxy.open(etcd().endpoint);
    count += 1;
  });
  afterEach(async () => {
    // A watcher is closed before its client. Otherwise the watcher would go on connecting, and the process would not end.
    for (const close of closers.splice(0).reverse()) await close();
    await proxy?.close();
  });

  const theProxy = (): Proxy => {
    if (proxy === undefined) throw new Error('there is no proxy between tests');
    return proxy;
  };
  const closing = <T extends { close(): void }>(client: T): T => {
    closers.push(() => client.close());
    return client;
  };
  const key = (name = 'k'): string => `/trap/${count}/${name}`;

  return {
    etcd,
    proxy: theProxy,
    /** Closed after the test. */
    closing,
    key,
    /** What stands in etcd, seen without a proxy. */
    value: (name = key()): Promise<string | null> => etcd().raw.get(name).string(),
    /** The library as it comes. */
    plain: (options: Partial<IOptions> = {}): Etcd3 =>
      closing(new Etcd3({ hosts: theProxy().endpoint, ...options })),
    ours: (deadlineMs = 5_000): EtcdClient =>
      closing(new EtcdClient({ endpoints: [theProxy().endpoint], deadlineMs })),
    watching: async (client: Etcd3, since?: string): Promise<Watcher> => {
      const builder = client.watch().key(key());
      const watcher = await (since === undefined ? builder : builder.startRevision(since)).create();
      let dead = false;
      watcher.on('error', () => (dead = true));
      closers.push(async () => {
        if (!dead) await watcher.cancel();
      });
      return watcher;
    },
    until: async (is: () => Promise<boolean>): Promise<void> => {
      while (!(await is())) await sleep(10);
    },
  };
}
