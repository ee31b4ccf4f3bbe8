/** The commands `create`, `update`, `delete` and `apply`: one implementation for the four. */
import { GatewayClient, workflowIdOf } from '../client/index.ts';
import type { ChangeOutcome, ChangeRequest, GatewayRun } from '../client/index.ts';
import type { RequestedAction } from '../client/request.ts';
import { messageOf } from '../gateway/display.ts';
import { changeHelp } from './change-help.ts';
import { requestsOf } from './change-list.ts';
import type { CommandModule } from './commands.ts';
import { follow } from './follow.ts';
import { followMany, type Started } from './follow-many.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printable } from './printable.ts';
import { routerWithId, withIds } from './named-gateways.ts';
import { checkedReason } from './reason.ts';
import { parseOptions, UsageError, type OptionTable } from './usage.ts';
import { AS_OPTION, whoOf } from './who.ts';

const OPTIONS = {
  file: { type: 'string' },
  version: { type: 'string' },
  again: { type: 'boolean', default: false },
  owe: { type: 'string' },
  reason: { type: 'string' },
  ...AS_OPTION,
  'no-wait': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Options that only `delete` takes. The other commands parse them, too, so that they can say that these belong to `delete`. */
const OF_DELETIONS: ReadonlySet<string> = new Set(['owe', 'reason', 'as']);

/** How many starts are sent at a time: as many as a batch of a pair has at most. */
const STARTS_AT_ONCE = 64;

export function changeCommand(asked: RequestedAction): CommandModule {
  return { HELP: changeHelp(asked), OPTIONS: optionsOf(asked), run: (argv, io) => change(asked, argv, io) };
}

function optionsOf(asked: RequestedAction): OptionTable {
  const isShown = (name: string) => asked === 'delete' || !OF_DELETIONS.has(name);
  return Object.fromEntries(Object.entries(OPTIONS).filter(([name]) => isShown(name)));
}

async function change(asked: RequestedAction, argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS, optionsOf(asked));
  // Checked before connecting: a mistake in a request is reported even if Temporal is away.
  const named = await requestsOf(positionals, values, io);
  const asks = oweOf(asked, { ...values, env: io.env }, named.length);
  const listed = await withIds(named, io);
  const owe = asks && { ...asks, router: await routerWithId(asks.router, io) };
  const requests = listed.map((request) => ({
    ...request,
    ...(values.again && { again: true }),
    ...(owe && { owe }),
  }));
  const client = await GatewayClient.connect({ env: io.env });
  const form = values.json ? 'json' : 'text';
  try {
    const [first] = requests;
    if (requests.length === 1 && first !== undefined) {
      const run: GatewayRun<ChangeOutcome> = await client[asked](first);
      if (!values['no-wait']) return await follow(run, io, form, asked);
      return tellStarted([{ gateway: first, run }], io, form);
    }
    const started = await startAll(client, asked, requests);
    return values['no-wait'] ? tellStarted(started, io, form) : await followMany(started, io, form, asked);
  } finally {
    await client.close();
  }
}

/** The router that is to owe the deletion, by the name or id that the operator gave. `undefined`: no router is to owe it. */
function oweOf(
  asked: RequestedAction,
  given: Readonly<Partial<Record<'owe' | 'reason' | 'as', string>>> & Pick<CommandIo, 'env'>,
  count: number,
): ChangeRequest['owe'] {
  const { owe, reason, as, env } = given;
  if (owe === undefined) {
    for (const [option, value] of Object.entries({ reason, as }))
      if (value !== undefined) throw new UsageError(`--${option}: expected with --owe only, got it alone`);
    return undefined;
  }
  if (asked !== 'delete') throw new UsageError(`--owe: expected with delete only, got it with ${asked}`);
  if (count > 1) throw new UsageError(`--owe: expected one gateway with it, got ${count}`);
  return {
    router: owe,
    reason: checkedReason(reason, 'the deletion without the router'),
    by: whoOf(as, env),
  };
}

/** Starts all changes. If one can't be started, the others are started all the same. */
async function startAll(
  client: GatewayClient,
  asked: RequestedAction,
  requests: readonly ChangeRequest[],
): Promise<readonly Started[]> {
  const started: Started[] = [];
  const left = requests.entries();
  const starter = async (): Promise<void> => {
    for (const [index, request] of left) {
      const run: Started['run'] | Error = await client[asked](request).catch(
        (error: unknown) => new Error(messageOf(error), { cause: error }),
      );
      started[index] = run instanceof Error ? { gateway: request, error: run } : { gateway: request, run };
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, starter));
  return started;
}

function tellStarted(started: readonly Started[], io: CommandIo, form: 'text' | 'json'): number {
  for (const { gateway, error } of started) {
    const workflowId = workflowIdOf(gateway);
    const reason = error && printable(error.message);
    if (form === 'json') {
      const kind = reason === undefined ? 'started' : 'not started';
      io.stdout.write(`${JSON.stringify({ kind, workflowId, reason })}\n`);
    } else if (reason === undefined) io.stdout.write(`started ${workflowId}\n`);
    else io.stdout.write(`not started ${workflowId}: ${reason}\n`);
  }
  return started.every(({ error }) => error === undefined) ? EXIT.ok : EXIT.otherwise;
}
