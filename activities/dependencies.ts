import type { BatchPolicy, Policy } from '../gateway/policies.ts';
import type { SessionPool } from '../netconf/pool.ts';
import type { Store } from '../etcd/store.ts';
import type { Kinds } from '../gateway/kind.ts';
import type { Meter } from '../gateway/meter.ts';

export type { Kinds } from '../gateway/kind.ts';

/** What the activities act on. The worker's composition root creates these; tests create others. */
export interface Dependencies {
  readonly store: Store;
  readonly routers: SessionPool;
  /** The kinds in the worker's folder. */
  readonly kinds: Kinds;
  readonly policy: Policy;
  /** Names of the search attributes that exist in the namespace and have the type that this project sets them with. */
  readonly searchAttributes: () => Promise<readonly string[]>;
  /** Absent: nobody asks for metrics. */
  readonly meter?: Meter | undefined;
}

/** The same dependencies, with the policy that a batch got with its reservation. `undefined`: with the worker's own policy. */
export function withBatchPolicy(deps: Dependencies, policy: BatchPolicy | undefined): Dependencies {
  return { ...deps, policy: { ...deps.policy, ...policy } };
}
