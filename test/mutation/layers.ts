/** Puts mutations into as few copies of the sources as possible. A copy has all mutations of one layer, no two of which overlap. */
import type { Mutation } from './mutation.ts';
import { StaleMutationError } from './mutation.ts';

interface Place {
  readonly mutation: Mutation;
  readonly from: number;
  readonly to: number;
}

/** A layer. `places`: for each file that differs, where its mutations are. */
export interface Layer {
  readonly mutations: Mutation[];
  readonly places: Map<string, Place[]>;
}

/** `sources`: the text of every file that a mutation names. Throws a `StaleMutationError` if a mutation's text is not in its file. */
export function layersOf(
  mutations: readonly Mutation[],
  sources: ReadonlyMap<string, string>,
): readonly Layer[] {
  const layers: Layer[] = [];
  for (const mutation of mutations) {
    const place = placeOf(mutation, sources.get(mutation.file) ?? '');
    const free = layers.find(({ places }) => !(places.get(mutation.file) ?? []).some(touches(place)));
    const layer: Layer = free ?? { mutations: [], places: new Map() };
    if (free === undefined) layers.push(layer);
    layer.mutations.push(mutation);
    layer.places.set(mutation.file, [...(layer.places.get(mutation.file) ?? []), place]);
  }
  return layers;
}

/** The text of a file with all mutations of the layer in it. */
export function layered({ places }: Layer, file: string, source: string): string {
  const backwards = (places.get(file) ?? []).toSorted((one, other) => other.from - one.from);
  return backwards.reduce(
    (text, { mutation, from, to }) => text.slice(0, from) + mutation.put + text.slice(to),
    source,
  );
}

function placeOf(mutation: Mutation, source: string): Place {
  const from = source.indexOf(mutation.find);
  if (from < 0) throw new StaleMutationError(mutation, 0);
  return { mutation, from, to: from + mutation.find.length };
}

function touches({ from, to }: Place): (other: Place) => boolean {
  return (other) => from < other.to && other.from < to;
}
