/**
 * Puts secrets into texts, at the last moment before they are loaded into a router. Plan records and owed changes have placeholders in place of
 * secrets, and so has all that is made of them: what is compared, logged and told.
 */
import type { Change } from '../../gateway/change.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { GatewaySecrets } from '../../etcd/secrets.ts';
import type { Store } from '../../etcd/store.ts';
import { placeholdersIn, reveal } from '../../junos/placeholders.ts';
import { RefusedError } from '../refused.ts';
import type { GatewayChange } from './presence.ts';

/** The secrets of one gateway. */
export interface Revealer {
  /** The text with secrets in place of placeholders. Throws a `RefusedError` for one whose secret is gone. */
  readonly reveal: (text: string) => string;
  /** Each placeholder with its secret. */
  readonly secrets: readonly (readonly [placeholder: string, secret: string])[];
}

const NO_SECRETS: Revealer = { reveal: (text) => text, secrets: [] };

/** For changes whose texts are known to have no secrets. */
export async function noSecrets(): Promise<() => Revealer> {
  return () => NO_SECRETS;
}

/** Reads the secrets of these changes. No request is made if their texts have no placeholder. */
export async function revealersOf(
  store: Pick<Store, 'secrets'>,
  changes: readonly Pick<GatewayChange, 'gateway' | 'change'>[],
): Promise<(gateway: GatewayRef) => Revealer> {
  const gateways = new Map(
    changes
      .filter(({ change }) => placeholdersOf(change).length > 0)
      .map(({ gateway }) => [workflowIdOf(gateway), gateway]),
  );
  if (gateways.size === 0) return () => NO_SECRETS;
  const records = await store.secrets([...gateways.values()]);
  const revealers = new Map(
    [...gateways].map(([id, gateway], index) => [id, revealerOf(gateway, records[index])]),
  );
  return (gateway) => revealers.get(workflowIdOf(gateway)) ?? NO_SECRETS;
}

/** All placeholders in the texts of both ends. */
function placeholdersOf({ before, after }: Change): readonly string[] {
  return placeholdersIn(
    [before, after].flatMap((end) => (end ? [end.create, ...end.arrange] : [])).join('\n'),
  );
}

export function revealerOf(gateway: GatewayRef, record: GatewaySecrets | Error | undefined): Revealer {
  const values = record instanceof Error || record === undefined ? {} : record.values;
  const secretOf = (placeholder: string): string => {
    const secret = values[placeholder];
    if (secret !== undefined) return secret;
    const problem =
      record instanceof Error ? record.message : `${KEYS.secrets(gateway)} has no ${placeholder}`;
    throw new RefusedError(FAILURES.StoreCorrupt, problem);
  };
  return { reveal: (text) => reveal(text, secretOf), secrets: Object.entries(values) };
}
