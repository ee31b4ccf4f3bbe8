/** Kinds of children for tests, each with stanzas inside those of a VPN gateway: a route in its instance, an address with BGP on its uplink. */
import { randomUUID } from 'node:crypto';
import type { Kinds } from '../../activities/dependencies.ts';
import type { Kind, LoadedKind, Mapping } from '../../gateway/kind.ts';
import { digestOf } from '../../templates/digest.ts';
import { KindSet } from '../../templates/load.ts';
import type { TestGateway, TestResource } from '../../local/test-gateway.ts';

const GATEWAY = 'vpn_gw_id';
const PAIR = [GATEWAY, 'downlink_interface_id', 'ha_router_id'] as const;
const of = (field: string, ...path: string[]): Mapping => ({ path: [GATEWAY, ...path], field });

const devices = Object.fromEntries(
  (['primary', 'secondary'] as const).flatMap((role) =>
    Object.entries({ ip: 'ip', username: 'login', password: 'password', port: 'ssh_port' }).map(
      ([name, field]): [string, Mapping] => [
        `${role}_device_${name}`,
        { path: [...PAIR, `${role}_router_id`], field },
      ],
    ),
  ),
);

function child(
  resourceType: string,
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
        [GATEWAY]: { type: 'string', required: true, refersTo: 'vpn_gateway' },
        ...fields,
      },
    },
    routers: { primary: [...PAIR, 'primary_router_id'], secondary: [...PAIR, 'secondary_router_id'] },
    provisioning: {
      id: resourceType,
      handler: 'heat_worker',
      mappings: { ...devices, heat_timeout: { constant: '60' }, vrf_name: of('vrf_name'), ...mappings },
    },
    monitoring: {
      id: `${resourceType}_monitoring`,
      handler: 'monitoring_worker',
      mappings: { primary_device_ip: devices['primary_device_ip'] as Mapping },
    },
    arrange: '',
    monitors: [],
    ...texts,
  };
}

const KINDS: readonly Kind[] = [
  child(
    'static_route',
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
    {
      ip_address: { type: 'name', required: true },
      bgp_group: { type: 'name', required: true },
      remote_as: { type: 'name', required: true },
    },
    {
      primary_uplink: of('name', 'uplink_interface_id', 'primary_interface_id'),
      secondary_uplink: of('name', 'uplink_interface_id', 'secondary_interface_id'),
      uplink_vlan: of('uplink_vlan_id'),
      ip_address: { field: 'ip_address' },
      bgp_group: { field: 'bgp_group' },
      remote_as: { field: 'remote_as' },
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
];

export type ChildKind = 'static_route' | 'vpn_interface';

/** These kinds beside others. */
export function withChildKinds(kinds: Kinds): Kinds {
  const own = KINDS.map((kind): [string, LoadedKind] => [
    kind.resourceType,
    { kind, source: 'folder', digest: digestOf(kind) },
  ]);
  return new KindSet([...kinds, ...own], kinds.neighbours);
}

/** The `number`th child of its kind in a gateway. */
export function childOf({ gateway, neighbours }: TestGateway, kind: ChildKind, number = 1): TestGateway {
  const id = randomUUID();
  const common = { id, name: `child-${number}`, [GATEWAY]: gateway.body.id };
  const body =
    kind === 'static_route'
      ? { ...common, destination: `10.99.${number}.0/24`, nexthop: '192.0.2.1' }
      : { ...common, ip_address: `198.18.${number}.2/30`, bgp_group: `CloudGW${number}`, remote_as: '65000' };
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
