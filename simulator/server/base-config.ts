import { edgeRouterConfig } from '../device/base-config.ts';

/** What an edge router is configured with before any gateway is on it, as Junos text: all that the sample gateways refer to. */
export function baseConfig(router: {
  /** Host name. */
  readonly name: string;
  /** Decides about its own addresses in the VRRP groups. */
  readonly role: 'primary' | 'secondary';
}): string {
  return edgeRouterConfig({ hostName: router.name, role: router.role });
}
