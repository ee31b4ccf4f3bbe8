import type { SessionPool } from '../../netconf/pool.ts';

/** What a worker has learned of routers, by id. Losing it costs time, nothing else. */
export interface RouterMemory {
  /** They mark a commit that is pending. */
  readonly marks: Set<string>;
  /** They refused a confirmed commit because it was one. */
  readonly plainOnly: Set<string>;
}

const memories = new WeakMap<SessionPool, RouterMemory>();

/** One for all that share a worker's sessions. */
export function memoryOf(pool: SessionPool): RouterMemory {
  const memory = memories.get(pool) ?? { marks: new Set(), plainOnly: new Set() };
  memories.set(pool, memory);
  return memory;
}
