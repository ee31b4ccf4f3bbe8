import type { Policy } from '../gateway/policies.ts';
import type { SessionPool } from '../netconf/pool.ts';
import type { Store } from '../etcd/store.ts';
import type { LoadedKind } from '../gateway/kind.ts';

/** The kinds of the worker's folder, by resource type. */
export type Kinds = ReadonlyMap<string, LoadedKind>;

/** What the activities act on. The worker's composition root makes them; tests make others. */
export interface Dependencies {
  readonly store: Store;
  readonly routers: SessionPool;
  readonly kinds: Kinds;
  readonly policy: Policy;
  /** Names of the search attributes that the namespace has with the type we give them. */
  readonly searchAttributes: () => Promise<readonly string[]>;
}
