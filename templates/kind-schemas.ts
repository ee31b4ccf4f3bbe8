/** The form of each part of a kind, wherever it is published. Unknown fields are refused. */
import * as v from 'valibot';
import type { Mapping } from '../gateway/kind.ts';
import type { FieldRule } from '../gateway/resource.ts';
import { exactly, named } from './shape.ts';

export const text = v.string('a string');

const expectedWord = 'lower-case letters, digits and underscores';
/** A name of the data model: a resource type, a field, a parameter. */
export const word = v.pipe(v.string(expectedWord), v.regex(/^[a-z][a-z0-9_]{0,62}$/, expectedWord));

const flag = v.exactOptional(v.boolean('true or false'));

const fieldTypes = [
  'string',
  'integer',
  'name',
  'text',
  'configuration',
  'vlan',
  'vlan-ranges',
  'host',
  'port',
] as const satisfies readonly FieldRule['type'][];

/** The rules for the fields of the kind's own record. */
export const schema = exactly({
  fields: named(
    word,
    exactly({
      type: v.picklist(fieldTypes, `one of ${fieldTypes.join(', ')}`),
      required: flag,
      refersTo: v.exactOptional(word),
      secret: flag,
      restrictedBy: v.exactOptional(word),
    }),
  ),
});

/** The reference fields that lead from a gateway to another record. */
const path = v.pipe(v.array(word, 'a list'), v.nonEmpty('at least one reference field'));

const constant = v.union(
  [v.string(), v.pipe(v.number(), v.safeInteger()), v.null()],
  'a string, an integer or null',
);

const mapping: v.GenericSchema<unknown, Mapping> = v.pipe(
  exactly({
    field: v.exactOptional(word),
    constant: v.exactOptional(constant),
    concat: v.exactOptional(
      v.array(
        v.lazy(() => mapping),
        'a list',
      ),
    ),
    path: v.exactOptional(path),
  }),
  v.guard(isMapping, 'one of field, constant, concat, or path with field'),
);

function isMapping(given: object): given is Mapping {
  return ['field', 'constant', 'concat', 'field path'].includes(Object.keys(given).sort().join(' '));
}

/** Where each parameter of a job comes from. */
export const mappings = named(word, mapping);

export const routers = exactly({ primary: path, secondary: path });

/**
 * Most stanzas that a gateway may own on a router. Registering compares the claims of both routers, old and new ones, in one transaction,
 * and etcd takes 128 comparisons.
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
      name: word,
      interface: v.exactOptional(text),
      counters: v.exactOptional(v.array(exactly({ filter: text, counter: text }), 'a list')),
    }),
    'a list',
  ),
  v.maxLength(MONITORS_LIMIT, `at most ${MONITORS_LIMIT} monitors`),
);
