/**
 * The configuration that a change was planned from. A version is one body. If somebody writes the same version again with another body while
 * its change is under way, the outcome would be told of a body that nobody has applied.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Entry } from './client.ts';
import { isFields, parseObject } from './envelope.ts';

export interface PlannedConfig {
  /** `mod_revision` of the configuration. */
  readonly revision: string;
  /**
   * A digest of the configuration's body, without `secretFields`. The revision alone does not tell whether the body has changed: the same body may be
   * written again, as by a delivery that comes twice. If the gateway has secrets, the digest is `hmac-sha256:…`, made with their key: a reader of the plan
   * record knows all other words of the texts, and could guess a secret from a digest without a key. Otherwise it is `sha256:…`.
   */
  readonly digest: string;
  /** Fields that the digest leaves out, because a short secret could be guessed from a digest without a key. Nothing of them is rendered. */
  readonly secretFields: readonly string[];
}

/** `key`: that of the gateway's secrets. `undefined`: no field but `secretFields` may have a secret. */
export function plannedConfig(
  entry: Entry,
  secretFields: readonly string[],
  key: string | undefined,
): PlannedConfig {
  return { revision: entry.modRevision, digest: digestOf(entry, secretFields, key), secretFields };
}

/**
 * Whether the configuration was written again with another body. `false` if the configuration has vanished; `false`, too, if the digest was made with a key
 * and the key has vanished, because without the secrets no text of the change can be loaded.
 */
export function isRewritten(
  { revision, digest, secretFields }: PlannedConfig,
  entry: Entry,
  key: string | undefined,
): boolean {
  const isKeyed = digest.startsWith('hmac-');
  if (entry.value === undefined || entry.modRevision === revision || (isKeyed && key === undefined))
    return false;
  return digestOf(entry, secretFields, isKeyed ? key : undefined) !== digest;
}

function digestOf({ value }: Entry, secretFields: readonly string[], key: string | undefined): string {
  const envelope = parseObject(value ?? '');
  const raw = typeof envelope === 'string' ? undefined : envelope['body'];
  const body = typeof raw === 'string' ? parseObject(raw) : raw;
  const open = Object.entries(isFields(body) ? body : {}).filter(([field]) => !secretFields.includes(field));
  const text = JSON.stringify(Object.fromEntries(open), sorted);
  return key === undefined
    ? `sha256:${createHash('sha256').update(text).digest('hex')}`
    : `hmac-sha256:${createHmac('sha256', key).update(text).digest('hex')}`;
}

/** The order of fields means nothing. */
function sorted(_key: string, value: unknown): unknown {
  return isFields(value) ? Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)) : value;
}
