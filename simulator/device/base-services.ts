/**
 * What gateways to other data centres and to shared services refer to. An edge router has these statements before it carries any gateway: groups,
 * the instance of the shared services, and the ports of address translation and of tunnels.
 */

/** The VRRP groups of the shared services. */
const SHARED_GROUPS = [41, 42] as const;

/** Gateways apply a group of the same name on both routers, so the group's content differs from router to router. */
const sharedVrrp = (host: number): string => `
    IF-USER-VRRP-ACT {
        interfaces {
            <*> {
                unit <*> {
                    family inet {
                        address 100.64.40.${host}/24 {${SHARED_GROUPS.map(
                          (group) => `
                            vrrp-group ${group} {
                                virtual-address 100.64.40.${group};
                                priority ${host === 2 ? 105 : 100};
                            }`,
                        ).join('')}
                        }
                    }
                }
            }
        }
    }`;

const natPools = (numbers: readonly number[]): string =>
  numbers
    .map(
      (number) => `
    DNAT-POOL-${number} {
        services {
            nat {
                pool <*> {
                    address 100.64.41.${number}/32;
                }
            }
        }
    }`,
    )
    .join('');

/** `host`: the last number of the router's addresses. */
export const serviceGroups = (host: number): string => `${sharedVrrp(host)}
    SNAPT-POOL {
        services {
            nat {
                pool <*> {
                    port {
                        range low 10000 high 65535;
                    }
                }
            }
        }
    }${natPools([1, 2])}
    SNAPT-RULE {
        services {
            nat {
                rule <*> {
                    match-direction output;
                }
            }
        }
    }
    DNAT-RULE {
        services {
            nat {
                rule <*> {
                    match-direction input;
                }
            }
        }
    }`;

export const SERVICE_INSTANCE = `
    SHARED-RESOURCE {
        instance-type virtual-router;
    }`;

export const SERVICE_PORTS = `
    lt-0/0/0 {
        description tunnels;
    }
    ms-0/2/0 {
        description translation;
    }`;
