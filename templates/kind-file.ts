/** The form of `kind.json`. */
import * as v from 'valibot';
import { format, job, monitors, owns, routers } from './kind-schemas.ts';
import { schema, text, values, word } from './record-schema.ts';
import { exactly } from './shape.ts';

const head = { $schema: v.exactOptional(v.unknown()), format, resourceType: word, schema };
const looked = { monitoring: v.exactOptional(job), monitors: v.exactOptional(monitors) };

/** A kind whose gateways are all alike. */
export const plainKind = exactly({ ...head, routers, provisioning: job, ...looked, owns });

/** What every variant has. */
const variant = {
  values,
  provisioning: job,
  routers,
  owns,
  ...looked,
};

/** A kind whose gateways differ by the value of a field. */
export const variedKind = exactly({
  ...head,
  ...looked,
  variants: exactly({
    by: word,
    of: v.pipe(v.array(exactly({ ...variant, folder: word }), 'a list'), v.nonEmpty('at least one variant')),
  }),
});

const published = { version: v.literal(2, 'the format 2'), resourceType: word, schema };
const templates = { create: text, arrange: text, remove: text };
const allMonitors = { monitoring: v.exactOptional(job), monitors };

/** A kind of format 2 as it is published: its templates stand beside its other parts. */
export const publishedPlain = exactly({
  ...published,
  ...templates,
  ...allMonitors,
  routers,
  provisioning: job,
  owns,
});

export const publishedVaried = exactly({
  ...published,
  variants: exactly({
    by: word,
    of: v.pipe(
      v.array(exactly({ ...variant, ...templates, ...allMonitors }), 'a list'),
      v.nonEmpty('at least one variant'),
    ),
  }),
});

export type PlainFile = v.InferOutput<typeof plainKind>;
export type VariedFile = v.InferOutput<typeof variedKind>;
