import type { Kind, Mapping, MonitorRule } from '../gateway/kind.ts';
import type { ResourceSchema } from '../gateway/resource.ts';
import { under, wrong, type Place } from './shape.ts';

/** Where each part of a kind stands. The messages name it. */
export interface PlacesOfKind {
  readonly schema: Place;
  readonly provisioning: Place;
  readonly monitoring: Place;
  readonly routers: Place;
  readonly monitors: Place;
}

/** Checks what one part of a kind says of another. Each part has its form already. Throws a `KindError` that names the place. */
export function checkReferences(kind: Kind, places: PlacesOfKind): void {
  const { schema, provisioning, monitoring, routers, monitors } = kind;
  checkRestrictions(schema, places.schema);
  checkMappings(provisioning.mappings, schema, places.provisioning);
  checkMappings(monitoring.mappings, schema, places.monitoring);
  checkPath(routers.primary, schema, under(places.routers, 'primary'));
  checkPath(routers.secondary, schema, under(places.routers, 'secondary'));
  checkMonitors(monitors, places.monitors);
}

function checkRestrictions(schema: ResourceSchema, place: Place): void {
  for (const [name, { restrictedBy }] of Object.entries(schema.fields))
    if (restrictedBy !== undefined && !isReference(restrictedBy, schema))
      throw wrong(
        under(place, 'fields', name, 'restrictedBy'),
        'a reference field of this kind',
        `'${restrictedBy}'`,
      );
}

function isReference(name: string, { fields }: ResourceSchema): boolean {
  return Object.hasOwn(fields, name) && fields[name]?.refersTo !== undefined;
}

function checkMappings(
  mappings: Readonly<Record<string, Mapping>>,
  schema: ResourceSchema,
  place: Place,
): void {
  for (const [name, mapping] of Object.entries(mappings)) checkMapping(mapping, schema, under(place, name));
}

function checkMapping(mapping: Mapping, schema: ResourceSchema, place: Place): void {
  if ('concat' in mapping)
    for (const [at, part] of mapping.concat.entries()) checkMapping(part, schema, under(place, 'concat', at));
  else if ('path' in mapping) checkPath(mapping.path, schema, under(place, 'path'));
  else if ('field' in mapping && !Object.hasOwn(schema.fields, mapping.field))
    throw wrong(under(place, 'field'), "a field of the kind's schema", `'${mapping.field}'`);
}

/**
 * The first field of a path must be a reference field of the gateway. The other fields are checked when a gateway is planned, because the
 * records that they belong to are known only then.
 */
function checkPath([first = '']: readonly string[], schema: ResourceSchema, place: Place): void {
  if (!isReference(first, schema))
    throw wrong(under(place, 0), 'a reference field of this kind', `'${first}'`);
}

function checkMonitors(monitors: readonly MonitorRule[], place: Place): void {
  const names = new Set<string>();
  for (const [at, { name, interface: unit, counters }] of monitors.entries()) {
    if (unit === undefined && counters === undefined)
      throw wrong(under(place, at), 'an interface or counters to look at', 'neither');
    if (names.has(name)) throw wrong(place, 'each name once', `'${name}' twice`);
    names.add(name);
  }
}
