/** The configuration of an edge router before any gateway is on it: what gateways refer to. */

export interface EdgeRouter {
  readonly hostName: string;
  /** The pair's routers differ in their addresses; which of them is master depends on the groups applied. */
  readonly role: 'primary' | 'secondary';
  /** Whether INSTANCE-MASTER_IN is there already, with a term of the operator's. Default true. */
  readonly hasMasterPolicy?: boolean;
}

interface VrrpApplyGroup {
  readonly name: string;
  readonly network: string;
  readonly group: number;
  readonly priority: number;
}

/** The groups ending in 1 make a master, those ending in 2 a backup; a pair of them shares one virtual address. */
const APPLY_GROUPS: readonly VrrpApplyGroup[] = [
  { name: 'VPNGW1-VRRP', network: '100.64.10', group: 10, priority: 105 },
  { name: 'VPNGW2-VRRP', network: '100.64.10', group: 10, priority: 100 },
  { name: 'InetGW1-VRRP', network: '100.64.20', group: 20, priority: 105 },
  { name: 'InetGW2-VRRP', network: '100.64.20', group: 20, priority: 100 },
];

const vrrpGroup = ({ name, network, group, priority }: VrrpApplyGroup, host: number): string => `
    ${name} {
        interfaces {
            <*> {
                unit <*> {
                    family inet {
                        address ${network}.${host}/24 {
                            vrrp-group ${group} {
                                virtual-address ${network}.1;
                                priority ${priority};
                                accept-data;
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

/** A configuration that commits as it is, and on which VPN and Internet gateways commit. Ends with a newline. */
export function edgeRouterConfig({ hostName, role, hasMasterPolicy = true }: EdgeRouter): string {
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
groups {${APPLY_GROUPS.map((group) => vrrpGroup(group, host)).join('')}
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
    }
}
routing-instances {
    vrf_management {
        instance-type virtual-router;
        interface ge-0/0/1.4000;
        routing-options {
            instance-import INSTANCE-MANAGEMENT;
        }
    }
}
policy-options {
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
