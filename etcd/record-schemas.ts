/**
 * The form of the records that only gateway-saga writes. A person may have edited one, so each record is checked when it is read. The error
 * for a wrong field names the key, the field, the expected value and the value that stands there.
 */
import * as v from 'valibot';
import { FAILURES } from '../gateway/failures.ts';
import type { Entry } from './client.ts';
import { parseObject } from './envelope.ts';
import { StoreCorruptError, StoreNewerError } from './errors.ts';

const text = v.string('a string');
const texts = v.array(text, 'a list of strings');
const wholeNumber = v.pipe(v.number('a whole number'), v.safeInteger('a whole number'));

const gatewayVersion = v.object(
  { resourceType: text, resourceId: text, version: wholeNumber },
  'a gateway with its version',
);

const routerConfiguration = v.object(
  {
    create: text,
    arrange: texts,
    remove: texts,
    owns: v.array(texts, 'a list of stanzas'),
    monitors: v.array(
      v.object({
        name: text,
        interface: v.optional(text),
        counters: v.array(v.object({ filter: text, counter: text }, 'a counter'), 'a list of counters'),
        word: v.optional(text),
        vrrp: v.optional(v.object({ interface: text, group: wholeNumber })),
        bgp: v.optional(v.object({ instance: text, peer: text })),
        route: v.optional(v.object({ instance: text, destination: text })),
      }),
      'a list of monitors',
    ),
  },
  'a configuration',
);

/** One end of a change. */
const end = v.nullable(routerConfiguration);
const role = v.picklist(['primary', 'secondary'], 'primary or secondary');
const recordedRouter = v.object({ id: text, before: end, after: end }, 'a router');

const permittedMember = v.object({ gateway: gatewayVersion, run: text }, 'a gateway with its run');
const activityCall = v.object({ scheduled: wholeNumber, attempt: wholeNumber }, 'a call');

const reservation = v.object(
  {
    id: text,
    pair: text,
    since: text,
    token: wholeNumber,
    call: v.optional(activityCall),
    earlier: v.optional(texts),
    sessions: texts,
    members: v.array(permittedMember, 'a list of gateways with their runs'),
    committedAt: v.nullable(text),
    vrrpBefore: v.optional(
      v.object(
        {
          holdMs: v.optional(wholeNumber),
          others: v.optional(
            v.array(v.object({ unit: text, group: text, state: text }, 'a group'), 'a list of groups'),
          ),
        },
        'VRRP before a commit',
      ),
    ),
  },
  'a reservation or null',
);

/** `/gateway-saga/routers/<edge router id>`. */
export const ROUTER_SCHEMA = v.object({
  reservation: v.optional(v.nullable(reservation)),
  maintenance: v.optional(
    v.nullable(v.object({ reason: text, by: v.optional(text), since: text }, 'a maintenance hold or null')),
  ),
  past: v.optional(v.record(v.string(), wholeNumber, 'calls by pair')),
  retired: v.optional(
    v.object(
      {
        reason: text,
        by: text,
        since: text,
        dropped: v.array(gatewayVersion, 'a list of gateways'),
        more: v.optional(wholeNumber),
      },
      'a retirement',
    ),
  ),
  freed: v.optional(
    v.object(
      { from: v.picklist(['hold', 'retirement'], 'hold or retirement'), by: text, since: text },
      'the end of a hold or a retirement',
    ),
  ),
});

const parents = v.array(
  v.object({ resourceType: text, resourceId: text }, 'a resource'),
  'a list of resources',
);

/** `/gateway-saga/owed-changes/<edge router id>/…`. */
export const OWED_CHANGE_SCHEMA = v.object({
  gateway: gatewayVersion,
  role,
  change: v.object({ before: end, after: end }, 'a change'),
  secrets: v.optional(text),
  since: text,
  reason: text,
  parents: v.optional(parents),
  reservations: v.optional(texts),
  deletion: v.optional(v.picklist(['deciding', 'decided'], 'deciding or decided')),
});

/** `/gateway-saga/plans/<plural>/<id>`. */
export const PLAN_SCHEMA = v.object({
  gateway: gatewayVersion,
  action: v.picklist(['create', 'update', 'delete'], 'create, update or delete'),
  standing: v.nullable(wholeNumber),
  replaces: v.optional(text),
  run: text,
  scheduled: v.optional(wholeNumber),
  tenant: v.nullable(text),
  jobs: v.array(text, 'a list of ids of jobs'),
  kind: v.object(
    { source: v.picklist(['etcd', 'folder'], 'etcd or folder'), digest: text },
    'where the kind comes from',
  ),
  limits: v.object(
    { vrrpIntervalMs: wholeNumber, vrrpLimitMs: wholeNumber, vrrpMaxMs: wholeNumber },
    'the limits of the change',
  ),
  routers: v.object({ primary: recordedRouter, secondary: recordedRouter }, 'two routers'),
  config: v.object(
    { revision: text, digest: text, secretFields: texts },
    'the configuration that was planned from',
  ),
  mayBeApplied: v.boolean('true or false'),
  kept: v.optional(v.boolean('true or false')),
  secrets: v.optional(v.object({ primary: v.optional(text), secondary: v.optional(text) }, 'two digests')),
  failed: v.optional(v.boolean('true or false')),
  published: v.optional(v.boolean('true or false')),
  disputed: v.optional(v.boolean('true or false')),
  restored: v.optional(v.boolean('true or false')),
  parents: v.optional(parents),
  owe: v.optional(
    v.object(
      {
        router: text,
        reason: text,
        by: text,
        since: text,
        refused: v.optional(
          v.object(
            {
              type: v.picklist(Object.values(FAILURES), 'a failure type'),
              why: text,
              owed: v.optional(v.literal(true, 'true')),
            },
            'a refusal',
          ),
        ),
        dropped: v.optional(v.literal(true, 'true')),
      },
      'which router owes the deletion',
    ),
  ),
});

/**
 * The form of the records that this version writes, by number. A record without a number has schema 1. A version that writes schema N reads N − 1, too;
 * and the release before it reads N already, so that two releases can run side by side and each can take over from the other.
 */
export const RECORD_SCHEMA = 1;

/** Throws a `StoreNewerError` for a record of a schema that this version does not know. */
export function assertKnown(key: string, { schema = 1 }: { readonly schema?: unknown }): void {
  if (typeof schema !== 'number' || !Number.isSafeInteger(schema) || schema < 1)
    throw new StoreCorruptError(key, `field "schema": expected a whole number from 1, got ${shown(schema)}`);
  if (schema > RECORD_SCHEMA) throw new StoreNewerError(key, schema, RECORD_SCHEMA);
}

/** Reads a record by its schema. Throws a `StoreCorruptError` for the first wrong field. */
export function parseRecord<const S extends v.GenericSchema>(
  { key, value }: Entry,
  schema: S,
): v.InferOutput<S> {
  const record = parseObject(value ?? '');
  if (typeof record === 'string') throw new StoreCorruptError(key, `it ${record}`);
  assertKnown(key, record);
  const parsed = v.safeParse(schema, record, { abortEarly: true });
  // Returns the record as it was read: fields that a newer release has added stay when the record is written again.
  if (parsed.success) return record;
  const [issue] = parsed.issues;
  const path = (issue.path ?? []).map((item) => String(item.key));
  const expected = issue.received === 'undefined' ? expectedAt(schema, path) : issue.message;
  throw new StoreCorruptError(
    key,
    `field "${path.join('.')}": expected ${expected}, got ${shown(issue.input)}`,
  );
}

/** The schema's expectation of a field that is missing. valibot's own issue names only the field. */
function expectedAt(schema: v.GenericSchema, path: readonly string[]): string {
  let found: unknown = schema;
  for (const step of path) found = child(found, step);
  const parsed = v.safeParse(found as v.GenericSchema, undefined, { abortEarly: true });
  return parsed.success ? 'a value' : parsed.issues[0].message;
}

function child(schema: unknown, step: string): unknown {
  const { wrapped, entries, item, value } = schema as {
    readonly wrapped?: unknown;
    readonly entries?: Readonly<Record<string, unknown>>;
    readonly item?: unknown;
    readonly value?: unknown;
  };
  if (wrapped !== undefined) return child(wrapped, step);
  return entries?.[step] ?? item ?? value;
}

function shown(got: unknown): string {
  if (got === undefined) return 'nothing';
  const json = JSON.stringify(got);
  return json.length > 80 ? `${json.slice(0, 80)}…` : json;
}
