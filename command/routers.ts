import { openStore, type Store } from '../etcd/store.ts';
import { nameOf } from '../activities/router/router-target.ts';
import { isSegment } from '../etcd/keys.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printable } from './printable.ts';
import { checkedReason } from './reason.ts';
import { Names } from './names.ts';
import { routerFacts, type RouterFacts } from './router-facts.ts';
import { gateways, gatewayWord, routerLines } from './router-view.ts';
import { drawn, drawOptionsOf } from './style.ts';
import { actionIn, parseUsage, quoted, UsageError } from './usage.ts';
import { wakeOnRouter } from './wake-on-router.ts';
import { AS_HELP, AS_OPTION, whoOf } from './who.ts';

export const HELP = `Usage: gateway-saga routers hold ID --reason TEXT [options]
       gateway-saga routers release ID [options]
       gateway-saga routers retire ID --reason TEXT [options]
       gateway-saga routers readmit ID [options]
       gateway-saga routers list [options]
       gateway-saga routers check ID [options]

hold     Holds a router for maintenance: gateways that need it wait, whichever pair they use. A batch that is on the router when
         the hold begins is settled first: wait until "list" no longer shows a reservation before you begin.
release  Ends the hold; gateways that wait go on.
retire   Says that a router is dead. It must be held, and not be reserved. What it owes is dropped, and changes of gateways on it
         fail as RouterRetired. Who did it, why, and what was dropped stands in its record.
         This and readmit wake the sagas that wait for a gateway of the router, if Temporal answers.
readmit  Ends that. What the router still carries of gateways whose changes were dropped is for a person to remove.
list     Shows every router that ever was reserved: maintenance hold, reservation, retirement, and the changes that it owes.
check    Asks a router what gateways need of it, and says for each point what to do: ok, warning or
         failed. Changes nothing and takes no lock.

  --for TYPE ID       also checks the names that this gateway's configuration refers to
  --trial             afterwards commits a statement that does nothing (apply-macro) on trial, watches,
                      confirms and removes it, under the lock and a maintenance hold; asks before
  --yes               does not ask before the trial
  --transcript FILE   writes all requests and replies to a file, secrets masked; a trial always writes one
                      (routers-check-ID.xml)
  --known-hosts FILE, --connect-to A:B, --private-key FILE, --agent, --policy FILE, --templates DIR
                      as for the worker, or by the worker's environment variables

  ID             the edge router's name, or its id, as in etcd: /config/v2.0/edge_routers/ID
  --reason TEXT  the reason for the hold or the retirement, shown to everybody who waits or is refused
  ${AS_HELP}
  --json         one JSON document, for list an array of these:
                 {"id":…,"name":…,"maintenance":…,"reservation":…,"owedChanges":[…],"retired":…}; for check
                 {"id":…,"name":…,"checks":[{"name":…,"result":…,"text":…,"mend":…}],"notAsked":[…]}
  --help         shows this

Exit code: 0 done; 1 no such router, it can't be retired, or etcd does not answer; 2 not understood. For check: 0 all ok, or
warnings; 1 something failed; 2 not understood, or it could not be asked.

Examples:
  gateway-saga routers hold MX-1 --reason "new line card, back at 14:00"
  gateway-saga routers release MX-1 --as "night shift"
  gateway-saga routers retire 792c7a6d-19b5-4d6f-b9f6-1e5b1eb45198 --reason "burnt, replaced by MX-7"
  gateway-saga routers list --json | jq '.[] | select(.maintenance)'
  gateway-saga routers check 792c7a6d-19b5-4d6f-b9f6-1e5b1eb45198 --transcript check.xml

${TEMPORAL_HELP}
${ETCD_HELP}`;

export const OPTIONS = {
  reason: { type: 'string' },
  ...AS_OPTION,
  json: { type: 'boolean', default: false },
} as const;

type RoutersAction =
  | { readonly kind: 'list' }
  | ({ readonly kind: 'hold'; readonly reason: string } & OnRouter)
  | ({ readonly kind: 'retire'; readonly reason: string } & OnRouter)
  | ({ readonly kind: 'release' } & OnRouter)
  | ({ readonly kind: 'readmit' } & OnRouter);

/** On which router, and by whom. */
interface OnRouter {
  readonly id: string;
  readonly by: string;
}

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { action: first, rest } = await actionOrCheck(argv);
  // Loaded only when it is called: the other actions need no router library.
  if (first === 'check') return (await import('./routers-check/index.ts')).run(rest, io);
  const { values, positionals } = parseUsage(argv, OPTIONS, ['ACTION', '[ID]']);
  const action = actionOf(positionals, values, io.env);
  const store = openStore(etcdOptions(io.env));
  try {
    const { routers, said } = await perform(store, action, io.env);
    if (values.json) {
      io.stdout.write(`${JSON.stringify(action.kind === 'list' ? routers : routers[0])}\n`);
      return EXIT.ok;
    }
    io.stdout.write(said === '' ? '' : `${said}\n`);
    const { color, ascii = false } = drawOptionsOf(io.stdout, io.env);
    for (const line of routers.flatMap((router) => routerLines(router, Date.now())))
      io.stdout.write(`${drawn(line, { color, ascii })}\n`);
    return EXIT.ok;
  } finally {
    store.close();
  }
}

/** The action, and what is left without it. Options of `check` are loaded only where one may stand before it. */
async function actionOrCheck(argv: readonly string[]): Promise<ReturnType<typeof actionIn>> {
  if (argv[0]?.startsWith('-') !== true) return { action: argv[0], rest: argv.slice(1) };
  const { OPTIONS: ofCheck } = await import('./routers-check/options.ts');
  return actionIn(argv, { ...ofCheck, ...OPTIONS });
}

function actionOf(
  [action, id]: readonly [string, string?],
  { reason, as }: Readonly<Partial<Record<'reason' | 'as', string>>>,
  env: CommandIo['env'],
): RoutersAction {
  if (!isAction(action))
    throw new UsageError(`expected hold, release, retire, readmit, list or check, got ${quoted(action)}`);
  const hasReason = action === 'hold' || action === 'retire';
  if (!hasReason && reason !== undefined)
    throw new UsageError(`--reason: expected with hold and retire only, got it with ${action}`);
  if (action === 'list') {
    if (as !== undefined)
      throw new UsageError('--as: expected with what is done to a router, got it with list');
    if (id !== undefined) throw new UsageError(`list: expected no ID, got ${quoted(id)}`);
    return { kind: action };
  }
  if (id === undefined) throw new UsageError(`${action}: expected the ID of an edge router, got none`);
  if (!isSegment(id)) throw new UsageError(`${action}: expected the ID of an edge router, got ${quoted(id)}`);
  const by = whoOf(as, env);
  return hasReason
    ? {
        kind: action,
        id,
        by,
        reason: checkedReason(reason, action === 'hold' ? 'the hold' : 'the retirement'),
      }
    : { kind: action, id, by };
}

function isAction(word: string): word is RoutersAction['kind'] {
  return ['hold', 'release', 'retire', 'readmit', 'list'].includes(word);
}

interface Performed {
  readonly routers: readonly RouterFacts[];
  /** A line for a person about what was done. */
  readonly said: string;
}

async function perform(store: Store, action: RoutersAction, env: CommandIo['env']): Promise<Performed> {
  if (action.kind === 'list') {
    const routers = await routerFacts(store, [...(await store.routers())]);
    return { routers, said: routers.length === 0 ? 'no router was ever reserved' : '' };
  }
  const { by } = action;
  const id = await new Names(store).routerIdOf(action.id);
  const since = new Date().toISOString();
  if (action.kind === 'hold') {
    const record = await store.beginMaintenance(id, { reason: action.reason, by, since });
    const wait = 'its batch is settled first: wait until "routers list" no longer shows a reservation';
    const routers = await routerFacts(store, [[id, record]]);
    return {
      routers,
      said: record.reservation ? `held for maintenance; ${wait}` : 'held for maintenance; no batch is on it',
    };
  }
  if (action.kind === 'retire' || action.kind === 'readmit')
    return retireOrReadmit(store, { ...action, id }, since, env);
  const hold = await store.endMaintenance(id, { by, since });
  const routers = await routerFacts(store, [[id, await store.router(id)]]);
  return {
    routers,
    said: hold
      ? `released; it was held for maintenance: ${printable(hold.reason)}`
      : 'it was not held for maintenance',
  };
}

async function retireOrReadmit(
  store: Store,
  action: Extract<RoutersAction, { kind: 'retire' | 'readmit' }>,
  since: string,
  env: CommandIo['env'],
): Promise<Performed> {
  const { id, by } = action;
  if (action.kind === 'readmit') {
    const before = await store.readmitRouter(id, { by, since });
    const routers = await routerFacts(store, [[id, await store.router(id)]]);
    if (!before) return { routers, said: 'it was not retired' };
    const left = before.dropped.map((gateway) => `\n  ${gatewayWord(gateway)}`).join('');
    const more = before.more === undefined ? '' : `\n  and ${before.more} more`;
    const look = left === '' ? '' : `; it may still carry what it owed of these gateways:${left}${more}`;
    const woken = await wakeOnRouter(store, id, env);
    return { routers, said: `readmitted; it was retired: ${printable(before.reason)}${woken}${look}` };
  }
  const outcome = await store.retireRouter(id, { reason: action.reason, by, since });
  switch (outcome.kind) {
    case 'not held':
      throw new Error(`it is not held for maintenance: gateway-saga routers hold ${id} --reason TEXT`);
    case 'reserved':
      throw new Error(
        `${await namedPair(store, outcome.pair)} has reserved it: wait until "routers list" no longer shows a reservation`,
      );
    case 'retired': {
      const routers = await routerFacts(store, [[id, outcome.record]]);
      const { dropped, more = 0 } = outcome.retired;
      const woken = await wakeOnRouter(store, id, env);
      return { routers, said: `retired; dropped what it owed of ${gateways(dropped.length + more)}${woken}` };
    }
  }
}

/** `MX-1 + MX-2 (router_pair:792c…+3ca3…)` */
async function namedPair(store: Store, pair: string): Promise<string> {
  const ids = pair.slice(pair.indexOf(':') + 1).split('+');
  const names = await Promise.all(ids.map((id) => nameOf(store, id)));
  return printable(`${names.join(' + ')} (${pair})`);
}
