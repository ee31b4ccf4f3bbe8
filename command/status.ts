import { GatewayClient, type GatewayStatus } from '../client/index.ts';
import { follow } from './follow.ts';
import { validRef } from '../client/request.ts';
import { TEMPORAL_HELP } from './environment-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { outcomeLines } from './outcome-view.ts';
import { progressLines } from './progress-view.ts';
import { lookOf } from './style.ts';
import { parseUsage } from './usage.ts';

export const HELP = `Usage: gateway-saga status TYPE ID [options]

Says where the latest creation of a gateway stands, whoever started it.

  TYPE, ID       as in etcd: /config/v2.0/TYPEs/ID
  --watch        shows progress until the creation has ended
  --json         one JSON document: {"kind":"not found"|"running"|"ended","workflowId":…,…};
                 with --watch one line per change, the last of them {"kind":"ended",…}
  --help         shows this

Exit code: 0 running or created; 1 not found, or ended otherwise; 2 not understood;
130 interrupted; 141 nobody read its output to the end.

Examples:
  gateway-saga status vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf
  gateway-saga status vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf --watch
  gateway-saga status internet_gateway 429e24b5-a2f0-4fb8-b467-e335857e9476 --json | jq -r .kind

${TEMPORAL_HELP}`;

const OPTIONS = {
  watch: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['TYPE', 'ID']);
  const [resourceType, resourceId] = positionals;
  const gateway = validRef({ resourceType, resourceId });
  const client = await GatewayClient.connect({ env: io.env });
  try {
    const creation = values.watch ? await client.find(gateway) : null;
    if (creation) return await follow(creation, io, values.json ? 'json lines' : 'text');
    const status = await client.status(gateway);
    if (values.json) io.stdout.write(`${JSON.stringify(status)}\n`);
    else for (const line of linesOf(status, io)) io.stdout.write(`${line}\n`);
    return exitCodeOf(status);
  } finally {
    await client.close();
  }
}

function exitCodeOf(status: GatewayStatus): number {
  if (status.kind === 'running') return EXIT.ok;
  return status.kind === 'ended' && status.outcome.kind === 'created' ? EXIT.ok : EXIT.otherwise;
}

function linesOf(status: GatewayStatus, io: CommandIo): string[] {
  const { kind, workflowId } = status;
  if (kind === 'not found') return [`${workflowId}: no creation is known`];
  const look = lookOf(io.stdout, io.env);
  if (kind === 'ended')
    return [`${workflowId}: ended ${status.endedAt.toISOString()}`, ...outcomeLines(status.outcome, look)];
  const { progress, startedAt } = status;
  if (!progress) return [`${workflowId}: running since ${startedAt.toISOString()}, no worker answers`];
  return progressLines([progress], { now: Date.now(), ...look });
}
