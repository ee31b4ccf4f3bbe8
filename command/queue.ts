import { GatewayClient, type PairStatus } from '../client/index.ts';
import { validPair } from '../client/pairs.ts';
import { StoreCorruptError, corrupt } from '../etcd/errors.ts';
import { openStore, type Store } from '../etcd/store.ts';
import type { RouterRecord } from '../pair/transactions.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printable } from './printable.ts';
import { queueLines } from './queue-view.ts';
import { isRouter, routerFacts, type RouterFacts } from './router-facts.ts';
import { routerLines } from './router-view.ts';
import { drawn, lookOf, type Line } from './style.ts';
import { parseUsage } from './usage.ts';

export const HELP = `Usage: gateway-saga queue [PAIR] [options]

Shows for each pair of routers which gateways wait and since when, which are in its batch with which verdict, and what blocks it
(from Temporal); and for each router its maintenance hold, its reservation and the changes that it owes (from etcd).

  PAIR    only this pair: the ids of its edge routers as A+B, in any order, or its workflow id router_pair:A+B
  --json  one JSON document: {"pairs":[{"workflowId":…,"startedAt":…,"queue":…}],"routers":[{"id":…,…}]};
          "queue" is null while no worker answers
  --help  shows this

Exit code: 0 shown; 1 no such router, or Temporal or etcd does not answer; 2 not understood.

Examples:
  gateway-saga queue
  gateway-saga queue 792c7a6d-19b5-4d6f-b9f6-1e5b1eb45198+3ca3a59a-4f92-4a8a-9ec1-1c55a97c794e
  gateway-saga queue --json | jq '.pairs[] | {workflowId, waiting: (.queue.waiting | length)}'

${TEMPORAL_HELP}
${ETCD_HELP}`;

const OPTIONS = { json: { type: 'boolean', default: false } } as const;

const NOTHING: RouterRecord = { reservation: null, maintenance: null, owedChanges: [] };

interface Shown {
  readonly pairs: readonly PairStatus[];
  readonly routers: readonly RouterFacts[];
}

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['[PAIR]']);
  const named = positionals[0] === undefined ? undefined : validPair(positionals[0]);
  const shown = await look(io.env, named);
  if (values.json) {
    io.stdout.write(`${JSON.stringify(shown)}\n`);
    return EXIT.ok;
  }
  const { color, ascii = false } = lookOf(io.stdout, io.env);
  for (const line of linesOf(shown, named, Date.now())) io.stdout.write(`${drawn(line, { color, ascii })}\n`);
  return EXIT.ok;
}

async function look(env: CommandIo['env'], named: readonly [string, string] | undefined): Promise<Shown> {
  const store = openStore(etcdOptions(env));
  try {
    const client = await GatewayClient.connect({ env });
    try {
      const pairs = await client.queue(named?.join('+'));
      const ids = named ?? pairs.flatMap(({ queue }) => queue?.routers ?? []);
      return { pairs, routers: await routerFacts(store, await recordsOf(store, named, ids)) };
    } finally {
      await client.close();
    }
  } finally {
    store.close();
  }
}

/** Records of the named pair's routers. Without a name: of all routers of running pairs, and of all that are reserved, held or owe a change. */
async function recordsOf(
  store: Store,
  named: readonly [string, string] | undefined,
  ids: readonly string[],
): Promise<readonly (readonly [string, RouterRecord | StoreCorruptError])[]> {
  if (!named) {
    const known = await store.routers();
    const busy = [...known].filter(([, record]) => isToBeShown(record));
    const all = [...new Set([...ids, ...busy.map(([id]) => id)])].sort();
    return all.map((id) => [id, known.get(id) ?? NOTHING] as const);
  }
  return Promise.all(
    named.map(async (id) => {
      const record = await store.router(id).catch(corrupt);
      if (!isToBeShown(record) && !(await isRouter(store, id)))
        throw new Error(
          `edge router ${printable(id)}: there is no record /config/v2.0/edge_routers/${printable(id)}`,
        );
      return [id, record] as const;
    }),
  );
}

function isToBeShown(record: RouterRecord | StoreCorruptError): boolean {
  if (record instanceof StoreCorruptError) return true;
  const { reservation, maintenance, owedChanges, retired } = record;
  return (reservation ?? maintenance ?? retired ?? owedChanges[0]) !== undefined;
}

function linesOf({ pairs, routers }: Shown, named: readonly string[] | undefined, now: number): Line[] {
  const names = new Map(routers.map(({ id, name }) => [id, printable(name ?? id)]));
  const routerName = (id: string) => names.get(id) ?? printable(id);
  const idle = named
    ? `${named.map(routerName).join(' + ')}: no gateway waits, none is in a batch`
    : 'no gateway waits, none is in a batch';
  const queues = pairs.map((pair) => queueLines(pair, routerName, now));
  const blocks = [...(queues.length > 0 ? queues : [[[['dim', idle]] as Line]])];
  const states = routers.flatMap((router) => routerLines(router, now));
  return [...blocks, ...(states.length > 0 ? [states] : [])].flatMap((block, index) =>
    index === 0 ? block : [[['plain', '']] as Line, ...block],
  );
}
