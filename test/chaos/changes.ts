/**
 * Changes of gateways, and what operators put into their stanzas. Each change starts from the records as they were first, so that no change depends
 * on the one before it.
 */
import { randomUUID } from 'node:crypto';
import type { RequestedAction } from '../../client/request.ts';
import type { TestGateway, TestResource } from '../../local/test-gateway.ts';

export const CHANGES = [
  /** The gateway's filters change places. */
  'filters',
  /** The gateway's service has other VRRP groups, on another network. */
  'vrrp groups',
  /** Another static route. A VPN gateway has none, so nothing changes. */
  'vrf_config',
  /** The gateway moves to other VLANs, and so to other stanzas. */
  'vlans',
  /** The record comes again as it was, at the next version. */
  'nothing',
  /** The routers get each other's VRRP groups, so that the gateway never has the states that it should have. */
  'roles swapped',
  /** The routers' check refuses the new version. */
  'check refuses',
  /** A value that is no value for a configuration. */
  'hostile value',
  'deletion',
] as const;
export type VersionChange = (typeof CHANGES)[number] | ChildChange;
/**
 * Changes of children: of a route or an interface in a gateway, of a neighbor in an interface. The routers' check refuses an interface whose policy is
 * missing.
 */
export type ChildChange = 'next hop' | 'peer' | 'policy missing' | 'description';

/** Where operators have statements of their own. */
export const PLACES = ['unit', 'instance'] as const;
export type Place = (typeof PLACES)[number];

/** How a gateway was requested first. */
export type First = Pick<TestGateway, 'neighbours'> & { readonly body: TestResource['body'] };

export function firstOf({ gateway, neighbours }: TestGateway): First {
  return { neighbours: [...neighbours], body: structuredClone(gateway.body) };
}

/** Gives a gateway its next version. Returns all records to be written, the gateway's last. */
export function changed(
  { gateway }: TestGateway,
  { body, neighbours }: First,
  of: VersionChange,
): readonly TestResource[] {
  gateway.version += 1;
  gateway.markedForDeletion = of === 'deletion';
  if (of === 'nothing') return [gateway];
  Object.assign(gateway.body, structuredClone(body));
  const isEven = gateway.version % 2 === 0;
  /** Replaces a record that the gateway refers to by a new one. */
  const other = (type: string, change: (body: TestResource['body']) => object): readonly TestResource[] => {
    const field = `${type}_id`;
    const found = neighbours.find((one) => one.type === type && one.body.id === body[field]);
    if (found === undefined) return [gateway];
    const id = randomUUID();
    gateway.body[field] = id;
    return [{ ...found, body: { ...found.body, ...change(found.body), id } }, gateway];
  };
  const service = `${gateway.type.replace('_gateway', '')}_service`;
  const groups = (change: (group: string) => string) =>
    other(service, (fields) =>
      Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          name.endsWith('vrrp_config_group') ? change(String(value)) : value,
        ]),
      ),
    );
  switch (of) {
    case 'filters':
      return other('qos_option', ({ incoming_policer_name: into, outgoing_policer_name: out }) =>
        isEven ? { incoming_policer_name: out, outgoing_policer_name: into } : {},
      );
    case 'vrrp groups':
      return groups((group) =>
        isEven ? group.replace(/^(VPN|Inet)/, (kind) => (kind === 'VPN' ? 'Inet' : 'VPN')) : group,
      );
    case 'roles swapped':
      return groups((group) => group.replace(/GW[12]/, (role) => (role === 'GW1' ? 'GW2' : 'GW1')));
    case 'vrf_config':
      return other(service, () => ({
        vrf_config: `routing-options { static { route 198.51.100.${gateway.version}/32 discard; } }\n`,
      }));
    case 'check refuses':
      return other('qos_option', () => ({ incoming_policer_name: 'MISSING' }));
    case 'hostile value':
      gateway.body['vrf_name'] = 'vrf; } system { host-name owned; }';
      return [gateway];
    case 'vlans': {
      const moved = JSON.stringify(gateway.body)
        .replaceAll(
          /(ae0\.|downlink_|"(?:downlink_)?vlan_id":")(\d+)/g,
          (_, name: string, vlan: string) => `${name}${Number(vlan) + 2_000}`,
        )
        .replaceAll(
          /(ge-0\/0\/1\.|"uplink_vlan_id":")(\d+)/g,
          (_, name: string, vlan: string) => `${name}${Number(vlan) + 2_000}`,
        );
      Object.assign(gateway.body, JSON.parse(moved));
      return [gateway];
    }
    case 'next hop':
      gateway.body['nexthop'] = `192.0.2.${gateway.version}`;
      return [gateway];
    case 'peer':
      gateway.body['remote_as'] = String(64_512 + gateway.version);
      return [gateway];
    case 'policy missing':
      gateway.body['import_policy'] = 'MISSING';
      return [gateway];
    case 'description':
      gateway.body['text'] = `version-${gateway.version}`;
      return [gateway];
    case 'deletion':
      return [gateway];
  }
}

/** What people ask for. In a run that changes gateways, they ask for whatever the configuration says (`apply`), and for half of the deletions by `delete`. */
export function askedFor({ version, markedForDeletion }: TestResource, isChanged: boolean): RequestedAction {
  if (!isChanged) return 'create';
  return markedForDeletion === true && version % 2 === 0 ? 'delete' : 'apply';
}

/** A statement of an operator's own in a stanza of a gateway, in set form. `number`: makes the statement differ from all others. */
export function additionTo({ gateway: { body } }: TestGateway, place: Place, number: number): string {
  const unit = String(
    body['primary_logical_interface_name'] ?? body['primary_logical_downlink_interface_name'],
  );
  return place === 'unit'
    ? `interfaces ${unit.replace('.', ' unit ')} family inet address 203.0.113.${number}/32`
    : `routing-instances ${String(body['vrf_name'])} routing-options static route 203.0.113.${number}/32 discard`;
}
