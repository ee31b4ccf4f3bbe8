/** A configuration with groups, and questions about it. */

import { client, parsed, router, type Client } from './scene.ts';

export const CONFIG = `
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

export const start = (): Client => client(router({ config: CONFIG }).device);

export const get = (filter: string, attributes = 'format="text"'): string =>
  `<get-configuration ${attributes}>${filter === '' ? '' : `<configuration>${filter}</configuration>`}</get-configuration>`;

export const AE0 = '<interfaces><interface><name>ae0</name></interface></interfaces>';
export const UNIT1 =
  '<interfaces><interface><name>ae0</name><unit><name>1</name></unit></interface></interfaces>';

export const text = async (rpc: string): Promise<string> => {
  const [element] = parsed(await start().ok(rpc)).children;
  return (element?.text ?? '').replace(/^\n## .*\n/, '');
};
