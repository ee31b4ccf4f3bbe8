import assert from 'node:assert/strict';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import { Proxy } from '../../local/proxy.ts';
import type { TestEtcd } from './fixture.ts';

/**
 * Makes `call` with a store of its own. The store's first request with `marker` in it waits until `meanwhile` is done. So that request compares
 * what was read before `meanwhile`.
 */
export async function racing<T>(
  { endpoint }: TestEtcd,
  marker: string,
  meanwhile: () => Promise<unknown>,
  call: (store: Store) => Promise<T>,
): Promise<T> {
  const proxy = await Proxy.open(endpoint);
  const store = openStore({ endpoints: [proxy.endpoint] });
  try {
    proxy.arm(marker, { kind: 'pause', meanwhile });
    return await call(store);
  } finally {
    assert.equal(proxy.cuts, 1);
    store.close();
    await proxy.close();
  }
}
