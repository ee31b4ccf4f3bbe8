import { COMMANDS } from './commands.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';

export function mainHelp(): string {
  const rows = COMMANDS.map(
    ({ name, arguments: args, summary }) => `  ${`${name} ${args}`.padEnd(23)}${summary}`,
  );
  return `Usage: gateway-saga COMMAND [arguments] [options]

Creates, updates and deletes VPN and Internet gateways on pairs of edge routers, on both or on neither.

${rows.join('\n')}

  --help                 shows this, or a command's own help
  --version              shows the version

Exit code: 0 done as asked; 1 ended otherwise; 2 not understood; 130 interrupted;
141 nobody read its output to the end.

Examples:
  gateway-saga create vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf
  gateway-saga apply --file gateways.txt
  gateway-saga status vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf --watch
  gateway-saga plan internet_gateway 429e24b5-a2f0-4fb8-b467-e335857e9476
  gateway-saga worker --known-hosts /etc/gateway-saga/known_hosts
  gateway-saga delete --help

${TEMPORAL_HELP}
${ETCD_HELP}`;
}
