/** The form of everything under `/config`: `{"body": …, "version": N, "marked_for_deletion": bool}`. */
import type { Action } from '../gateway/change.ts';
import { isDeeper } from '../gateway/nesting.ts';
import type { Fields, GatewayVersion, Lookup, ResourceRef } from '../gateway/resource.ts';
import { shownValue } from '../gateway/validate.ts';
import type { Entry } from './client.ts';

/** Records are copied into the job records, and `JSON.stringify` fails at depths that `JSON.parse` still reads. */
const maximumDepth = 100;

/** The JSON object in a text; or, as a string, why the text is not a JSON object. */
export function parseObject(text: Buffer | string): Fields | string {
  let value: unknown;
  try {
    const json = typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text);
    value = JSON.parse(json);
  } catch {
    // The parser's own message quotes the text, which may hold a password.
    return 'is not valid JSON';
  }
  if (isDeeper(value, maximumDepth)) return `is nested deeper than ${maximumDepth} levels`;
  return isFields(value) ? value : 'is not a JSON object';
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Both forms of `body` are read: an object, and JSON in a string. */
export function recordOf(ref: ResourceRef, entry: Entry): Lookup {
  if (entry.value === undefined) return { kind: 'missing' };
  const envelope = parseObject(entry.value);
  if (typeof envelope === 'string') return { kind: 'malformed', reason: `the record ${envelope}` };
  const version = versionOf(envelope);
  const malformed = (reason: string): Lookup =>
    version === undefined ? { kind: 'malformed', reason } : { kind: 'malformed', reason, version };
  if (version === undefined) {
    return malformed(`field "version": expected an integer from 0, got ${shownValue(envelope['version'])}`);
  }
  const { marked_for_deletion: marked = false, body: raw } = envelope;
  if (typeof marked !== 'boolean') {
    return malformed(`field "marked_for_deletion": expected true or false, got ${shownValue(marked)}`);
  }
  const body = typeof raw === 'string' ? parseObject(raw) : raw;
  if (typeof body === 'string') return malformed(`field "body" ${body}`);
  if (!isFields(body)) {
    return malformed(`field "body": expected an object, or one as JSON in a string, got ${shownValue(raw)}`);
  }
  return { ref, body, version, markedForDeletion: marked, modRevision: entry.modRevision };
}

/** The version that a gateway's configuration has now; `null` if there is no configuration, or its version can't be read. */
export function configVersion(entry: Entry): number | null {
  const envelope = entry.value === undefined ? '' : parseObject(entry.value);
  return typeof envelope === 'string' ? null : (versionOf(envelope) ?? null);
}

/**
 * Whether a gateway's configuration is no longer at the version that a saga works on, or asks for another action: it is marked for deletion, or is not any
 * more. If the action is not known, only the version counts. A deletion goes on if the configuration vanishes: somebody has removed the mark together with
 * the configuration.
 */
export function supersededBy(
  gateway: GatewayVersion,
  action: Action | undefined,
  entry: Entry,
): { readonly kind: 'superseded'; readonly version: number | null } | undefined {
  if (action === 'delete' && entry.value === undefined) return undefined;
  const version = configVersion(entry);
  if (version !== gateway.version) return { kind: 'superseded', version };
  const envelope = entry.value === undefined ? '' : parseObject(entry.value);
  const marked = typeof envelope !== 'string' && envelope['marked_for_deletion'] === true;
  if (action === undefined || marked === (action === 'delete')) return undefined;
  return { kind: 'superseded', version };
}

function versionOf(envelope: Fields): number | undefined {
  const { version } = envelope;
  return typeof version === 'number' && Number.isSafeInteger(version) && version >= 0 ? version : undefined;
}
