/** Two configurations that several tests begin with, and a client on a router that runs each of them. */

import { client, parsed, router, texts, type Client } from './scene.ts';

const TWO_UNITS = `
interfaces {
    ae0 {
        vlan-tagging;
        unit 1 { description one; vlan-id 1; family inet { address 10.0.0.1/24; } }
        unit 2 { description two; vlan-id 2; }
    }
}
firewall { family inet { filter F { term a { then accept; } term b { then accept; } } } }
`;

export const clientWithTwoUnits = (): Client => client(router({ config: TWO_UNITS }).device);

/** The candidate as set commands. */
export const candidate = async (c: Client): Promise<string> =>
  texts(await c.ok('<get-configuration format="set"/>'), 'configuration-set')[0] ?? '';

const WITH_GROUPS = `
groups {
    G { interfaces { <*> { mtu 9000; unit <*> { family inet { address 10.9.9.9/24 { vrrp-group 1 { virtual-address 10.9.9.1; priority 105; } } } } } } }
    H { interfaces { <ae*> { mtu 1400; description inherited; } ge-0/0/5 { mtu 5000; } } }
}
interfaces {
    ae0 {
        apply-groups [ G H ];
        vlan-tagging;
        unit 1 { description one; vlan-id 1; family inet { filter { input F; } } }
        inactive: unit 2 { vlan-id 2; }
    }
    ge-0/0/1 { description uplink; }
}
policy-options { prefix-list P { 10.0.0.0/8; } }
firewall { family inet { filter F { term a { from { destination-prefix-list { P; } } then { count c; accept; } } } } }
`;

export const clientWithGroups = (): Client => client(router({ config: WITH_GROUPS }).device);

/** A request for the part of the candidate that `filter` selects. */
export const get = (filter: string, attributes = 'format="text"'): string =>
  `<get-configuration ${attributes}>${filter === '' ? '' : `<configuration>${filter}</configuration>`}</get-configuration>`;

export const AE0 = '<interfaces><interface><name>ae0</name></interface></interfaces>';
export const UNIT1 =
  '<interfaces><interface><name>ae0</name><unit><name>1</name></unit></interface></interfaces>';

/** The text that a router with groups replies, without its header. */
export const text = async (rpc: string): Promise<string> => {
  const [element] = parsed(await clientWithGroups().ok(rpc)).children;
  return (element?.text ?? '').replace(/^\n## .*\n/, '');
};
