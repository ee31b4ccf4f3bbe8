/** Gathers the rows of `list`: from etcd page by page, and from Temporal what runs, and what only it knows. */
import type { Kinds } from '../activities/dependencies.ts';
import { PayloadKeyError } from '../client/codec/payload-codec.ts';
import { GatewayClient } from '../client/index.ts';
import { endedChanges, runningChanges } from '../client/running.ts';
import type { Temporal } from '../client/temporal.ts';
import type { Store } from '../etcd/store.ts';
import { displayNameIn } from '../gateway/display.ts';
import { edgeRouter, workflowIdOf } from '../gateway/resource.ts';
import { didYouMean } from './did-you-mean.ts';
import { byName, completed, isIncomplete, rowOf, type Row } from './list-rows.ts';
import { quoted, UsageError } from './usage.ts';

/** Which gateways are listed. */
export interface ListFilter {
  readonly failed: boolean;
  readonly running: boolean;
  readonly since: Date | undefined;
  /** Ids or names of routers, all of which a gateway must be on. */
  readonly routers: readonly string[] | undefined;
  readonly type: string | undefined;
}

export interface Gathered {
  readonly rows: readonly Row[];
  /** Names of routers by their ids, as far as they have one. */
  readonly names: ReadonlyMap<string, string>;
  /** About how many incomplete rows Temporal was not asked. */
  readonly left: number;
  /** Why the ends of some changes can't be read from Temporal, a text for each: they are encrypted with keys that were not given. */
  readonly unread: readonly string[];
}

/** About how many rows Temporal is asked at most. Each takes two calls. */
export const LOOKUPS = 2_000;
const AT_ONCE = 16;

interface Sources {
  readonly store: Store;
  /** `undefined`: Temporal does not answer, so neither what runs nor the types of failures are known. */
  readonly temporal: Temporal | undefined;
  readonly kinds: Kinds;
}

/**
 * Gathers the rows. Keeps in memory a row for each wanted gateway, and three pages of records. Configurations and plan records are dropped once they are
 * read.
 */
export async function gatherRows({ store, temporal, kinds }: Sources, wanted: ListFilter): Promise<Gathered> {
  const types = await typesOf(store, kinds, wanted.type);
  const [running, ended] = await Promise.all([
    temporal ? runningChanges(temporal) : new Map<string, never>(),
    temporal && wanted.since && endedChanges(temporal, wanted.since),
  ]);
  const found: Row[] = [];
  for (const type of types)
    for await (const gateway of store.gateways(type)) {
      const workflowId = workflowIdOf(gateway);
      const row = rowOf(gateway, running.get(workflowId));
      const since = row.outcome === 'running' ? row.since : laterOf(row.since, ended?.get(workflowId));
      if (isWanted({ ...row, since }, wanted)) found.push({ ...row, since });
    }
  const names = await routerNames(store, found);
  const rows = found.filter(onRouters(wanted.routers, found, names)).sort(byName);
  if (temporal === undefined) return { rows, names, left: 0, unread: [] };
  const asked = rows.filter(isIncomplete);
  const { known, unread } = await lookedUp(temporal, asked.slice(0, LOOKUPS));
  return {
    rows: rows.map((row) => known.get(row) ?? row),
    names,
    left: Math.max(0, asked.length - LOOKUPS),
    unread,
  };
}

/** etcd knows when the last call of a change was scheduled, and Temporal when its run ended. */
function laterOf(scheduled: string | null, ended: Date | undefined): string | null {
  if (ended === undefined) return scheduled;
  return scheduled !== null && Date.parse(scheduled) > ended.getTime() ? scheduled : ended.toISOString();
}

async function typesOf(store: Store, kinds: Kinds, type: string | undefined): Promise<readonly string[]> {
  const types = [...new Set([...kinds.keys(), ...(await store.publishedKinds())])].sort();
  if (type === undefined) return types;
  if (types.includes(type)) return [type];
  throw new UsageError(
    `--type: expected one of ${types.join(', ')}, got ${quoted(type)}${didYouMean(type, types)}`,
  );
}

function isWanted({ outcome, since }: Row, wanted: ListFilter): boolean {
  if (wanted.since && (since === null || Date.parse(since) < wanted.since.getTime())) return false;
  if (!wanted.failed && !wanted.running) return true;
  return (
    (wanted.running && outcome === 'running') ||
    (wanted.failed && (outcome === 'failed' || outcome === 'cancelled'))
  );
}

async function routerNames(store: Store, rows: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  const snapshot = store.snapshot();
  const ids = [...new Set(rows.flatMap(({ routers }) => routers ?? []))];
  const names = new Map<string, string>();
  for (const id of ids) {
    const name = displayNameIn(await snapshot.read(edgeRouter(id)));
    if (name !== undefined) names.set(id, name);
  }
  return names;
}

/** A test whether a row is on all these routers. Throws a `UsageError` for a word that names none of the rows' routers, if the rows have any. */
function onRouters(
  words: readonly string[] | undefined,
  rows: readonly Row[],
  names: ReadonlyMap<string, string>,
): (row: Row) => boolean {
  if (words === undefined) return () => true;
  const all = [...new Set(rows.flatMap(({ routers }) => routers ?? []))];
  const asked = words.map((word) => all.filter((id) => id === word || names.get(id) === word));
  const unknown = words.find((_, index) => asked[index]?.length === 0);
  if (unknown !== undefined && all.length > 0) {
    const known = all.map((id) => names.get(id) ?? id).sort();
    const shown = `${known.slice(0, 12).join(', ')}${known.length > 12 ? ', …' : ''}`;
    throw new UsageError(`--pair: expected routers of listed gateways (${shown}), got ${quoted(unknown)}`);
  }
  return ({ routers }) => asked.every((ids) => routers?.some((id) => ids.includes(id)));
}

/** What Temporal knows of these rows, a few at a time. One end that can't be read must not hide all others. */
async function lookedUp(
  temporal: Temporal,
  rows: readonly Row[],
): Promise<{ readonly known: ReadonlyMap<Row, Row> } & Pick<Gathered, 'unread'>> {
  const client = await GatewayClient.connect({ client: temporal.client });
  const known = new Map<Row, Row>();
  const unread: string[] = [];
  const left = rows.values();
  const reader = async (): Promise<void> => {
    for (const row of left)
      try {
        const status = await client.status({ resourceType: row.type, resourceId: row.id });
        known.set(row, completed(row, status));
      } catch (error) {
        if (!(error instanceof PayloadKeyError)) throw error;
        unread.push(error.message);
      }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, reader));
    return { known, unread };
  } finally {
    await client.close();
  }
}
