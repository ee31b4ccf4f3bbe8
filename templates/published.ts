/**
 * Kinds as they are published in etcd: two heat templates. `<type>` holds the templates that create and remove, `<type>_monitoring` holds
 * the monitors. The `template_file` of each is JSON as text, because a record's body must be flat.
 */
import type { Kind, LoadedKind } from '../gateway/kind.ts';
import { pluralOf } from '../gateway/resource.ts';
import { compileKind } from './compile.ts';
import { digestOf } from './digest.ts';
import { mappingsOf, monitorsOf, ownsOf, routersOf, schemaOf, word } from './kind-shape.ts';
import { entries, fields, json, oneOf, text, wrong, type Spot } from './shape.ts';
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

const envelope = ['id', 'handler', 'watch', 'template_file', 'parameter_mappings'] as const;
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

/** Reads a kind from its two published bodies, in any order. Throws a `KindError` that names template and field. */
export function fromHeatTemplates(bodies: readonly unknown[]): LoadedKind {
  const [first, second, ...more] = bodies.map(opened);
  if (first === undefined || second === undefined || more.length > 0) {
    throw wrong({ file: 'heat templates', field: '', value: bodies }, 'two bodies', String(bodies.length));
  }
  const [one, other] = first.handler.value === 'heat_worker' ? [first, second] : [second, first];
  const content = fields(one.content, [
    'version',
    'resourceType',
    'schema',
    'routers',
    'owns',
    'create',
    'arrange',
    'remove',
  ]);
  const seen = fields(other.content, ['version', 'resourceType', 'monitors']);
  for (const spot of [content.version, seen.version])
    if (spot.value !== version) throw wrong(spot, `the format ${version}`);
  const resourceType = word(content.resourceType);
  if (seen.resourceType.value !== resourceType)
    throw wrong(seen.resourceType, `'${resourceType}' as in ${one.id.file}`);
  const schema = schemaOf(content.schema);
  const job = (body: Opened, handler: HeatTemplate['handler']): Kind['provisioning'] => ({
    id: word(body.id),
    handler: oneOf(body.handler, [handler]),
    mappings: mappingsOf(body.parameter_mappings, schema),
  });
  const kind: Kind = {
    resourceType,
    schema,
    provisioning: job(one, 'heat_worker'),
    monitoring: job(other, 'monitoring_worker'),
    routers: routersOf(content.routers, schema),
    create: text(content.create),
    arrange: text(content.arrange),
    remove: text(content.remove),
    owns: ownsOf(content.owns),
    monitors: monitorsOf(seen.monitors),
  };
  checkNames(kind, one.id.file);
  compileKind(kind, one.id.file);
  return { kind, source: 'etcd', digest: digestOf(kind) };
}

type Opened = Record<(typeof envelope)[number], Spot> & { readonly content: Spot };

function opened(value: unknown, at: number): Opened {
  const unnamed = { file: `heat template ${at + 1} of 2`, field: '', value };
  const [, id] = entries(unnamed).find(([name]) => name === 'id') ?? [];
  const file = id === undefined ? unnamed.file : `heat template ${word(id)}`;
  const body = fields({ ...unnamed, file }, envelope);
  return { ...body, content: json(file, 'template_file', text(body.template_file)) };
}
