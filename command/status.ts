import { GatewayClient, type GatewayRef, type GatewayStatus, type Progress } from '../client/index.ts';
import { isAsAsked } from '../client/outcome.ts';
import { follow } from './follow.ts';
import { readRequest } from '../gateway/request.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { outcomeLines, standingLine } from './outcome-view.ts';
import { progressLines } from './progress-view.ts';
import { isTemporalAway, statusBeyondTemporal, statusInEtcd } from './status-in-etcd.ts';
import { drawOptionsOf } from './style.ts';
import { namedGateway, withIds } from './named-gateways.ts';
import { parseUsage } from './usage.ts';

export const HELP = `Usage: gateway-saga status TYPE ID [options]

Says how the latest change of a gateway goes or ended, whoever started it: what stands, what is wanted, what runs.
What stands is told as the change knows it; it is not looked at on the routers. Where Temporal knows of no change, it
says what etcd knows; while Temporal does not answer, too, with exit code 1.

  TYPE, ID       as in etcd: /config/v2.0/TYPEs/ID; a name that no other has in place of the id
  --watch        shows progress until the change has ended; of one that has ended, says what is said without this
  --json         one JSON document: {"kind":"not found"|"running"|"ended","workflowId":…,…}, or
                 {"kind":"not known",…,"reason":…,"etcd":{…}} while Temporal does not answer;
                 of "not found" there is "etcd", too, where etcd has a record of the gateway;
                 with --watch one line per change, the last of them {"kind":"ended",…}
  --help         shows this

Exit code: 0 running, or created, updated, unchanged or deleted;
1 not found, ended otherwise, or Temporal does not answer; 2 not understood; 130 interrupted;
141 nobody read its output to the end.

Examples:
  gateway-saga status vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf
  gateway-saga status vpn_gateway acme-fra --watch
  gateway-saga status internet_gateway 429e24b5-a2f0-4fb8-b467-e335857e9476 --json | jq -r .kind

${TEMPORAL_HELP}
${ETCD_HELP}`;

export const OPTIONS = {
  watch: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['TYPE', 'ID']);
  const [resourceType, resourceId] = positionals;
  const named = namedGateway(resourceType, resourceId);
  try {
    return await fromTemporal(named, values, io);
  } catch (error) {
    if (values.watch || !isTemporalAway(error)) throw error;
    return await statusInEtcd(await withId(named, io), error, io, values.json ? 'json' : 'text');
  }
}

async function fromTemporal(
  named: GatewayRef,
  { watch, json }: { readonly watch: boolean; readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const client = await GatewayClient.connect({ env: io.env });
  try {
    const gateway = (await isStarted(client, named)) ? named : await withId(named, io);
    const status = await client.status(gateway);
    const change = watch && status.kind === 'running' ? await client.find(gateway) : null;
    if (change) return await follow(change, io, json ? 'json lines' : 'text', null);
    if (status.kind === 'not found') {
      const code = await statusBeyondTemporal(gateway, io, json ? 'json' : 'text');
      if (code !== undefined) return code;
    }
    if (json) io.stdout.write(`${JSON.stringify(status)}\n`);
    else for (const line of linesOf(status, io)) io.stdout.write(`${line}\n`);
    return exitCodeOf(status);
  } finally {
    await client.close();
  }
}

/** Whether Temporal knows a change of a gateway with this word as its id. If so, the word is the id, and etcd is not asked. */
async function isStarted(client: GatewayClient, named: GatewayRef): Promise<boolean> {
  return readRequest(named).kind === 'request' && (await client.find(named)) !== null;
}

async function withId(named: GatewayRef, io: CommandIo): Promise<GatewayRef> {
  const [found = named] = await withIds([named], io);
  return found;
}

function exitCodeOf(status: GatewayStatus): number {
  if (status.kind === 'running') return EXIT.ok;
  return status.kind === 'ended' && isAsAsked('apply', status.outcome) ? EXIT.ok : EXIT.otherwise;
}

function linesOf(status: GatewayStatus, io: CommandIo): string[] {
  const { kind, workflowId } = status;
  if (kind === 'not found') return [`${workflowId}: no change is known`];
  const drawOptions = drawOptionsOf(io.stdout, io.env);
  if (kind === 'ended')
    return [
      `${workflowId}: ended ${status.endedAt.toISOString()}`,
      ...outcomeLines(status.outcome, drawOptions),
      standingLine(status.outcome),
    ];
  const { progress, startedAt } = status;
  if (!progress) return [`${workflowId}: running since ${startedAt.toISOString()}, no worker answers`];
  return [...progressLines([progress], { now: Date.now(), ...drawOptions }), ...wantedLines(progress)];
}

/** What stands until the change is made, and what is wanted. No line as long as the change is not planned. */
function wantedLines({ action, standing, gateway: { version } }: Progress): string[] {
  if (action === undefined) return [];
  const wanted =
    action === 'delete' ? `nothing (delete, version ${version})` : `version ${version} (${action})`;
  return [`stands: ${standing === undefined ? 'nothing' : `version ${standing}`}`, `wanted: ${wanted}`];
}
