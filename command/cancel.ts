import { GatewayClient, workflowIdOf } from '../client/index.ts';
import type { ChangeOutcome, GatewayRun, GatewayStatus } from '../client/index.ts';
import { gatewayText, messageOf } from '../gateway/display.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { cancelWords } from './cancel-words.ts';
import { requestsOf } from './change-list.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { follow } from './follow.ts';
import { followMany } from './follow-many.ts';
import { EXIT, type CommandIo } from './io.ts';
import { withIds } from './named-gateways.ts';
import { outcomeLines } from './outcome-view.ts';
import { printable } from './printable.ts';
import { checkedReason } from './reason.ts';
import { drawOptionsOf } from './style.ts';
import { parseOptions } from './usage.ts';
import { AS_HELP, AS_OPTION, whoOf } from './who.ts';

export const HELP = `Usage: gateway-saga cancel TYPE ID… --reason TEXT [options]
       gateway-saga cancel --file FILE --reason TEXT [options]

Cancels what runs for gateways, says what happens to each now, and shows how it goes until all have ended. A saga that is
cancelled reverts its change: both routers are then as before. Once it has requested its pair to make the change
permanent, a cancel changes nothing. The reason, and who gave it, stand in the workflow's history, in /state and in the
worker's log. Of several cancels of one change, the first one counts.

  TYPE, ID       as in etcd: /config/v2.0/TYPEs/ID; several ids or names of one type
  --file FILE    the gateways from a file, one "TYPE ID" a line; "-" is standard input; a comment begins with "#"
  --reason TEXT  the reason for the cancel
  ${AS_HELP}
  --no-wait      cancels them and returns
  --json         one JSON document for each gateway, on a line of its own:
                 {"kind":"ended","workflowId":…,"outcome":{"kind":"cancelled",…}}, with --no-wait
                 {"kind":"cancelling","workflowId":…,"next":…}; {"kind":"not running",…} if nothing runs for it,
                 {"kind":"not cancelled",…,"next":…} with the reason if the cancel was not taken
  --help         shows this

Exit code: 0 if all were cancelled (with --no-wait: if each cancel was taken); 1 some ended otherwise, nothing ran,
or a cancel was not taken; 2 not understood; 130 interrupted; 141 nobody read its output to the end.

Examples:
  gateway-saga cancel vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf --reason "wrong VLAN"
  gateway-saga list --running --json | jq -r '.[] | .type + " " + .id' | gateway-saga cancel --file - --reason "window is over"

${TEMPORAL_HELP}
${ETCD_HELP}`;

export const OPTIONS = {
  file: { type: 'string' },
  reason: { type: 'string' },
  ...AS_OPTION,
  'no-wait': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** A saga that runs, so that it can be cancelled. */
type Running = Extract<GatewayStatus, { readonly kind: 'running' }>;
/** What became of the cancel of one gateway: a run took it, nothing ran, or it failed. */
type CancelResult = { readonly gateway: GatewayRef } & (
  | { readonly run: GatewayRun<ChangeOutcome>; readonly running: Running; readonly isRepeated: boolean }
  | { readonly status: Exclude<GatewayStatus, Running>; readonly run?: never }
  | { readonly error: Error; readonly run?: never; readonly status?: never }
);

/** How many gateways are cancelled at a time. */
const AT_ONCE = 16;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  const reason = checkedReason(values.reason, 'the cancel');
  const by = whoOf(values.as, io.env);
  const gateways = await withIds(await requestsOf(positionals, { file: values.file }, io), io);
  const client = await GatewayClient.connect({ env: io.env });
  const form = values.json ? 'json' : 'text';
  try {
    const asked = await cancelAll(client, gateways, { reason, by });
    for (const one of asked) tell(one, io, form, values['no-wait']);
    const started = asked.flatMap(({ gateway, run }) => (run === undefined ? [] : [{ gateway, run }]));
    const code = started.length === asked.length ? EXIT.ok : EXIT.otherwise;
    const [first] = started;
    if (values['no-wait'] || first === undefined) return code;
    const ended =
      started.length === 1
        ? await follow(first.run, io, form, 'cancel')
        : await followMany(started, io, form, 'cancel');
    return ended === EXIT.ok ? code : ended;
  } finally {
    await client.close();
  }
}

async function cancelAll(
  client: GatewayClient,
  gateways: readonly GatewayRef[],
  options: { readonly reason: string; readonly by: string },
): Promise<readonly CancelResult[]> {
  const asked: CancelResult[] = [];
  const left = gateways.entries();
  const canceller = async (): Promise<void> => {
    for (const [index, gateway] of left) asked[index] = await cancelOne(client, gateway, options);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, canceller));
  return asked;
}

export async function cancelOne(
  client: Pick<GatewayClient, 'status' | 'find'>,
  gateway: GatewayRef,
  options: { readonly reason: string; readonly by: string },
): Promise<CancelResult> {
  try {
    const status = await client.status(gateway);
    if (status.kind !== 'running') return { gateway, status };
    const run = await client.find(gateway);
    if (run === null) return { gateway, status: { kind: 'not found', workflowId: status.workflowId } };
    const { isTaken, isRepeated } = await run.cancel(options);
    if (isTaken) return { gateway, running: status, run, isRepeated };
    const now = await client.status(gateway);
    if (now.kind !== 'running') return { gateway, status: now };
    // Whoever cancelled the change that has ended may want this one.
    return {
      gateway,
      error: new Error('what ran has ended, and another change runs now; cancel that by itself'),
    };
  } catch (error) {
    return { gateway, error: new Error(messageOf(error), { cause: error }) };
  }
}

/** Writes what happens to a gateway now. As JSON, a cancel that was taken gets a line only if no line about the end follows (`isLast`). */
function tell(one: CancelResult, io: CommandIo, form: 'text' | 'json', isLast: boolean): void {
  const { gateway } = one;
  const workflowId = workflowIdOf(gateway);
  const write = (text: string) => io.stdout.write(`${text}\n`);
  if (one.run === undefined && one.status !== undefined) {
    const { status } = one;
    if (form === 'json') return void write(JSON.stringify({ ...status, kind: 'not running' }));
    const [how] =
      status.kind === 'ended' ? outcomeLines(status.outcome, drawOptionsOf(io.stdout, io.env)) : [];
    write(`${gatewayText(gateway)}: nothing runs${how === undefined ? '' : `; it ended before: ${how}`}`);
    return;
  }
  const isTaken = one.run !== undefined;
  const next = isTaken ? cancelWords(one.running.progress, one.isRepeated) : printable(one.error.message);
  const kind = isTaken ? 'cancelling' : 'not cancelled';
  if (form === 'text') write(`${gatewayText(gateway)}: ${kind}: ${next}`);
  else if (isLast || !isTaken) write(JSON.stringify({ kind, workflowId, next }));
}
