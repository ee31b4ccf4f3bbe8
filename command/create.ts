import { GatewayClient } from '../client/index.ts';
import { validCreateRequest } from '../client/request.ts';
import { follow } from './follow.ts';
import { TEMPORAL_HELP } from './environment-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { parseUsage, wholeNumber } from './usage.ts';

export const HELP = `Usage: gateway-saga create TYPE ID [options]

Creates a gateway, or joins the creation that runs for it, and shows its progress until it ends.
Ctrl-C ends only the display; the creation goes on.

  TYPE, ID       as in etcd: /config/v2.0/TYPEs/ID
  --version N    version of the configuration (default: the current one)
  --no-wait      starts it and returns
  --json         one JSON document at the end: {"kind":"ended","workflowId":…,"outcome":{"kind":"created",…}},
                 with --no-wait {"kind":"started","workflowId":…}
  --help         shows this

Exit code: 0 created (with --no-wait: started); 1 ended otherwise; 2 not understood; 130 interrupted;
141 nobody read its output to the end.

Examples:
  gateway-saga create vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf
  gateway-saga create vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf --version 1 --no-wait
  gateway-saga create internet_gateway 429e24b5-a2f0-4fb8-b467-e335857e9476 --json | jq -r .outcome.kind

${TEMPORAL_HELP}`;

const OPTIONS = {
  version: { type: 'string' },
  'no-wait': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['TYPE', 'ID']);
  const [resourceType, resourceId] = positionals;
  const version = wholeNumber('--version', values.version);
  // Checked before connecting: a mistake in the request is reported even if Temporal is away.
  const request = validCreateRequest({ resourceType, resourceId, ...(version !== undefined && { version }) });
  const client = await GatewayClient.connect({ env: io.env });
  try {
    const creation = await client.create(request);
    if (!values['no-wait']) return await follow(creation, io, values.json ? 'json' : 'text');
    const { workflowId } = creation;
    io.stdout.write(
      values.json ? `${JSON.stringify({ kind: 'started', workflowId })}\n` : `started ${workflowId}\n`,
    );
    return EXIT.ok;
  } finally {
    await client.close();
  }
}
