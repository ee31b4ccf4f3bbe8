/**
 * The configuration that a change was planned from. A version is one body. If somebody writes the same version again with another body while
 * its change is under way, the outcome would be told of a body that nobody has applied.
 */
import { createHash } from 'node:crypto';
import type { Entry } from './client.ts';
import { isFields, parseObject } from './envelope.ts';

export interface PlannedConfig {
  /** `mod_revision` of the configuration. */
  readonly revision: string;
  /** SHA-256 of its body, without `secretFields`: the same body may be written again, as a delivery that came twice does. */
  readonly digest: string;
  /** Fields that the digest leaves out. No template sees them, and a digest of a short secret could be guessed. */
  readonly secretFields: readonly string[];
}

export function plannedConfig(entry: Entry, secretFields: readonly string[]): PlannedConfig {
  return { revision: entry.modRevision, digest: digestOf(entry, secretFields), secretFields };
}

/** Whether the configuration was written again with another body. Not if it has vanished. */
export function isRewritten({ revision, digest, secretFields }: PlannedConfig, entry: Entry): boolean {
  return (
    entry.value !== undefined && entry.modRevision !== revision && digestOf(entry, secretFields) !== digest
  );
}

function digestOf({ value }: Entry, secretFields: readonly string[]): string {
  const envelope = parseObject(value ?? '');
  const raw = typeof envelope === 'string' ? undefined : envelope['body'];
  const body = typeof raw === 'string' ? parseObject(raw) : raw;
  const open = Object.entries(isFields(body) ? body : {}).filter(([field]) => !secretFields.includes(field));
  return `sha256:${createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(open), sorted))
    .digest('hex')}`;
}

/** The order of fields means nothing. */
function sorted(_key: string, value: unknown): unknown {
  return isFields(value) ? Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)) : value;
}
