import { GatewayClient, type PairStatus } from '../client/index.ts';
import { validPair, type RouterOrPair } from '../client/pairs.ts';
import { StoreCorruptError, corrupt } from '../etcd/errors.ts';
import { openStore, type Store } from '../etcd/store.ts';
import type { RouterRecord } from '../pair/router-record.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printable } from './printable.ts';
import { pairName, queueLines } from './queue-view.ts';
import { Names } from './names.ts';
import { routerFacts, type RouterFacts } from './router-facts.ts';
import { routerLines } from './router-view.ts';
import { drawn, drawOptionsOf, type Line } from './style.ts';
import { parseUsage } from './usage.ts';

export const HELP = `Usage: gateway-saga queue [PAIR] [options]

Shows for each pair of routers which gateways wait and since when, which are in its batch with which verdict, and what blocks it
(from Temporal); and for each router its maintenance hold, its reservation and the changes that it owes (from etcd).

  PAIR    only this pair: the names or ids of its edge routers as A+B, in any order, or its workflow id router_pair:A+B;
          with one router all its pairs
  --json  one JSON document: {"pairs":[{"workflowId":…,"startedAt":…,"queue":…}],"routers":[{"id":…,…}]};
          "queue" is null while no worker answers
  --help  shows this

Exit code: 0 shown; 1 no such router, or Temporal or etcd does not answer; 2 not understood.

Examples:
  gateway-saga queue
  gateway-saga queue MX-1+MX-2
  gateway-saga queue 792c7a6d-19b5-4d6f-b9f6-1e5b1eb45198
  gateway-saga queue --json | jq '.pairs[] | {workflowId, waiting: (.queue.waiting | length)}'

${TEMPORAL_HELP}
${ETCD_HELP}`;

export const OPTIONS = { json: { type: 'boolean', default: false } } as const;

const NOTHING: RouterRecord = { reservation: null, maintenance: null, owedChanges: [] };

interface Shown {
  readonly pairs: readonly PairStatus[];
  readonly routers: readonly RouterFacts[];
}

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['[PAIR]']);
  const given = positionals[0] === undefined ? undefined : validPair(positionals[0]);
  const { named, ...shown } = await look(io.env, given);
  if (values.json) {
    io.stdout.write(`${JSON.stringify(shown)}\n`);
    return EXIT.ok;
  }
  const { color, ascii = false } = drawOptionsOf(io.stdout, io.env);
  for (const line of linesOf(shown, named, Date.now())) io.stdout.write(`${drawn(line, { color, ascii })}\n`);
  return EXIT.ok;
}

async function look(
  env: CommandIo['env'],
  given: RouterOrPair | undefined,
): Promise<Shown & { readonly named: RouterOrPair | undefined }> {
  const store = openStore(etcdOptions(env));
  try {
    const named = given && (await idsOf(store, given));
    const client = await GatewayClient.connect({ env });
    try {
      const pairs = await client.queue(named?.join('+'));
      const records = await recordsOf(store, named, pairs);
      return { named, pairs, routers: await routerFacts(store, records) };
    } finally {
      await client.close();
    }
  } finally {
    store.close();
  }
}

async function idsOf(store: Store, given: RouterOrPair): Promise<RouterOrPair> {
  const names = new Names(store);
  const [one, other] = given;
  const id = await names.routerIdOf(one);
  return other === undefined ? [id] : validPair(`${id}+${await names.routerIdOf(other)}`);
}

/**
 * The records of routers to show. With names: of the named routers; if one router is named alone, also of all routers that are in a pair with it.
 * Without names: of all routers of running pairs, and of all that are reserved, held or retired, that owe a change, or whose record can't be read.
 */
async function recordsOf(
  store: Store,
  named: RouterOrPair | undefined,
  pairs: readonly PairStatus[],
): Promise<readonly (readonly [string, RouterRecord | StoreCorruptError])[]> {
  const ids = pairs.flatMap(({ queue }) => queue?.routers ?? []);
  if (!named) {
    const known = await store.routers();
    const busy = [...known].filter(([, record]) => isToBeShown(record));
    const all = [...new Set([...ids, ...busy.map(([id]) => id)])].sort();
    return all.map((id) => [id, known.get(id) ?? NOTHING] as const);
  }
  const all = [...new Set([...named, ...ids])];
  return Promise.all(all.map(async (id) => [id, await store.router(id).catch(corrupt)] as const));
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
    ? `${pairName(named, routerName)}: no gateway waits, none is in a batch`
    : 'no gateway waits, none is in a batch';
  const nameOfPair = ({ queue, workflowId }: PairStatus) =>
    queue === null ? workflowId : pairName(queue.routers, routerName);
  const byName = pairs.toSorted((one, other) =>
    nameOfPair(one).localeCompare(nameOfPair(other), undefined, { numeric: true }),
  );
  const queues = byName.map((pair) => queueLines(pair, routerName, now));
  const blocks = [...(queues.length > 0 ? queues : [[[['dim', idle]] as Line]])];
  const states = routers.flatMap((router) => routerLines(router, now));
  return [...blocks, ...(states.length > 0 ? [states] : [])].flatMap((block, index) =>
    index === 0 ? block : [[['plain', '']] as Line, ...block],
  );
}
