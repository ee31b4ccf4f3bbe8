/** The configuration of an edge router before it carries any gateway: the statements that gateways refer to. */
import { SERVICE_INSTANCE, SERVICE_PORTS, serviceGroups } from './base-services.ts';

export interface EdgeRouter {
  readonly hostName: string;
  /** Decides the router's addresses. Which router of a pair is master depends on the groups that a gateway applies. */
  readonly role: 'primary' | 'secondary';
  /** Whether the policy INSTANCE-MASTER_IN exists, with a term that the operator wrote. Default true. */
  readonly hasMasterPolicy?: boolean;
  /** Further statements of each VRRP group, such as its timers: `fast-interval 10000;`. Default none: VRRP's defaults. */
  readonly vrrpTimers?: string;
}

/** The AS number of the operator's network. */
const AS = 65_101;

interface VrrpApplyGroup {
  readonly name: string;
  readonly network: string;
  readonly group: number;
  readonly priority: number;
}

/** Groups named with 1 or ACT have the priority of a VRRP master, the others that of a backup. Each network has one virtual address. */
const APPLY_GROUPS: readonly VrrpApplyGroup[] = [
  { name: 'VPNGW1-VRRP', network: '100.64.10', group: 10, priority: 105 },
  { name: 'VPNGW2-VRRP', network: '100.64.10', group: 10, priority: 100 },
  { name: 'InetGW1-VRRP', network: '100.64.20', group: 20, priority: 105 },
  { name: 'InetGW2-VRRP', network: '100.64.20', group: 20, priority: 100 },
  { name: 'IF-VRRP-INTERDC-ACT', network: '100.64.30', group: 30, priority: 105 },
  { name: 'IF-VRRP-INTERDC-SBY', network: '100.64.30', group: 30, priority: 100 },
];

const vrrpGroup = (
  { name, network, group, priority }: VrrpApplyGroup,
  host: number,
  timers: string,
): string => `
    ${name} {
        interfaces {
            <*> {
                unit <*> {
                    family inet {
                        address ${network}.${host}/24 {
                            vrrp-group ${group} {
                                virtual-address ${network}.1;
                                priority ${priority};
                                accept-data;${timers === '' ? '' : `\n${' '.repeat(32)}${timers}`}
                            }
                        }
                    }
                }
            }
        }
    }`;

/** The configuration groups that gateways apply to speak BGP: EBGP outward, with customers' routers; IBGP inward, with each other. */
const BGP_GROUPS = [
  ...['VPNGW1', 'VPNGW2'].flatMap((name) => [
    { name: `${name}-RI-EBGP`, content: 'type external;', holdTime: 40 },
    { name: `${name}-RI-IBGP`, content: 'type internal;', holdTime: 40 },
  ]),
  ...['InetGW1', 'InetGW2'].map((name) => ({
    name: `${name}-RI-IBGP`,
    content: `type internal; peer-as ${AS};`,
    holdTime: 30,
  })),
];

const bgpGroup = ({ name, content, holdTime }: (typeof BGP_GROUPS)[number]): string => `
    ${name} {
        routing-instances {
            <*> {
                protocols {
                    bgp {
                        group <*> {
                            ${content}
                            neighbor <*> {
                                hold-time ${holdTime};
                            }
                        }
                    }
                }
            }
        }
    }`;

const POLICED = ['UP-VPN', 'DOWN-VPN', 'UP-INET', 'DOWN-INET'] as const;

const rateFilter = (kind: string): string => `
        filter FILTER_10M-GA-${kind} {
            term all-accept {
                then {
                    policer POLICER_10M-GA;
                    accept;
                }
            }
        }`;

const openFilter = (name: string): string => `
        filter ${name} {
            term all-accept {
                then accept;
            }
        }`;

const MASTER_POLICY = `    policy-statement INSTANCE-MASTER_IN {
        term connected {
            from protocol direct;
            then accept;
        }
    }
`;

/** A configuration that passes the check, alone and with VPN and Internet gateways added. Ends with a line break. */
export function edgeRouterConfig({
  hostName,
  role,
  hasMasterPolicy = true,
  vrrpTimers = '',
}: EdgeRouter): string {
  const host = role === 'primary' ? 2 : 3;
  return `system {
    host-name ${hostName};
    services {
        ssh;
        netconf {
            ssh;
        }
    }
}
groups {${APPLY_GROUPS.map((group) => vrrpGroup(group, host, vrrpTimers)).join('')}${BGP_GROUPS.map(bgpGroup).join('')}${serviceGroups(host)}
}
interfaces {
    ge-0/0/1 {
        description uplink;
        vlan-tagging;
        unit 4000 {
            description management;
            vlan-id 4000;
            family inet {
                address 192.0.2.${host}/24;
            }
        }
    }
    ae0 {
        description downlink;
        vlan-tagging;
        aggregated-ether-options {
            lacp {
                active;
            }
        }
    }${SERVICE_PORTS}
}
routing-instances {
    vrf_management {
        instance-type virtual-router;
        interface ge-0/0/1.4000;
        routing-options {
            instance-import INSTANCE-MANAGEMENT;
        }
    }${SERVICE_INSTANCE}
}
routing-options {
    autonomous-system ${AS};
}
policy-options {
    prefix-list BGP-VIRTUAL-ROUTER-PEERS {
        apply-path "routing-instances <*> protocols bgp group <*> neighbor <*.*>";
    }
    policy-statement INSTANCE-MANAGEMENT {
        term none {
            then reject;
        }
    }
    policy-statement INSTANCE-USER_IN {
        term all-accept {
            then accept;
        }
    }
    policy-statement INSTANCE-USER_OUT {
        term all-accept {
            then accept;
        }
    }
${hasMasterPolicy ? MASTER_POLICY : ''}}
firewall {
    family inet {${POLICED.map(rateFilter).join('')}${['INET_IN', 'INET_OUT'].map(openFilter).join('')}
    }
    policer POLICER_10M-GA {
        if-exceeding {
            bandwidth-limit 10m;
            burst-size-limit 625k;
        }
        then discard;
    }
}
`;
}
