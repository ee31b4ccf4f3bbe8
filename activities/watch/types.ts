/** Which types of resources the watch acts for: gateways, by their kinds, and what they refer to. */
import { expandedHop, possibilitiesOf } from '../../gateway/hops.ts';
import { kindsOf } from '../../gateway/kind.ts';
import type { AnyKind, LoadedKind } from '../../gateway/kind.ts';
import { pluralOf, ROLES } from '../../gateway/resource.ts';
import type { ResourceSchema, Schemas } from '../../gateway/resource.ts';
import type { Store } from '../../etcd/store.ts';
import { KindError } from '../../templates/errors.ts';
import type { Kinds } from '../dependencies.ts';
import { kindOf } from '../saga/kinds.ts';

export interface WatchedType {
  readonly type: string;
  /** Whether there is a kind for it. Otherwise nothing is to be done for it, and others refer to it. */
  readonly isGateway: boolean;
  /** Fields that hold another resource's id, and the type of that resource. */
  readonly references: Readonly<Record<string, string>>;
  /**
   * The ways from a gateway of this type to its routers, each as the reference fields along it: every way that any gateway of the type may have.
   * Empty: the ways are not known.
   */
  readonly routers: readonly (readonly string[])[];
}

/** By the collection's name in keys, such as `vpn_gateways`. */
export type WatchedTypes = ReadonlyMap<string, WatchedType>;

/** The types as of now: kinds may be published while the watch runs. A type whose published kind is broken counts, too: its sagas say what is wrong. */
export async function watchedTypes(
  store: Pick<Store, 'publishedKinds' | 'snapshot'>,
  kinds: Kinds,
): Promise<WatchedTypes> {
  const names = new Set([...kinds.keys(), ...(await store.publishedKinds())]);
  const found = new Map<string, LoadedKind | undefined>();
  for (const name of names) found.set(name, await readableKind(name, kinds, store));
  return typesOf(found, kinds.neighbours);
}

/** `undefined`: the kind can't be read. */
export function typesOf(
  kinds: ReadonlyMap<string, Pick<LoadedKind, 'kind'> | undefined>,
  around: Schemas,
): WatchedTypes {
  const schemas = [...around.values(), ...[...kinds.values()].flatMap((one) => one?.kind.schema ?? [])];
  const neighbours = new Set([
    ...around.keys(),
    ...schemas.flatMap((schema) => Object.values(referencesOf(schema))),
  ]);
  const types = new Map<string, WatchedType>();
  for (const type of neighbours)
    types.set(pluralOf(type), {
      type,
      isGateway: false,
      references: referencesOf(around.get(type)),
      routers: [],
    });
  for (const [type, loaded] of kinds)
    types.set(pluralOf(type), {
      type,
      isGateway: true,
      references: referencesOf(loaded?.kind.schema),
      routers: loaded === undefined ? [] : waysOf(loaded.kind),
    });
  return types;
}

/** Every way from a gateway of the kind to a router. */
function waysOf(kind: AnyKind): WatchedType['routers'] {
  const paths = kindsOf(kind).flatMap(({ routers }) => ROLES.map((role) => routers[role]));
  const ways = paths.flatMap((path) =>
    possibilitiesOf(path, kind.schema).map((given) =>
      path.map((hop) => expandedHop(hop, (field) => given.get(field)) ?? hop),
    ),
  );
  return [...new Map(ways.map((way) => [way.join(' '), way])).values()];
}

async function readableKind(
  type: string,
  kinds: Kinds,
  store: Pick<Store, 'snapshot'>,
): Promise<LoadedKind | undefined> {
  try {
    return await kindOf(type, kinds, store.snapshot());
  } catch (error) {
    if (error instanceof KindError) return undefined;
    throw error;
  }
}

function referencesOf(schema: ResourceSchema | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(schema?.fields ?? {}).flatMap(([field, { refersTo }]) =>
      refersTo === undefined ? [] : [[field, refersTo]],
    ),
  );
}
