/** Finds out what a router carries of a change. */
import { createHash } from 'node:crypto';
import { ownedBy } from '../../gateway/change.ts';
import type { Change } from '../../gateway/change.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { parse } from '../../junos/parse.ts';
import { comparePrinted } from '../../junos/secrets.ts';
import { at } from '../../junos/select.ts';
import { nest } from '../../junos/set.ts';
import type { Path, Statement } from '../../junos/tree.ts';

/** The change of one gateway on one router. */
export interface GatewayChange {
  readonly gateway: GatewayVersion;
  readonly change: Change;
  /** Digest of the forms in which the router stores the secrets of the change, once it is known. Until then any form counts as ours. */
  readonly secrets?: string | undefined;
}

/** What a look finds of a change. If `before` is nothing, `absent` means that the change is not made. */
export type Presence =
  /** All of `before`, as rendered. `secrets`: the digest of what the router has in place of secrets. Absent: it has none. */
  | { readonly kind: 'before'; readonly secrets?: string }
  /** All of `after`, as rendered. `secrets` as above. */
  | { readonly kind: 'after'; readonly secrets?: string }
  /** All stanzas of one end are there, but not as rendered: somebody changed them. */
  | { readonly kind: 'modified'; readonly path: Path }
  /** Only some stanzas of one end are there. */
  | { readonly kind: 'partial'; readonly found: Path; readonly missing: Path }
  /** What the router prints for this stanza is no configuration text, so nobody knows what stands there. */
  | { readonly kind: 'unreadable'; readonly path: Path; readonly why: string }
  /** No stanza of either end is there. */
  | { readonly kind: 'absent' };

export function presenceOf(
  running: readonly Statement[],
  { change, secrets }: Pick<GatewayChange, 'change' | 'secrets'>,
): Presence {
  // Reduces the tree first: the tree of a whole batch is too large to be searched for every path of every member.
  const own = pick(running, ownedBy(change));
  const { before, after } = change;
  const ofAfter = after === null ? ABSENT : endPresence(own, after, secrets);
  if (ofAfter.kind === 'whole') return { ...ofAfter, kind: 'after' };
  const ofBefore = before === null ? ABSENT : endPresence(own, before, secrets);
  if (ofBefore.kind === 'whole') return { ...ofBefore, kind: 'before' };
  return ofAfter.kind === 'absent' ? ofBefore : ofAfter;
}

type EndPresence =
  | { readonly kind: 'whole'; readonly secrets?: string }
  | Extract<Presence, { readonly kind: 'modified' | 'partial' | 'absent' }>;

const ABSENT = { kind: 'absent' } as const;

function endPresence(
  own: readonly Statement[],
  { create, owns }: RouterConfiguration,
  secrets: string | undefined,
): EndPresence {
  const missing = owns.filter((path) => at(own, path) === undefined);
  const found = owns.find((path) => !missing.includes(path));
  if (found === undefined) return ABSENT;
  if (missing[0] !== undefined) return { kind: 'partial', found, missing: missing[0] };
  const rendered = parse(create);
  const compared = owns.map((owned) => ({
    path: owned,
    ...comparePrinted(only(own, owned), only(rendered, owned)),
  }));
  const changed = compared.find(({ isSame }) => !isSame);
  if (changed !== undefined) return { kind: 'modified', path: changed.path };
  const withSecrets = compared.filter(({ scrambled }) => scrambled.length > 0);
  const [first] = withSecrets;
  if (first === undefined) return { kind: 'whole' };
  const digest = digestOf(withSecrets.flatMap(({ scrambled }) => scrambled));
  if (secrets !== undefined && digest !== secrets) return { kind: 'modified', path: first.path };
  return { kind: 'whole', secrets: digest };
}

/** Of what a router has in place of secrets. A router's own form of a secret can be turned back into it, so only this is written down. */
function digestOf(scrambled: readonly Path[]): string {
  const words = scrambled.map((path) => JSON.stringify(path)).sort();
  return `sha256:${createHash('sha256').update(words.join('\n')).digest('hex')}`;
}

/** The part of a tree that leads to these paths, and what is below them. */
function pick(tree: readonly Statement[], paths: readonly Path[]): readonly Statement[] {
  return tree.flatMap((statement): Statement[] => {
    const { words, children } = statement;
    const through = paths.filter((path) => words.every((word, i) => i >= path.length || word === path[i]));
    if (through.length === 0) return [];
    if (children === undefined || through.some((path) => path.length <= words.length)) return [statement];
    const below = through.map((path) => path.slice(words.length));
    return [{ ...statement, children: pick(children, below) }];
  });
}

/** The tree reduced to one owned stanza. */
function only(tree: readonly Statement[], path: Path): readonly Statement[] {
  const stanza = at(tree, path);
  return stanza === undefined ? nest(path) : [stanza];
}
