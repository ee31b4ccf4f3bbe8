/**
 * Finds the id of what a person names: an id, or a name. Only the command knows names; sagas and pairs get ids.
 *
 * 1. Ids win. A word in the form of a UUID is taken as an id without asking etcd, unless somebody needs its record.
 * 2. Names are read only if there is no record with the word as its id: the names of one type, once in a command, at most `NAMES_LIMIT`.
 * 3. A name must be whole, and belong to one record. Two with one name are an error that lists both ids; a mistyped name is proposed and never taken.
 */
import type { NamedRecord } from '../etcd/names.ts';
import { NAMES_LIMIT } from '../etcd/names.ts';
import { isSegment } from '../etcd/keys.ts';
import type { Store } from '../etcd/store.ts';
import { displayName } from '../gateway/display.ts';
import { edgeRouter, isRecord } from '../gateway/resource.ts';
import type { ResourceRef } from '../gateway/resource.ts';
import { didYouMean, nearest } from './did-you-mean.ts';
import { printable } from './printable.ts';
import { quoted, UsageError } from './usage.ts';

/** Thrown when an id or a name belongs to nothing, or a name to more than one. It says what may have been meant. */
export class UnknownNameError extends Error {
  override readonly name = 'UnknownNameError';
}

export type NameStore = Pick<Store, 'names' | 'snapshot' | 'routers'>;

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** How many ids the error about an ambiguous name lists at most. */
const SHOWN = 10;

/** Whether the word can only be an id. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export class Names {
  readonly #store: NameStore;
  readonly #lists = new Map<string, Promise<readonly NamedRecord[]>>();

  constructor(store: NameStore) {
    this.#store = store;
  }

  /** The id of a resource with a record under `/config`. `knownTypes`: what TYPE may be, as far as the caller knows. */
  async idOf(type: string, given: string, knownTypes: () => Promise<Iterable<string>>): Promise<string> {
    if (await this.#isId({ type, id: given })) return given;
    const all = await this.#all(type);
    if (all.length === 0) await assertType(type, knownTypes);
    return onlyOne(type, given, all);
  }

  /** The id of a resource that may not be there yet. `undefined`: nothing has this id or this name. */
  async find(type: string, given: string): Promise<string | undefined> {
    if (await this.#isId({ type, id: given })) return given;
    const all = await this.#all(type);
    return all.some((one) => isNamed(one, given)) ? onlyOne(type, given, all) : undefined;
  }

  /** A UUID is an id, whether there is a record with it or not. Only its type may be mistyped. */
  async uuidOf(type: string, given: string, knownTypes: () => Promise<Iterable<string>>): Promise<string> {
    if (!(await this.#isId({ type, id: given }))) await assertType(type, knownTypes);
    return given;
  }

  /** The id of an edge router. A router whose record under `/config` is gone is still known by its id, as long as gateway-saga has a record of it. */
  async routerIdOf(given: string): Promise<string> {
    const ref = edgeRouter(given);
    if (await this.#isId(ref)) return given;
    const all = await this.#all(ref.type);
    if (!all.some((one) => isNamed(one, given)) && (await this.#store.routers()).has(given)) return given;
    return onlyOne('edge router', given, all);
  }

  async #isId(ref: ResourceRef): Promise<boolean> {
    if (!isSegment(ref.id)) return false;
    const found = await this.#store.snapshot().read(ref);
    return isRecord(found) || found.kind !== 'missing';
  }

  #all(type: string): Promise<readonly NamedRecord[]> {
    const known = this.#lists.get(type) ?? this.#read(type);
    this.#lists.set(type, known);
    return known;
  }

  async #read(type: string): Promise<readonly NamedRecord[]> {
    const found = await this.#store.names(type);
    if (found) return found;
    throw new UnknownNameError(
      `there are more than ${NAMES_LIMIT} records of ${type}, too many to look for a name: give the id`,
    );
  }
}

async function assertType(type: string, knownTypes: () => Promise<Iterable<string>>): Promise<void> {
  const types = new Set(await knownTypes());
  if (!types.has(type))
    throw new UsageError(
      `TYPE: there is no type ${quoted(type)} and no record of it${didYouMean(type, types)}`,
    );
}

function onlyOne(what: string, given: string, all: readonly NamedRecord[]): string {
  const named = all.filter((one) => isNamed(one, given));
  const [first, second] = named;
  if (first !== undefined && second === undefined) return first.id;
  if (first === undefined) {
    const known = new Map(all.flatMap((one) => wordsOf(one)));
    const meant = nearest(given, known.keys()).map((word) => known.get(word));
    const hint = meant.length === 0 ? '' : `; did you mean ${[...new Set(meant)].join(', ')}?`;
    throw new UnknownNameError(`${what} ${quoted(given)}: there is no such id and no such name${hint}`);
  }
  const ids = named.slice(0, SHOWN).map(({ id }) => printable(id));
  const more = named.length > SHOWN ? `, and ${named.length - SHOWN} more` : '';
  throw new UnknownNameError(
    `${what} ${quoted(given)}: ${named.length} have this name, so give one's id: ${ids.join(', ')}${more}`,
  );
}

/** A name that is too long to be shown may be given as it is shown. */
function isNamed({ name }: NamedRecord, given: string): boolean {
  return name !== undefined && (name === given || displayName(name) === given);
}

/** The words that a record may be named by, each with the text by which the record is proposed. */
function wordsOf({ id, name }: NamedRecord): (readonly [word: string, shown: string])[] {
  const shown = name === undefined ? printable(id) : `${displayName(name)} (${printable(id)})`;
  return name === undefined
    ? [[id, shown]]
    : [
        [name, shown],
        [id, shown],
      ];
}
