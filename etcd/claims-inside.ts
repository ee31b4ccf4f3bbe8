/** Claims inside stanzas: a child's stanza lies inside its parent's. */
import type { GatewayRef } from '../gateway/resource.ts';
import { holderOf } from './claims.ts';
import type { Claim } from './claims.ts';
import type { EtcdClient } from './client.ts';
import { KEYS, stanzaOfClaim } from './keys.ts';
import { under } from './requests.ts';

/** A claim as it stands in etcd. */
export interface HeldClaim extends Omit<Claim, 'key'> {
  readonly holder: GatewayRef;
}

/** All claims strictly inside these stanzas, whoever has them. */
export async function claimsInside(
  client: EtcdClient,
  stanzas: readonly Omit<Claim, 'key'>[],
): Promise<readonly HeldClaim[]> {
  if (stanzas.length === 0) return [];
  // In a claim's key a blank stands between two words. So the prefix that ends with a blank covers only what lies inside the stanza.
  const ranges = stanzas.map(({ routerId, stanza }) => ({
    ...under(`${KEYS.claim(routerId, stanza)} `),
    limit: 0,
  }));
  const found = await client.look('claims inside', [], ranges);
  return stanzas.flatMap(({ routerId }, index) =>
    (found.under[index] ?? []).flatMap((entry): HeldClaim[] => {
      const holder = holderOf(entry);
      const stanza = stanzaOfClaim(entry.key);
      return holder && stanza ? [{ routerId, stanza, holder }] : [];
    }),
  );
}
