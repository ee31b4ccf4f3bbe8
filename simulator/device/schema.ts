/** The router's configuration hierarchy, as far as gateways and their surroundings use it. The rest is kept as written. */

import { block, leaf, list, open, type Rule } from './rule.ts';
import { firewall } from './schema-firewall.ts';
import { interfaces } from './schema-interfaces.ts';
import { instance, policyOptions, routingOptions } from './schema-routing.ts';

const system = block({
  'host-name': leaf(),
  'domain-name': leaf(),
  'time-zone': leaf(),
  'root-authentication': open,
  'name-server': open,
  login: open,
  services: open,
  syslog: open,
  ntp: open,
  commit: open,
  ports: open,
  'max-configurations-on-flash': leaf(),
  'max-configuration-rollbacks': leaf(),
  archival: open,
  authentication: open,
  'authentication-order': list({ ordered: true }),
  scripts: open,
});

const top: Readonly<Record<string, Rule>> = {
  system,
  interfaces,
  'routing-instances': block({}, { items: instance, itemElement: 'instance' }),
  'routing-options': routingOptions,
  'policy-options': policyOptions,
  firewall,
  protocols: open,
  chassis: open,
  snmp: open,
  services: open,
  security: open,
  'class-of-service': open,
  'forwarding-options': open,
  'event-options': open,
  'bridge-domains': open,
  vlans: open,
  access: open,
  accounting: open,
  'accounting-options': open,
  applications: open,
  'logical-systems': open,
  'multi-chassis': open,
};

/** The rule of the configuration as a whole. A group holds what the top may hold, groups excepted. */
export const SCHEMA: Rule = block({
  ...top,
  groups: block({}, { items: block(top), itemElement: 'groups' }),
});
