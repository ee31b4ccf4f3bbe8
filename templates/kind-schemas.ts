/** The form of each part of a kind, wherever it is published. Unknown fields are refused. */
import * as v from 'valibot';
import type { Mapping } from '../gateway/kind.ts';
import { ROLES } from '../gateway/resource.ts';
import { flag, text, word } from './record-schema.ts';
import { exactly, named } from './shape.ts';

const expectedHop = 'a reference field, in which fields of the gateway may stand in braces';
const hop = v.pipe(
  v.string(expectedHop),
  v.regex(/^(?:[a-z]|\{[a-z][a-z0-9_]*\})(?:[a-z0-9_]|\{[a-z][a-z0-9_]*\})*$/, expectedHop),
);

/** The reference fields that lead from a gateway to another record. */
const path = v.pipe(v.array(hop, 'a list'), v.nonEmpty('at least one reference field'));

const constant = v.union(
  [v.string(), v.pipe(v.number(), v.safeInteger()), v.null()],
  'a string, an integer or null',
);

const inner = v.lazy(() => mapping);

const mapping: v.GenericSchema<unknown, Mapping> = v.pipe(
  exactly({
    field: v.exactOptional(word),
    member: v.exactOptional(word),
    constant: v.exactOptional(constant),
    concat: v.exactOptional(v.array(inner, 'a list')),
    path: v.exactOptional(path),
    ignoreMissing: flag,
    reference: v.exactOptional(word),
    if: v.exactOptional(exactly({ field: word, is: text })),
    // oxlint-disable-next-line unicorn/no-thenable -- a field of the file
    then: v.exactOptional(inner),
    else: v.exactOptional(inner),
    each: v.exactOptional(word),
    value: v.exactOptional(inner),
    record: v.exactOptional(v.literal('version', "'version'")),
  }),
  v.guard(
    isMapping,
    'one of field, constant, concat, path with field, reference, if with then and else, each with value, or record',
  ),
);

/** The fields of each form, in the order of the alphabet. */
const forms = new Set([
  'field',
  'field member',
  'constant',
  'concat',
  'field path',
  'field member path',
  'field ignoreMissing path',
  'field ignoreMissing member path',
  'reference',
  'else if then',
  'each value',
  'each path value',
  'record',
]);

function isMapping(given: object): given is Mapping {
  return forms.has(Object.keys(given).sort().join(' '));
}

/** Where each parameter of a job comes from. */
export const mappings = named(word, mapping);

export const routers = exactly({ primary: path, secondary: path });

/**
 * Most entries of `owns`. Registering compares the claims of both routers, old and new ones, in one transaction, and etcd takes 128 comparisons. One entry
 * may render to several stanzas, so the stanzas are counted once more when a gateway is planned: `STANZAS_LIMIT`.
 */
const OWNS_LIMIT = 30;

export const owns = v.pipe(
  v.array(text, 'a list'),
  v.nonEmpty('at least one owned stanza'),
  v.maxLength(OWNS_LIMIT, `at most ${OWNS_LIMIT} owned stanzas`),
);

/** Most monitors of a kind. What was seen of each travels from the saga to its pair. */
export const MONITORS_LIMIT = 16;

export const monitors = v.pipe(
  v.array(
    exactly({
      name: text,
      role: v.exactOptional(v.picklist(ROLES, 'primary or secondary')),
      each: v.exactOptional(word),
      word: v.exactOptional(text),
      interface: v.exactOptional(text),
      counters: v.exactOptional(v.array(exactly({ filter: text, counter: text }), 'a list')),
      vrrp: v.exactOptional(exactly({ interface: text, group: text })),
      bgp: v.exactOptional(exactly({ instance: text, peer: text })),
      route: v.exactOptional(exactly({ instance: text, destination: text })),
    }),
    'a list',
  ),
  v.maxLength(MONITORS_LIMIT, `at most ${MONITORS_LIMIT} monitors`),
);

const onFailure = v.exactOptional(v.picklist(['fail', 'ignore'], "'fail' or 'ignore'"));

/** One of the jobs. */
export const job = exactly({
  id: word,
  handler: v.exactOptional(word),
  mappings,
  onFailure: v.exactOptional(
    exactly({ create: onFailure, modify: onFailure, delete: onFailure, logical_delete: onFailure }),
  ),
});

export const format = v.exactOptional(v.picklist([1, 2], 'the format 1 or 2'));
