/** The configuration of a VPN gateway and of what is put into it: addresses, BGP with both sides, a static route. */
import { edgeRouterConfig } from '../../../simulator/device/base-config.ts';

export type Role = 'primary' | 'secondary';

export const INSTANCE = 'vrf_blue';
export const CUSTOMER_AS = 64_496;
export const KEY = 'correct horse';

interface Side {
  readonly uplink: string;
  /** The customer's router. */
  readonly customer: string;
  readonly downlink: string;
  readonly priority: number;
}

export const SIDES: Readonly<Record<Role, Side>> = {
  primary: { uplink: '192.0.2.130', customer: '192.0.2.129', downlink: '198.51.100.2', priority: 105 },
  secondary: { uplink: '192.0.2.134', customer: '192.0.2.133', downlink: '198.51.100.3', priority: 100 },
};

/** What an operator has prepared: the sorts of sessions, with their hold times. */
const GROUPS = `
groups {
    EBGP { routing-instances { <*> { protocols { bgp { group <*> { type external; neighbor <*> { hold-time 40; } } } } } } }
    IBGP { routing-instances { <*> { protocols { bgp { group <*> { type internal; neighbor <*> { hold-time 30; } } } } } } }
}`;

/** Without the addresses and all that comes with them. */
const GATEWAY = `
interfaces {
    ge-0/0/1 { unit 122 { description CloudGW_vpn; vlan-id 122; } }
    ae0 { unit 1025 { description vpn_gw; vlan-id 1025; family inet { filter { input FILTER_10M-GA-UP-VPN; } } } }
}
routing-instances { ${INSTANCE} { instance-type virtual-router; interface ge-0/0/1.122; interface ae0.1025; } }`;

export const gatewayConfig = (role: Role): string =>
  edgeRouterConfig({ hostName: role, role }) + GROUPS + GATEWAY;

/** The uplink's address, and BGP with the customer's router. */
export function ebgp(role: Role, key = KEY): string {
  const { uplink, customer } = SIDES[role];
  return `
interfaces { ge-0/0/1 { unit 122 { family inet { address ${uplink}/30; } } } }
routing-instances { ${INSTANCE} {
    routing-options { router-id ${uplink}; autonomous-system 65101; }
    protocols { bgp { group CloudGW1 {
        apply-groups EBGP; local-address ${uplink}; peer-as ${CUSTOMER_AS};
        neighbor ${customer} { authentication-key "${key}"; }
    } } }
} }`;
}

/** The downlink's address with its VRRP group, and BGP with the other router. */
export function ibgp(role: Role): string {
  const { downlink, priority } = SIDES[role];
  const other = SIDES[role === 'primary' ? 'secondary' : 'primary'].downlink;
  return `
interfaces { ae0 { unit 1025 { family inet { address ${downlink}/24 {
    vrrp-group 20 {
        virtual-address 198.51.100.1; priority ${priority};
        track { interface ge-0/0/1.122 { priority-cost 10; } }
    }
} } } } }
routing-instances { ${INSTANCE} {
    routing-options { autonomous-system 65101; }
    protocols { bgp { group inet-gw-group {
        apply-groups IBGP; local-address ${downlink}; peer-as 65101; neighbor ${other};
    } } }
} }`;
}

export const ROUTE = `
routing-instances { ${INSTANCE} { routing-options { static { route 203.0.113.0/24 next-hop 198.51.100.10; } } } }`;

/** The customer's router on this side. */
export const customerOf = (role: Role) => ({
  instance: INSTANCE,
  address: SIDES[role].customer,
  as: CUSTOMER_AS,
  md5: KEY,
});
