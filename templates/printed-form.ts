/**
 * Addresses and AS numbers in rendered text that a router prints in another form than was written: `route 10.0.0.1` comes back as `route 10.0.0.1/32`. What comes
 * back so looks like somebody else's change for ever. Only words that are plainly an address or a number are judged; of all others the router is the judge.
 */
import { isIpv4, isIpv6, isPrefix } from '../gateway/ip-address.ts';
import { buildModel, pathOf, type Node } from '../junos/model.ts';
import type { Path, Statement } from '../junos/tree.ts';
import type { Values } from './template.ts';

interface Form {
  /** Whether a word is of this sort, in whatever form. */
  readonly isMeant: (word: string) => boolean;
  readonly isPrinted: (word: string) => boolean;
  readonly expected: string;
}

const ADDRESS = /^(?:[0-9]+(?:\.[0-9]+)+|[0-9a-f]*:[0-9a-f]*:[0-9a-f:]*)$/i;

const asNumber: Form = {
  isMeant: (word) => /^[0-9]+$/.test(word),
  isPrinted: (word) => /^[1-9][0-9]{0,9}$/.test(word) && Number(word) <= 4_294_967_295,
  expected: 'an AS number from 1 to 4294967295, without leading zeros',
};
const address: Form = {
  isMeant: (word) => ADDRESS.test(word),
  isPrinted: (word) => isIpv4(word) || isIpv6(word),
  expected: 'an address in its shortest form',
};
const prefix: Form = {
  isMeant: (word) => ADDRESS.test(word.replace(/\/[0-9]+$/, '')),
  isPrinted: isPrefix,
  expected: 'an address in its shortest form, with its length',
};

/** By the leaf whose value it is. */
const ofValues = new Map([
  ...['peer-as', 'local-as', 'autonomous-system'].map((leaf) => [leaf, asNumber] as const),
  ...['local-address', 'router-id'].map((leaf) => [leaf, address] as const),
]);
/** By the list whose entry it names. */
const ofEntries = new Map([
  ['neighbor', address],
  ['route', prefix],
  ['address', prefix],
]);

function formOf({ role, parent }: Node): Form | undefined {
  if (role === 'value') return ofValues.get(parent?.word ?? '');
  if (role !== 'entry') return undefined;
  const isItem = parent?.role === 'entry' && parent.parent?.word === 'prefix-list';
  return isItem ? prefix : ofEntries.get(parent?.word ?? '');
}

/** The first word that comes back in another form, as the path that ends with it. */
export function reprinted(
  statements: readonly Statement[],
): { readonly path: Path; readonly expected: string } | undefined {
  return reprintedBelow(buildModel(statements));
}

function reprintedBelow(node: Node): ReturnType<typeof reprinted> {
  for (const child of node.children.values()) {
    const form = formOf(child);
    if (form?.isMeant(child.word) === true && !form.isPrinted(child.word))
      return { path: pathOf(child), expected: form.expected };
    const below = reprintedBelow(child);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** The parameter that a word of the rendered text comes from: the one with this value, or else the first one in whose text the word stands. */
export function originOf(word: string, names: readonly string[], values: Values): string | undefined {
  const entries = (name: string): readonly string[] => [values.get(name)].flat().map(String);
  return (
    names.find((name) => entries(name).includes(word)) ??
    names.find((name) => entries(name).some((entry) => entry.split(/[\s;{}[\]"]+/).includes(word)))
  );
}
