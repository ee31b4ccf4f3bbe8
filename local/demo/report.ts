import type { GatewayOutcome } from '../../client/index.ts';
import { SAMPLE_GATEWAYS } from '../samples.ts';
import { sixPoints } from '../six-points.ts';
import type { Stack } from '../stack.ts';
import { pointLines } from './points.ts';
import { routerReports } from './routers.ts';

/** Prints what came of it: outcomes, what is in etcd, what is on the routers, and where to go on. */
export async function printReport(
  stack: Stack,
  outcomes: readonly GatewayOutcome[],
  staysUp: boolean,
  say: (line: string) => void,
): Promise<void> {
  for (const gateway of SAMPLE_GATEWAYS) {
    say(`\n── etcd: ${gateway.resourceType} ${gateway.resourceId}\n`);
    for (const line of pointLines(await sixPoints(stack.etcd.endpoints, gateway))) say(line);
  }
  for (const { name, diff, vrrp } of await routerReports(stack)) {
    say(`\n── ${name}: show | compare rollback 1\n`);
    say(diff === '' ? '(no change)' : diff);
    say(`\n   VRRP: ${vrrp.length === 0 ? 'none' : vrrp.join('; ')}`);
  }
  say('\n── Outcome\n');
  for (const [index, outcome] of outcomes.entries()) {
    const { resourceType, resourceId } = SAMPLE_GATEWAYS[index] ?? { resourceType: '?', resourceId: '?' };
    const how = outcome.kind === 'failed' ? `failed: ${outcome.message}` : outcome.kind;
    say(`${resourceType} ${resourceId}: ${how}`);
  }
  say(`\nWeb UI: ${stack.temporal.ui}/namespaces/${stack.temporal.namespace}/workflows`);
  say(
    staysUp
      ? '\nTry next, in another terminal:\n'
      : '\nTry next, after starting it again with `npm start -- --keep`, which stays up (and may choose other ports):\n',
  );
  for (const command of nextCommands(stack)) say(`  ${command}`);
}

function nextCommands({ etcd, temporal }: Stack): string[] {
  const [first] = SAMPLE_GATEWAYS;
  const reach = `ETCDCTL_ENDPOINTS=${etcd.endpoints.join(',')} TEMPORAL_ADDRESS=${temporal.address}`;
  const name = `${first?.resourceType} ${first?.resourceId}`;
  return [
    `${reach} npx gateway-saga status ${name}`,
    `${reach} npx gateway-saga plan ${name}`,
    `${reach} npx gateway-saga create ${name}`,
  ];
}
