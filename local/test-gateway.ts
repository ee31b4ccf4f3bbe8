/** Gateways for tests and benchmarks, with all the resources that they refer to: the samples, under new ids, on given routers. */
import { randomUUID } from 'node:crypto';
import internetFamily from './samples/internet_family.json' with { type: 'json' };
import internet from './samples/internet_gateway.json' with { type: 'json' };
import vpnFamily from './samples/vpn_family.json' with { type: 'json' };
import vpn from './samples/vpn_gateway.json' with { type: 'json' };
import type { GatewayRef, Role } from '../gateway/resource.ts';

const FAMILIES = { vpn_gateway: vpnFamily, internet_gateway: internetFamily };
const SAMPLES = { vpn_gateway: vpn, internet_gateway: internet };
export type SampleKind = keyof typeof SAMPLES;

export interface TestResource {
  readonly type: string;
  version: number;
  markedForDeletion?: boolean;
  readonly body: Record<string, unknown> & { id: string };
}

/** A gateway that is not written to etcd yet, with all resources that it refers to. Tests may change the bodies first. */
export interface TestGateway extends GatewayRef {
  readonly gateway: TestResource;
  readonly neighbours: readonly TestResource[];
  /** The resource of this type. If there are several: the first whose body contains `word`. Throws if there is none. */
  neighbour(type: string, word?: string): TestResource;
}

export interface PairIds {
  readonly primary: string;
  readonly secondary: string;
}

const UNITS = 3_000;

/**
 * The `number`th gateway of a pair. Each number has VLANs and a VRF of its own, so that many gateways fit on the same routers. There are
 * no more than 4,094 VLANs, so each 3,000 gateways have interfaces of their own.
 * The `edge_router` records keep the names, addresses and logins of the samples.
 */
export function gatewayOn(kind: SampleKind, routers: PairIds, number = 0): TestGateway {
  return gatewayFrom(kind, SAMPLES[kind], routers, number);
}

/** A gateway, and what lies in it. */
export interface TestFamily extends TestGateway {
  readonly children: readonly TestResource[];
  /** The field by which the gateway names the interface that it is connected by. An Internet gateway has none. */
  readonly connected?: { readonly field: string; readonly id: string };
}

/** As `gatewayOn`, with what lies in the gateway. The children of every gateway have the addresses of the samples. */
export function familyOn(kind: SampleKind, routers: PairIds, number = 0): TestFamily {
  const { neighbours, ...rest } = FAMILIES[kind];
  const sample = { ...SAMPLES[kind], ...rest, neighbours: [...SAMPLES[kind].neighbours, ...neighbours] };
  return gatewayFrom(kind, sample, routers, number) as TestFamily;
}

function gatewayFrom(
  kind: SampleKind,
  sample: { readonly neighbours: readonly { readonly type: string; readonly body: object }[] },
  routers: PairIds,
  number: number,
): TestGateway {
  const edgeRouters: Record<Role, string> = { ...routers };
  const pair = sample.neighbours.find(({ type }) => type === 'ha_router')?.body as unknown as Record<
    string,
    string
  >;
  const ids = new Map<string, string>([
    [String(pair['primary_router_id']), edgeRouters.primary],
    [String(pair['secondary_router_id']), edgeRouters.secondary],
  ]);
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  const unit = number % UNITS;
  const port = Math.floor(number / UNITS);
  // Numbers are replaced before ids: a new random id may contain the same digits, and must not be changed.
  const renumbered = JSON.stringify(sample)
    .replaceAll('downlink_1025', `downlink_${1025 + number}`)
    .replaceAll(/(?<![\d_])1025/g, String(1025 + unit))
    .replaceAll('ge-0/0/1.122', `ge-0/0/1.${122 + unit}`)
    .replaceAll('"uplink_vlan_id":"122"', `"uplink_vlan_id":"${122 + unit}"`)
    .replaceAll('ge-0/0/1', `ge-0/0/${1 + port}`)
    .replaceAll('ae0', `ae${port}`)
    .replace(uuid, (id) => {
      const known = ids.get(id) ?? randomUUID();
      ids.set(id, known);
      return known;
    });
  const made = JSON.parse(renumbered) as { gateway: TestResource; neighbours: TestResource[] };
  const { gateway, neighbours } = made;
  return {
    ...made,
    resourceType: kind,
    resourceId: gateway.body.id,
    gateway,
    neighbours,
    neighbour(type, word) {
      const found = neighbours.find(
        (resource) =>
          resource.type === type && (word === undefined || JSON.stringify(resource.body).includes(word)),
      );
      if (found === undefined) throw new Error(`there is no ${type} ${word ?? ''}`);
      return found;
    },
  };
}

/** The key and the value of a resource in etcd. */
export function recordOf({ type, version, markedForDeletion = false, body }: TestResource) {
  return {
    key: `/config/v2.0/${type}s/${body.id}`,
    value: JSON.stringify({ body, version, marked_for_deletion: markedForDeletion }),
  };
}
