import internetFamily from './samples/internet_family.json' with { type: 'json' };
import internet from './samples/internet_gateway.json' with { type: 'json' };
import vpnFamily from './samples/vpn_family.json' with { type: 'json' };
import vpn from './samples/vpn_gateway.json' with { type: 'json' };

/** A key of etcd and its value, as the northbound API would have written them. */
export interface ConfigRecord {
  readonly key: string;
  readonly value: string;
}

interface Resource {
  readonly type: string;
  readonly version: number;
  readonly body: { readonly id: string };
}

interface Sample {
  readonly gateway: Resource;
  /** The form of `body`: the API writes a JSON string, people write an object. There is one sample of each form. */
  readonly bodyForm: string;
  readonly neighbours: readonly Resource[];
}

/** The children of a sample gateway, and the neighbours that only these refer to. */
interface Family {
  readonly bodyForm: string;
  readonly neighbours: readonly Resource[];
  readonly children: readonly Resource[];
}

const SAMPLES: readonly Sample[] = [vpn, internet];

/** The two gateways of `npm start`. */
export const SAMPLE_GATEWAYS: readonly { readonly resourceType: string; readonly resourceId: string }[] =
  SAMPLES.map(({ gateway }) => ({ resourceType: gateway.type, resourceId: gateway.body.id }));

/** The children of the sample gateways, in the order in which they were recorded: `npm start -- --family`. */
const FAMILIES: readonly Family[] = [vpnFamily, internetFamily];

/** The resources that lie in the sample gateways: interfaces, routes, a public prefix. */
export const SAMPLE_CHILDREN: readonly { readonly resourceType: string; readonly resourceId: string }[] =
  FAMILIES.flatMap(({ children }) => children).map(({ type, body }) => ({
    resourceType: type,
    resourceId: body.id,
  }));

/** The records of the children of the sample gateways, and of the neighbours that only these children refer to. */
export function sampleFamilies(): ConfigRecord[] {
  return FAMILIES.flatMap(({ neighbours, children, bodyForm }) =>
    [...neighbours, ...children].map((resource) => configRecord(resource, bodyForm)),
  );
}

/** The customer's routers at the other end of the VPN gateway's uplinks. */
export const SAMPLE_PEERS = vpnFamily.peers;

/**
 * The record of the VPN gateway once the gateway is connected: the API writes it again, at version 2, as soon as the gateway's interface has a
 * record. This version changes nothing on the routers.
 */
export function connectedGateway(): ConfigRecord {
  const { field, id } = vpnFamily.connected;
  const body = { ...vpn.gateway.body, status: 'PENDING_UPDATE', [field]: id };
  return configRecord({ ...vpn.gateway, version: 2, body }, vpn.bodyForm);
}

/** All resources that the sample gateways refer to, directly or indirectly: 19 records. */
export function sampleNeighbours(): ConfigRecord[] {
  return SAMPLES.flatMap(({ neighbours, bodyForm }) =>
    neighbours.map((resource) => configRecord(resource, bodyForm)),
  );
}

/** The records of the sample gateways themselves. They are written last, because a deployment reacts to them. */
export function sampleGateways(): ConfigRecord[] {
  return SAMPLES.map(({ gateway, bodyForm }) => configRecord(gateway, bodyForm));
}

function configRecord({ type, version, body }: Resource, bodyForm: string): ConfigRecord {
  const envelope = {
    body: bodyForm === 'string' ? JSON.stringify(body) : body,
    version,
    marked_for_deletion: false,
  };
  return { key: `/config/v2.0/${type}s/${body.id}`, value: JSON.stringify(envelope) };
}

/** One edge router of the samples. */
export interface SampleRouter {
  /** Its `edge_router` id. */
  readonly id: string;
  readonly name: string;
  /** The address in its record: `10.79.5.185:830`. A simulated router listens elsewhere. */
  readonly address: string;
  readonly username: string;
  readonly password: string;
}

/** The router pairs of the samples, primary first: the VPN gateway's pair, then the Internet gateway's pair. */
export const SAMPLE_PAIRS: readonly (readonly [SampleRouter, SampleRouter])[] = [
  [sampleRouter(vpn.neighbours, 'primary_router_id'), sampleRouter(vpn.neighbours, 'secondary_router_id')],
  [
    sampleRouter(internet.neighbours, 'primary_router_id'),
    sampleRouter(internet.neighbours, 'secondary_router_id'),
  ],
];

function sampleRouter(
  neighbours: readonly { readonly type: string; readonly body: object }[],
  field: 'primary_router_id' | 'secondary_router_id',
): SampleRouter {
  const pair = neighbours.find(({ type }) => type === 'ha_router')?.body as Record<string, unknown>;
  const found = neighbours.find(
    ({ type, body }) => type === 'edge_router' && 'id' in body && body.id === pair[field],
  );
  const router = found?.body as Record<'id' | 'name' | 'ip' | 'login' | 'password', string> & {
    ssh_port: number;
  };
  return {
    id: router.id,
    name: router.name,
    address: `${router.ip}:${router.ssh_port}`,
    username: router.login,
    password: router.password,
  };
}
