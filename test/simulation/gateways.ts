/** A workload's gateways as records, with their routers' logins, and the flaws of some of them. */
import { randomUUID } from 'node:crypto';
import { pairIdOf } from '../../pair/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { gatewayOn, recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { firstOf } from '../chaos/changes.ts';
import type { First } from '../chaos/changes.ts';
import { childOf } from '../families/kinds.ts';
import { enlarge } from '../chaos/large-members.ts';
import type { RouterName, Workload } from '../chaos/workload.ts';
import { ROUTERS } from '../chaos/workload.ts';

export interface SimulatedRouter {
  readonly name: RouterName;
  readonly id: string;
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

export function routerRecords(): readonly SimulatedRouter[] {
  return ROUTERS.map((name, index) => ({
    name,
    id: randomUUID(),
    host: `10.79.5.${101 + index}`,
    username: 'esi',
    password: `canary-${name}-${randomUUID()}`,
  }));
}

export interface RequestedGateway {
  readonly test: TestGateway;
  readonly first: First;
  readonly workflowId: string;
  /** The id of its pair's workflow. */
  readonly pairId: string;
  /** Its unit: `ae0.1025`. */
  readonly unit: string;
}

export function gatewaysOf(
  gateways: Workload['gateways'],
  routers: readonly SimulatedRouter[],
): readonly RequestedGateway[] {
  const idOf = (wanted: RouterName): string => routers.find(({ name }) => name === wanted)?.id ?? '';
  return gateways.map((gateway) => {
    const { kind, number, flaw } = gateway;
    const [primary, secondary] = gateway.pair;
    const test = gatewayOn(kind, { primary: idOf(primary), secondary: idOf(secondary) }, number);
    for (const { type, body } of test.neighbours) {
      const router = routers.find(({ id }) => type === 'edge_router' && id === body.id);
      if (router)
        Object.assign(body, {
          name: router.name,
          ip: router.host,
          login: router.username,
          password: router.password,
        });
    }
    if (flaw === 'check refuses') test.neighbour('qos_option').body['incoming_policer_name'] = 'MISSING';
    if (flaw === 'hostile value') test.gateway.body['vrf_name'] = 'vrf; } system { host-name owned; }';
    enlarge(test, gateway);
    return {
      test,
      first: firstOf(test),
      workflowId: workflowIdOf(test),
      pairId: pairIdOf([idOf(primary), idOf(secondary)]),
      unit: `ae0.${1025 + number}`,
    };
  });
}

/** The gateways, and behind them their children. */
export function withChildren(
  gateways: readonly RequestedGateway[],
  children: NonNullable<Workload['children']>,
): readonly RequestedGateway[] {
  return children.reduce((all, { kind, number, within }) => {
    const { test: parent, pairId } = all[within] as RequestedGateway;
    const test = childOf(parent, kind, number);
    return [...all, { test, first: firstOf(test), workflowId: workflowIdOf(test), pairId, unit: '' }];
  }, gateways);
}

export function recordsOf(requested: readonly RequestedGateway[]) {
  const all = requested.flatMap(({ test }) => [...test.neighbours, test.gateway].map(recordOf));
  return [...new Map(all.map((record) => [record.key, record])).values()];
}
