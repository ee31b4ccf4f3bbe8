/**
 * Kinds of children for tests, each with stanzas inside those of a VPN gateway: a route in its instance, an address with BGP on its uplink; and a BGP
 * neighbor in the group of the latter.
 */
import { randomUUID } from 'node:crypto';
import type { Kinds } from '../../activities/dependencies.ts';
import type { Kind, LoadedKind, Mapping } from '../../gateway/kind.ts';
import { digestOf } from '../../templates/digest.ts';
import { KindSet } from '../../templates/load.ts';
import type { TestGateway, TestResource } from '../../local/test-gateway.ts';

const GATEWAY = 'vpn_gw_id';
const PAIR = [GATEWAY, 'downlink_interface_id', 'ha_router_id'] as const;
const of = (field: string, ...path: string[]): Mapping => ({ path: [GATEWAY, ...path], field });

/** The field that refers to the parent, the parent's type, and the fields that lead from there to the gateway. */
interface Parent {
  readonly field: string;
  readonly type: string;
  readonly way: readonly string[];
}
const IN_GATEWAY: Parent = { field: GATEWAY, type: 'vpn_gateway', way: [] };
const IN_INTERFACE: Parent = { field: 'vpn_interface_id', type: 'vpn_interface', way: ['vpn_interface_id'] };

const devicesBy = (way: readonly string[]) =>
  Object.fromEntries(
    (['primary', 'secondary'] as const).flatMap((role) =>
      Object.entries({ ip: 'ip', username: 'login', password: 'password', port: 'ssh_port' }).map(
        ([name, field]): [string, Mapping] => [
          `${role}_device_${name}`,
          { path: [...way, ...PAIR, `${role}_router_id`], field },
        ],
      ),
    ),
  );

function child(
  resourceType: string,
  { field: parent, type, way }: Parent,
  fields: Kind['schema']['fields'],
  mappings: Readonly<Record<string, Mapping>>,
  texts: Pick<Kind, 'create' | 'remove' | 'owns'>,
): Kind {
  return {
    resourceType,
    schema: {
      fields: {
        id: { type: 'string', required: true },
        name: { type: 'string' },
        tenant_id: { type: 'string' },
        [parent]: { type: 'string', required: true, refersTo: type },
        ...fields,
      },
    },
    routers: {
      primary: [...way, ...PAIR, 'primary_router_id'],
      secondary: [...way, ...PAIR, 'secondary_router_id'],
    },
    provisioning: {
      id: resourceType,
      handler: 'heat_worker',
      mappings: {
        ...devicesBy(way),
        heat_timeout: { constant: '60' },
        vrf_name: { path: [...way, GATEWAY], field: 'vrf_name' },
        ...mappings,
      },
    },
    monitoring: {
      id: `${resourceType}_monitoring`,
      handler: 'monitoring_worker',
      mappings: { primary_device_ip: devicesBy(way)['primary_device_ip'] as Mapping },
    },
    arrange: '',
    monitors: [],
    ...texts,
  };
}

export const CHILD_KINDS: readonly Kind[] = [
  child(
    'static_route',
    IN_GATEWAY,
    { destination: { type: 'name', required: true }, nexthop: { type: 'name', required: true } },
    { route: { field: 'destination' }, next_hop: { field: 'nexthop' } },
    {
      create: `routing-instances {
    {{vrf_name}} {
        routing-options {
            static {
                route {{route}} next-hop {{next_hop}};
            }
        }
    }
}
`,
      remove: 'delete routing-instances {{vrf_name}} routing-options static route {{route}}\n',
      owns: ['routing-instances {{vrf_name}} routing-options static route {{route}}'],
    },
  ),
  child(
    'vpn_interface',
    IN_GATEWAY,
    {
      ip_address: { type: 'name', required: true },
      bgp_group: { type: 'name', required: true },
      remote_as: { type: 'name', required: true },
      import_policy: { type: 'name' },
    },
    {
      primary_uplink: of('name', 'uplink_interface_id', 'primary_interface_id'),
      secondary_uplink: of('name', 'uplink_interface_id', 'secondary_interface_id'),
      uplink_vlan: of('uplink_vlan_id'),
      ip_address: { field: 'ip_address' },
      bgp_group: { field: 'bgp_group' },
      remote_as: { field: 'remote_as' },
      import_policy: { field: 'import_policy' },
    },
    {
      create: `interfaces {
    {{uplink}} {
        unit {{uplink_vlan}} {
            family inet {
                address {{ip_address}};
            }
        }
    }
}
routing-instances {
    {{vrf_name}} {
        protocols {
            bgp {
                group {{bgp_group}} {
                    type external;
                    peer-as {{remote_as}};
                    {{#if import_policy}}
                    import {{import_policy}};
                    {{/if}}
                }
            }
        }
    }
}
`,
      remove: `delete interfaces {{uplink}} unit {{uplink_vlan}} family inet address {{ip_address}}
delete routing-instances {{vrf_name}} protocols bgp group {{bgp_group}}
`,
      owns: [
        'interfaces {{uplink}} unit {{uplink_vlan}} family inet address {{ip_address}}',
        'routing-instances {{vrf_name}} protocols bgp group {{bgp_group}}',
      ],
    },
  ),
  child(
    'bgp_neighbor',
    IN_INTERFACE,
    { neighbor: { type: 'name', required: true }, text: { type: 'name', required: true } },
    {
      bgp_group: { path: ['vpn_interface_id'], field: 'bgp_group' },
      neighbor: { field: 'neighbor' },
      text: { field: 'text' },
    },
    {
      create: `routing-instances {
    {{vrf_name}} {
        protocols {
            bgp {
                group {{bgp_group}} {
                    neighbor {{neighbor}} {
                        description {{text}};
                    }
                }
            }
        }
    }
}
`,
      remove:
        'delete routing-instances {{vrf_name}} protocols bgp group {{bgp_group}} neighbor {{neighbor}}\n',
      owns: ['routing-instances {{vrf_name}} protocols bgp group {{bgp_group}} neighbor {{neighbor}}'],
    },
  ),
];

/** Of these, a neighbor lies in an interface, the others in a gateway. */
export type ChildKind = 'static_route' | 'vpn_interface' | 'bgp_neighbor';

/** These kinds beside others. */
export function withChildKinds(kinds: Kinds): Kinds {
  const own = CHILD_KINDS.map((kind): [string, LoadedKind] => [
    kind.resourceType,
    { kind, source: 'folder', digest: digestOf(kind) },
  ]);
  return new KindSet([...kinds, ...own], kinds.neighbours);
}

/** The `number`th child of its kind in a gateway. */
export function childOf({ gateway, neighbours }: TestGateway, kind: ChildKind, number = 1): TestGateway {
  const id = randomUUID();
  const parent = kind === 'bgp_neighbor' ? IN_INTERFACE : IN_GATEWAY;
  const fields = {
    static_route: { destination: `10.99.${number}.0/24`, nexthop: '192.0.2.1' },
    vpn_interface: {
      ip_address: `198.18.${number}.2/30`,
      bgp_group: `CloudGW${number}`,
      remote_as: '65000',
      import_policy: '',
    },
    bgp_neighbor: { neighbor: `198.19.${number}.1`, text: 'first' },
  }[kind];
  const body = { id, name: `child-${number}`, [parent.field]: gateway.body.id, ...fields };
  const own: TestResource = { type: kind, version: 1, body };
  return {
    resourceType: kind,
    resourceId: id,
    gateway: own,
    neighbours: [...neighbours, gateway],
    neighbour(type) {
      const found = this.neighbours.find((one) => one.type === type);
      if (found === undefined) throw new Error(`there is no ${type}`);
      return found;
    },
  };
}
