import type { ChangeOutcome } from '../../client/index.ts';
import { kindsOf, type AnyKind } from '../../gateway/kind.ts';
import { secretFieldsOf, type GatewayRef } from '../../gateway/resource.ts';
import { loadKinds } from '../../templates/load.ts';
import { isFromOwnSecret } from '../../templates/visible.ts';
import { SAMPLE_GATEWAYS } from '../samples.ts';
import { sixPoints } from '../six-points.ts';
import type { Stack } from '../stack.ts';
import { pointLines } from './points.ts';
import { routerReports } from './routers.ts';

export interface DemoReport {
  /** What was created, in this order, and how each ended. */
  readonly resources: readonly GatewayRef[];
  readonly outcomes: readonly ChangeOutcome[];
  readonly staysUp: boolean;
  readonly say: (line: string) => void;
}

/** Prints the records in etcd, the routers' diffs and VRRP states, the outcomes, and commands to try next. */
export async function printReport(
  stack: Stack,
  { resources, outcomes, staysUp, say }: DemoReport,
): Promise<void> {
  const kinds = await loadKinds();
  for (const gateway of resources) {
    say(`\n── etcd: ${gateway.resourceType} ${gateway.resourceId}\n`);
    const points = await sixPoints(stack.etcd.endpoints, gateway);
    const secrets = secretNames(kinds.get(gateway.resourceType)?.kind);
    for (const line of pointLines(points, secrets)) say(line);
  }
  for (const { name, back, diff, vrrp } of await routerReports(stack)) {
    say(`\n── ${name}: show | compare rollback ${back}\n`);
    say(diff === '' ? '(no change)' : diff);
    say(`\n   VRRP: ${vrrp.length === 0 ? 'none' : vrrp.join('; ')}`);
  }
  say('\n── Outcome\n');
  for (const [index, outcome] of outcomes.entries()) {
    const { resourceType, resourceId } = resources[index] ?? { resourceType: '?', resourceId: '?' };
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

/** The secret fields of a kind's own record, and the parameters that are read from them. */
function secretNames(kind: AnyKind | undefined): ReadonlySet<string> {
  if (kind === undefined) return new Set();
  const parameters = kindsOf(kind).flatMap(({ provisioning, monitoring }) =>
    Object.entries({ ...provisioning.mappings, ...monitoring?.mappings }).flatMap(([name, mapping]) =>
      isFromOwnSecret(mapping, kind.schema) ? [name] : [],
    ),
  );
  return new Set([...secretFieldsOf(kind.schema), ...parameters]);
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
