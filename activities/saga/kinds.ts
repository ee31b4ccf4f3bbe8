/**
 * Finds the kind of a gateway: in etcd, at the revision of the plan's snapshot. If gateway-saga has published none there, the kind comes from the
 * worker's folder. Also finds what is known of the types to which the gateway may refer.
 */
import { schemasOf } from '../../gateway/kind.ts';
import type { AnyKind, LoadedKind } from '../../gateway/kind.ts';
import type { ResourceSchema, Schemas } from '../../gateway/resource.ts';
import type { Kinds } from '../dependencies.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';
import { isForeign } from '../../etcd/templates.ts';
import type { TemplateLookup } from '../../etcd/templates.ts';
import { KindError } from '../../templates/errors.ts';
import { fromHeatTemplates, isSingle } from '../../templates/published.ts';

/**
 * The kind by which a gateway is planned; `undefined` if there is none. Throws a `KindError` if only one of two templates that make a kind is
 * published, or if what is published is broken. The folder doesn't replace a broken publication, because an operator must notice it.
 */
export async function kindOf(
  resourceType: string,
  kinds: Kinds,
  snapshot: Snapshot,
): Promise<LoadedKind | undefined> {
  const ids = [resourceType, `${resourceType}_monitoring`];
  const found = await Promise.all(ids.map((id) => snapshot.readTemplate(id)));
  const published = found.slice(0, isWhole(found[0]) ? 1 : 2);
  if (published.every((template) => 'kind' in template)) {
    const leftAlone = ids.filter((_, index) => isForeign(published[index]));
    const loaded = kinds.get(resourceType);
    return loaded && leftAlone.length > 0 ? { ...loaded, leftAlone } : loaded;
  }
  const bodies = published.map((template, index) => {
    if (!('kind' in template)) return template.body;
    const got = template.kind === 'foreign' ? template.reason : 'nothing';
    throw new KindError(`heat template ${ids[index]}`, '', 'a published template', got);
  });
  const loaded = fromHeatTemplates(bodies);
  if (loaded.kind.resourceType === resourceType) return loaded;
  throw new KindError(
    `heat template ${ids[0]}`,
    'resourceType',
    `"${resourceType}"`,
    `"${loaded.kind.resourceType}"`,
  );
}

/** Whether the template is a whole kind by itself. Then whatever else is published for the type is older, or somebody else's. */
function isWhole(template: TemplateLookup | undefined): boolean {
  return template !== undefined && !('kind' in template) && isSingle(template.body);
}

/** The types that a gateway's references may lead to. */
export interface KnownTypes {
  readonly schemas: Schemas;
  /** Types of gateways: they have a kind, in the folder or published. */
  readonly ofGateways: ReadonlySet<string>;
}

/**
 * What the worker's folder says of the types. Of a type that the folder does not have, what is published: only such types cost reads, which are made
 * together for all types that are one step further away. Throws a `KindError` if what is published is broken.
 */
export async function knownTypes(own: AnyKind, kinds: Kinds, snapshot: Snapshot): Promise<KnownTypes> {
  const schemas = new Map([...schemasOf(kinds), [own.resourceType, own.schema] as const]);
  const ofGateways = new Set([...kinds.keys(), own.resourceType]);
  const asked = new Set<string>();
  for (let reached: readonly ResourceSchema[] = [own.schema]; reached.length > 0;) {
    const unknown = [...new Set(reached.flatMap(typesIn))].filter(
      (type) => !schemas.has(type) && !asked.has(type),
    );
    for (const type of unknown) asked.add(type);
    const found = await Promise.all(unknown.map((type) => kindOf(type, kinds, snapshot)));
    const published = found.flatMap((one) => (one === undefined ? [] : [one.kind]));
    for (const { resourceType, schema } of published) {
      schemas.set(resourceType, schema);
      ofGateways.add(resourceType);
    }
    reached = published.map(({ schema }) => schema);
  }
  return { schemas, ofGateways };
}

/** The types that the fields of a schema refer to, also those of its lists' entries. */
function typesIn({ fields }: ResourceSchema): readonly string[] {
  return Object.values(fields).flatMap(({ refersTo, entries }) => [
    ...(refersTo === undefined ? [] : [refersTo]),
    ...(entries === undefined ? [] : typesIn(entries)),
  ]);
}
