/** A small configuration to load into, and what the candidate holds then. */

import { client, router, texts, type Client } from './scene.ts';

const CONFIG = `
interfaces {
    ae0 {
        vlan-tagging;
        unit 1 { description one; vlan-id 1; family inet { address 10.0.0.1/24; } }
        unit 2 { description two; vlan-id 2; }
    }
}
firewall { family inet { filter F { term a { then accept; } term b { then accept; } } } }
`;

export const start = (): Client => client(router({ config: CONFIG }).device);

export const candidate = async (c: Client): Promise<string> =>
  texts(await c.ok('<get-configuration format="set"/>'), 'configuration-set')[0] ?? '';
