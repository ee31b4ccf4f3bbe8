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
  const parts: (readonly Omit<Claim, 'key'>[])[] = [];
  for (let from = 0; from < stanzas.length; from += AT_ONCE) parts.push(stanzas.slice(from, from + AT_ONCE));
  const found = await Promise.all(parts.map((some) => readInside(client, some)));
  return found.flat();
}

async function readInside(
  client: EtcdClient,
  stanzas: readonly Omit<Claim, 'key'>[],
): Promise<readonly HeldClaim[]> {
  const asked = stanzas.map(({ routerId, stanza }) => {
    const key = KEYS.claim(routerId, stanza);
    return { key, prefix: `${key} ` };
  });
  const answers = await client.readWith('claims inside', asked);
  return answers.flatMap(({ under }, index) =>
    under.flatMap((entry): HeldClaim[] => {
      const holder = holderOf(entry);
      const stanza = stanzaOfClaim(entry.key);
      const routerId = stanzas[index]?.routerId;
      return holder && stanza && routerId !== undefined ? [{ routerId, stanza, holder }] : [];
    }),
  );
}
