import type { GatewayOutcome } from '../../client/index.ts';
import { SAMPLE_GATEWAYS } from '../samples.ts';
import { sixPoints } from '../six-points.ts';
import type { Stack } from '../stack.ts';
import { pointLines } from './points.ts';
import { routerReports } from './routers.ts';

/** Prints the records in etcd, the routers' diffs and VRRP states, the outcomes, and commands to try next. */
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
      : '\nTry next, once it runs again with `npm start -- --keep`, in another terminal:\n',
  );
  for (const command of NEXT_COMMANDS) say(`  ${command}`);
}

const [FIRST] = SAMPLE_GATEWAYS;
const NAME = `${FIRST?.resourceType} ${FIRST?.resourceId}`;
/** Each fits a terminal of 80 columns. */
const NEXT_COMMANDS = [
  '. .local/env',
  `npx gateway-saga status ${NAME}`,
  `npx gateway-saga config get ${NAME} \\`,
  `  | sed 's/"version": 1/"version": 2/; s/1025/1031/' > next.json`,
  '# A plain write, and the gateway moves to VLAN 1031. Watch it:',
  `npx gateway-saga config put ${NAME} \\`,
  '  next.json',
  `npx gateway-saga apply ${NAME}`,
  'npx gateway-saga worker   # one more; stop it with Ctrl-C',
];
