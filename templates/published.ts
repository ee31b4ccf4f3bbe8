/**
 * Kinds as they are published in etcd. A kind of format 2 is one heat template, `<type>`. A kind of format 1 is two: `<type>` holds the templates
 * that create and remove, `<type>_monitoring` holds the monitors. The `template_file` of each is JSON as text, because a record's body must be flat.
 */
import * as v from 'valibot';
import { handlerOf } from '../gateway/jobs.ts';
import { kindsOf } from '../gateway/kind.ts';
import type { AnyKind, JobTemplate, Kind, LoadedKind } from '../gateway/kind.ts';
import { pluralOf } from '../gateway/resource.ts';
import { compileKind } from './compile.ts';
import { digestOf } from './digest.ts';
import { checkFormat } from './format.ts';
import { publishedPlain, publishedVaried } from './kind-file.ts';
import { mappings, monitors, owns, routers } from './kind-schemas.ts';
import { schema, text, word } from './record-schema.ts';
import { checkReferences, type PlacesOfKind } from './references.ts';
import { exactly, json, read, under, wrong, type Location, type Spot } from './shape.ts';
import { checkNames } from './visible.ts';

/** The body of `/config/v2.0/heat_templates/<id>`. */
export interface HeatTemplate {
  readonly id: string;
  readonly handler: string;
  /** The collection whose configurations this template is for: `/config/v2.0/vpn_gateways/`. */
  readonly watch: string;
  readonly template_file: string;
  readonly parameter_mappings: JobTemplate['mappings'];
  /** It is the whole kind: there is no second heat template. */
  readonly single?: true;
}

/** The bodies that publish a kind, provisioning first. */
export function toHeatTemplates(kind: AnyKind): readonly [HeatTemplate, ...HeatTemplate[]] {
  const { resourceType } = kind;
  const body = (id: string, handler: string, content: object, given: HeatTemplate['parameter_mappings']) => ({
    id,
    handler,
    watch: `/config/v2.0/${pluralOf(resourceType)}/`,
    template_file: `${JSON.stringify(content, undefined, 2)}\n`,
    parameter_mappings: given,
  });
  const [first] = kindsOf(kind);
  const { provisioning, monitoring } = first;
  if ('variants' in kind || kind.format === 2 || monitoring === undefined) {
    const { format: _, ...content } = kind;
    const handler = handlerOf(first, 'provisioning');
    return [{ ...body(resourceType, handler, { version: 2, ...content }, {}), single: true }];
  }
  const { schema: fields, routers: ways, owns: owned, create, arrange, remove, monitors: looked } = kind;
  const head = { version: 1, resourceType };
  const content = { ...head, schema: fields, routers: ways, owns: owned, create, arrange, remove };
  return [
    body(provisioning.id, handlerOf(first, 'provisioning'), content, provisioning.mappings),
    body(monitoring.id, handlerOf(first, 'monitoring'), { ...head, monitors: looked }, monitoring.mappings),
  ];
}

const version = v.literal(1, 'the format 1');

const provisioningContent = exactly({
  version,
  resourceType: word,
  schema,
  routers,
  owns,
  create: text,
  arrange: text,
  remove: text,
});

const monitoringContent = exactly({ version, resourceType: word, monitors });

/** Reads a kind from its published bodies, in any order. Throws a `KindError` that names template and field. */
export function fromHeatTemplates(bodies: readonly unknown[]): LoadedKind {
  const spots = bodies.map((value, at) => ({ file: fileOf(value, at), field: '', value }));
  const [first, second, ...more] = spots;
  if (first !== undefined && second === undefined && isSingle(first.value)) return wholeKind(first);
  if (first === undefined || second === undefined || more.length > 0)
    throw wrong({ file: 'heat templates', field: '' }, 'two bodies', String(bodies.length));
  return kindOfTwo(first, second);
}

/** Whether the body says that it is a whole kind. */
export function isSingle(body: unknown): boolean {
  return v.is(v.object({ single: v.literal(true) }), body);
}

/** A kind of format 2. */
function wholeKind(body: Spot): LoadedKind {
  const { template_file } = read(
    exactly({
      id: word,
      handler: word,
      watch: v.exactOptional(v.unknown()),
      template_file: text,
      parameter_mappings: mappings,
      single: v.literal(true, 'true'),
    }),
    body,
  );
  const place = under(body, 'template_file');
  const spot = json(place, template_file);
  const isVaried = v.is(v.object({ variants: v.unknown() }), spot.value);
  const { version: _, ...content } = isVaried ? read(publishedVaried, spot) : read(publishedPlain, spot);
  const kind: AnyKind = { format: 2, ...content };
  const parts = kindsOf(kind).map((_one, at) => {
    const own = isVaried ? under(place, 'variants', 'of', at) : place;
    return {
      provisioning: under(own, 'provisioning', 'mappings'),
      monitoring: under(own, 'monitoring', 'mappings'),
      routers: under(own, 'routers'),
      monitors: under(own, 'monitors'),
    };
  });
  const places = { schema: under(place, 'schema'), variants: under(place, 'variants'), of: parts };
  return checked(kind, places, body);
}

function kindOfTwo(first: Spot, second: Spot): LoadedKind {
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
  const places = {
    provisioning: under(one, 'parameter_mappings'),
    monitoring: under(other, 'parameter_mappings'),
    routers: under(provisioning.place, 'routers'),
    monitors: under(monitoring.place, 'monitors'),
  };
  checkFormat(kind, provisioning.place);
  const schemaPlace = under(provisioning.place, 'schema');
  return checked(kind, { schema: schemaPlace, variants: schemaPlace, of: [places] }, one);
}

/** What the records around it hold is checked when a gateway is planned. */
function checked(kind: AnyKind, places: PlacesOfKind, { file }: Location): LoadedKind {
  checkReferences(kind, places);
  checkNames(kind, file);
  for (const one of kindsOf(kind)) compileKind(one, file);
  return { kind, source: 'etcd', digest: digestOf(kind) };
}

/** What messages call a body: its id, if it has a good one. */
function fileOf(body: unknown, at: number): string {
  const named = v.safeParse(v.object({ id: word }), body);
  return named.success ? `heat template ${named.output.id}` : `heat template ${at + 1} of 2`;
}

function opened<H extends string, const S extends v.GenericSchema>(body: Spot, handler: H, content: S) {
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
