/** Claims inside stanzas: a child's stanza lies inside its parent's. */
import type { GatewayRef } from '../gateway/resource.ts';
import { holderOf } from './claims.ts';
import type { Claim } from './claims.ts';
import type { EtcdClient } from './client.ts';
import { KEYS, stanzaOfClaim } from './keys.ts';

/** A claim as it stands in etcd. */
export interface HeldClaim extends Omit<Claim, 'key'> {
  readonly holder: GatewayRef;
}

/** Two ranges for each stanza: etcd takes 128 operations in a transaction. */
const AT_ONCE = 64;

/** All claims strictly inside these stanzas, whoever has them. */
export async function claimsInside(
  client: EtcdClient,
  stanzas: readonly Omit<Claim, 'key'>[],
): Promise<readonly HeldClaim[]> {
  const found: HeldClaim[] = [];
  for (let from = 0; from < stanzas.length; from += AT_ONCE) {
    const some = stanzas.slice(from, from + AT_ONCE);
    const asked = some.map(({ routerId, stanza }) => {
      const key = KEYS.claim(routerId, stanza);
      return { key, prefix: `${key} ` };
    });
    const answers = await client.readWith('claims inside', asked);
    for (const [index, { under }] of answers.entries())
      for (const entry of under) {
        const holder = holderOf(entry);
        const stanza = stanzaOfClaim(entry.key);
        if (holder && stanza) found.push({ routerId: some[index]?.routerId ?? '', stanza, holder });
      }
  }
  return found;
}
