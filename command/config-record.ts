/** A record of `/config` as a person writes and reads it: checked against its schema, shown without its secrets. */
import { kindOf } from '../activities/saga/kinds.ts';
import { hasSecret } from '../activities/saga/secrets.ts';
import type { Kinds } from '../activities/dependencies.ts';
import { readEnvelope } from '../etcd/config-records.ts';
import { isFields, parseObject } from '../etcd/envelope.ts';
import type { Store } from '../etcd/store.ts';
import {
  isRecord,
  type FieldRule,
  type Fields,
  type ResourceRef,
  type ResourceSchema,
} from '../gateway/resource.ts';
import { ownField, problemText, validateFields } from '../gateway/validate.ts';
import { didYouMean } from './did-you-mean.ts';
import { MASK } from './masked-plan.ts';
import { maskConfiguration } from './masked-text.ts';
import { quoted, UsageError } from './usage.ts';

/** What is known of a resource type. */
export interface KnownType {
  readonly schema: ResourceSchema;
  /** Otherwise gateways refer to its records, and read their fields whether these are marked for deletion or not. */
  readonly isGateway: boolean;
}

/** A record in a text. It can be written if there are no problems, which are one line each. */
export interface TextRecord {
  readonly envelope: Fields;
  readonly problems: readonly string[];
}

/**
 * The schema of a resource type. If it is a type of gateways: the schema of its kind, as published in etcd, else from the folder. If it is a
 * neighbour: the neighbour's own schema.
 *
 * @throws {UsageError} for any other type. The message lists the known types.
 */
export async function typeNamed(
  type: string,
  { store, kinds }: { readonly store: Store; readonly kinds: Kinds },
): Promise<KnownType> {
  const kind = await kindOf(type, kinds, store.snapshot());
  const schema = kind?.kind.schema ?? kinds.neighbours.get(type);
  if (schema) return { schema, isGateway: kind !== undefined };
  const gateways = new Set([...kinds.keys(), ...(await store.publishedKinds())]);
  const known = [...[...gateways].sort(), ...[...kinds.neighbours.keys()].sort()];
  throw new UsageError(
    `TYPE: expected one of ${known.join(', ')}, got ${quoted(type)}${didYouMean(type, known)}; for a kind of your own give --templates DIR, or publish it`,
  );
}

/** The id in the body of a record in a text, if that can be read. */
export function idIn(text: string): unknown {
  const envelope = parseObject(text);
  const body = typeof envelope === 'string' ? undefined : envelope['body'];
  const fields = typeof body === 'string' ? parseObject(body) : body;
  return isFields(fields) ? ownField(fields, 'id') : undefined;
}

/** Reads the record in a text, and lists its problems. The deletion of a gateway needs no field but its id: what goes is in the plan record. */
export function readRecord(ref: ResourceRef, text: string, { schema, isGateway }: KnownType): TextRecord {
  const envelope = parseObject(text);
  if (typeof envelope === 'string')
    return { envelope: {}, problems: [`the record ${envelope}${placeOf(text)}`] };
  const record = readEnvelope(ref, envelope);
  if (!isRecord(record)) {
    const reason = record.kind === 'malformed' ? record.reason : 'expected a record, got nothing';
    return { envelope, problems: [reason] };
  }
  const isDeletion = isGateway && record.markedForDeletion;
  const problems = isDeletion ? [] : validateFields(record, schema);
  const add = (field: string, expected: string, got: string) =>
    problems.push({ at: ref, field, expected, got });
  const id = ownField(record.body, 'id');
  if (id !== ref.id && !problems.some(({ field }) => field === 'id'))
    add('id', `${quoted(ref.id)}, the ID that was given`, quoted(String(id)));
  if (!isDeletion)
    for (const field of maskedIn(record.body))
      if (!problems.some((problem) => problem.field === field)) add(field, ...NOT_A_MASK);
  return { envelope, problems: problems.map((problem) => problemText([problem])) };
}

const NOT_A_MASK = ['the secret itself', `${MASK}, which hides one`] as const;

/** Fields with a secret that `config get` has hidden. */
function maskedIn(body: Fields): readonly string[] {
  return Object.keys(body).filter((field) => JSON.stringify(body[field]).includes(MASK));
}

/** The record of a deletion with the values that stand in etcd, where `config get` has hidden a secret. */
export async function withStoredSecrets(
  store: Store,
  ref: ResourceRef,
  given: TextRecord,
): Promise<TextRecord> {
  const record = readEnvelope(ref, given.envelope);
  const masked = isRecord(record) && given.problems.length === 0 ? maskedIn(record.body) : [];
  if (!isRecord(record) || masked.length === 0) return given;
  const found = await store.snapshot().read(ref);
  const stored = isRecord(found) ? found.body : {};
  const [expected, got] = NOT_A_MASK;
  const problems = masked
    .filter((field) => !Object.hasOwn(stored, field))
    .map((field) => problemText([{ at: ref, field, expected, got }]));
  const kept = Object.fromEntries(masked.map((field) => [field, stored[field]]));
  return { envelope: { ...given.envelope, body: { ...record.body, ...kept } }, problems };
}

/** The record that stands in etcd, in the form that `config put` takes, with `••••••` in place of each secret: of fields, and of keys in text. */
export async function shownRecord(store: Store, ref: ResourceRef, schema: ResourceSchema): Promise<Fields> {
  const record = await store.snapshot().read(ref);
  const key = `/config/v2.0/${ref.type}s/${ref.id}`;
  if (!isRecord(record))
    throw new Error(record.kind === 'missing' ? `there is no record ${key}` : `${key}: ${record.reason}`);
  const { version, markedForDeletion, body } = record;
  return {
    version,
    marked_for_deletion: markedForDeletion,
    body: Object.fromEntries(
      Object.entries(body).map(([field, value]) => [field, shownField(value, ruleOf(field, schema))]),
    ),
  };
}

function ruleOf(field: string, { fields }: ResourceSchema): FieldRule | undefined {
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}

/** A field without its secrets. Any text that reads as configuration with a key is one, whatever the type of its field. */
function shownField(value: unknown, rule: FieldRule | undefined): unknown {
  if (rule?.secret) return MASK;
  if (typeof value === 'string')
    return rule?.type === 'configuration' || hasSecret(value) ? maskConfiguration(value, MASK) : value;
  if (Array.isArray(value)) return value.map((one) => shownField(one, rule));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shownField(one, undefined)]));
}

/**
 * Where the text stops being JSON, as far as the parser tells. The parser's own message is not shown, because it quotes the text, which may hold a
 * password.
 */
function placeOf(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1];
    if (position === undefined) return '';
    const before = text.slice(0, Number(position)).split('\n');
    return `: line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  }
  return '';
}
