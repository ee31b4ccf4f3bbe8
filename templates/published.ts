/**
 * Kinds as they are published in etcd: two heat templates. `<type>` holds the templates that create and remove, `<type>_monitoring` holds
 * the monitors. The `template_file` of each is JSON as text, because a record's body must be flat.
 */
import * as v from 'valibot';
import type { Kind, LoadedKind } from '../gateway/kind.ts';
import { pluralOf } from '../gateway/resource.ts';
import { compileKind } from './compile.ts';
import { digestOf } from './digest.ts';
import { mappings, monitors, owns, routers, schema, text, word } from './kind-schemas.ts';
import { checkReferences } from './references.ts';
import { exactly, json, read, under, wrong, type Spot } from './shape.ts';
import { checkNames } from './visible.ts';

/** The body of `/config/v2.0/heat_templates/<id>`. */
export interface HeatTemplate {
  readonly id: string;
  readonly handler: 'heat_worker' | 'monitoring_worker';
  /** The collection whose configurations this template is for: `/config/v2.0/vpn_gateways/`. */
  readonly watch: string;
  readonly template_file: string;
  readonly parameter_mappings: Kind['provisioning']['mappings'];
}

const version = 1;

/** The two bodies that publish a kind, provisioning first. */
export function toHeatTemplates(kind: Kind): readonly [provisioning: HeatTemplate, monitoring: HeatTemplate] {
  const { resourceType, schema, routers, owns, create, arrange, remove, monitors } = kind;
  const body = (job: Kind['provisioning'], content: object): HeatTemplate => ({
    id: job.id,
    handler: job.handler,
    watch: `/config/v2.0/${pluralOf(resourceType)}/`,
    template_file: `${JSON.stringify(content, undefined, 2)}\n`,
    parameter_mappings: job.mappings,
  });
  return [
    body(kind.provisioning, { version, resourceType, schema, routers, owns, create, arrange, remove }),
    body(kind.monitoring, { version, resourceType, monitors }),
  ];
}

const format = v.literal(version, `the format ${version}`);

const provisioningContent = exactly({
  version: format,
  resourceType: word,
  schema,
  routers,
  owns,
  create: text,
  arrange: text,
  remove: text,
});

const monitoringContent = exactly({ version: format, resourceType: word, monitors });

/** Reads a kind from its two published bodies, in any order. Throws a `KindError` that names template and field. */
export function fromHeatTemplates(bodies: readonly unknown[]): LoadedKind {
  const [first, second, ...more] = bodies.map((value, at) => ({ file: fileOf(value, at), field: '', value }));
  if (first === undefined || second === undefined || more.length > 0)
    throw wrong({ file: 'heat templates', field: '' }, 'two bodies', String(bodies.length));
  const isFirst = v.is(v.object({ handler: v.literal('heat_worker') }), first.value);
  const [one, other] = isFirst ? [first, second] : [second, first];
  const provisioning = opened(one, 'heat_worker', provisioningContent);
  const monitoring = opened(other, 'monitoring_worker', monitoringContent);
  const { version: _, ...content } = provisioning.content;
  const { resourceType } = monitoring.content;
  if (resourceType !== content.resourceType)
    throw wrong(
      under(monitoring.place, 'resourceType'),
      `'${content.resourceType}' as in ${one.file}`,
      `'${resourceType}'`,
    );
  const kind: Kind = {
    ...content,
    provisioning: provisioning.job,
    monitoring: monitoring.job,
    monitors: monitoring.content.monitors,
  };
  checkReferences(kind, {
    schema: under(provisioning.place, 'schema'),
    provisioning: under(one, 'parameter_mappings'),
    monitoring: under(other, 'parameter_mappings'),
    routers: under(provisioning.place, 'routers'),
    monitors: under(monitoring.place, 'monitors'),
  });
  checkNames(kind, one.file);
  compileKind(kind, one.file);
  return { kind, source: 'etcd', digest: digestOf(kind) };
}

/** What messages call a body: its id, if it has a good one. */
function fileOf(body: unknown, at: number): string {
  const named = v.safeParse(v.object({ id: word }), body);
  return named.success ? `heat template ${named.output.id}` : `heat template ${at + 1} of 2`;
}

function opened<H extends HeatTemplate['handler'], const S extends v.GenericSchema>(
  body: Spot,
  handler: H,
  content: S,
) {
  const { id, template_file, parameter_mappings } = read(
    exactly({
      id: word,
      handler: v.literal(handler, `'${handler}'`),
      watch: v.exactOptional(v.unknown()),
      template_file: text,
      parameter_mappings: mappings,
    }),
    body,
  );
  const place = under(body, 'template_file');
  return {
    place,
    job: { id, handler, mappings: parameter_mappings },
    content: read(content, json(place, template_file)),
  };
}
