import { COMMANDS } from './commands.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';

export function mainHelp(): string {
  const rows = COMMANDS.map(
    ({ name, arguments: args, summary }) => `  ${`${name} ${args}`.padEnd(20)}${summary}`,
  );
  return `Usage: gateway-saga COMMAND [arguments] [options]

Creates VPN and Internet gateways on pairs of edge routers, on both or on neither.

${rows.join('\n')}

  --help               shows this, or a command's own help
  --version            shows the version

Exit code: 0 created, or done; 1 ended otherwise; 2 not understood; 130 interrupted.

Examples:
  gateway-saga create vpn_gateway 233512fb-83f9-4b1e-a1f5-6a0f3cbb1d2e
  gateway-saga status vpn_gateway 233512fb-83f9-4b1e-a1f5-6a0f3cbb1d2e --watch
  gateway-saga plan internet_gateway ebf61510-5007-4538-8d0e-52f1b0c4a7e9
  gateway-saga worker --known-hosts /etc/gateway-saga/known_hosts
  gateway-saga create --help

${TEMPORAL_HELP}
${ETCD_HELP}`;
}
