/** Finds out what a router carries of a change. */
import { createHash } from 'node:crypto';
import { isUnchanged, ownedBy } from '../../gateway/change.ts';
import type { Change } from '../../gateway/change.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { heldOf } from '../../junos/holds.ts';
import { buildModel, pathOf } from '../../junos/model.ts';
import { parse } from '../../junos/parse.ts';
import { isStoredForm } from '../../junos/placeholders.ts';
import { comparePrinted, unscrambled } from '../../junos/secrets.ts';
import { at, leaves, pathKey, same } from '../../junos/select.ts';
import type { Path, Statement } from '../../junos/tree.ts';
import type { Unreadable } from './running.ts';

/** The change of one gateway on one router. */
export interface GatewayChange {
  readonly gateway: GatewayVersion;
  readonly change: Change;
  /** Digest of the forms in which the router stores the secrets of the change, once it is known. Until then any form counts as ours. */
  readonly secrets?: string | undefined;
  /** The plan record says that `after` is permanent. It counts where a look can't tell the ends apart. */
  readonly kept?: boolean;
}

/**
 * What a look finds of a change. An end that is nothing is found if no stanza of the other end stands. `secrets`: the digest of what the router has
 * in place of secrets. Absent: it has none.
 */
export type Presence =
  /** All of `before`, as rendered. */
  | { readonly kind: 'before'; readonly secrets?: string }
  /** All of `after`, as rendered. */
  | { readonly kind: 'after'; readonly secrets?: string }
  /** All of both ends, which are the same configuration. */
  | { readonly kind: 'unchanged'; readonly secrets?: string }
  /** All stanzas of one end are there, but not as rendered: somebody changed them. `path`: a stanza, or of an update the statement. */
  | {
      readonly kind: 'modified';
      readonly path: Path;
      /** Every statement of this end stands, and others beside them. In the stanzas of an update, others' statements are no modification. */
      readonly holds?: 'before' | 'after';
    }
  /** Only some stanzas of one end are there. */
  | { readonly kind: 'partial'; readonly found: Path; readonly missing: Path }
  /** A stanza of either end can't be read. */
  | ({ readonly kind: 'unreadable' } & Unreadable)
  /** No stanza of either end is there, although neither end is nothing. */
  | { readonly kind: 'absent' };

/** Whether the router carries `before`, so that there is nothing to revert. Somebody may have added to it since. */
export function isBefore(presence: Presence): boolean {
  const { kind } = presence;
  return kind === 'before' || kind === 'unchanged' || holds(presence, 'before');
}

/** Whether every statement of one end stands, although the stanzas have others, too. */
export function holds(presence: Presence, end: 'before' | 'after'): boolean {
  return presence.kind === 'modified' && presence.holds === end;
}

/** Whether the router carries `after`, so that there is nothing to apply. */
export function isAfter({ kind }: Presence): boolean {
  return kind === 'after' || kind === 'unchanged';
}

/** Whether the change can be made from what the router carries. Of what a deletion is to remove, a part may be gone already. */
export function isToApply({ kind }: Presence, { after }: Change): boolean {
  return kind === 'before' || (kind === 'partial' && after === null);
}

/** Which end stands if the ends differ in nothing but secrets: a look can't tell, because it shows only the forms in which the router stores secrets. */
export type EndByHistory = () => 'before' | 'after';

export function presenceOf(
  running: readonly Statement[],
  { change, secrets, kept = false }: Pick<GatewayChange, 'change' | 'secrets' | 'kept'>,
  endByHistory: EndByHistory = () => 'before',
): Presence {
  // Reduces the tree first: the tree of a whole batch is too large to be searched for every path of every member.
  const own = pick(running, ownedBy(change));
  const { before, after } = change;
  if (before !== null && after !== null)
    return updatePresence(own, { before, after }, (forms) => {
      if (kept) return 'after';
      return forms !== undefined && forms === secrets ? 'before' : endByHistory();
    });
  const end = before ?? after;
  if (end === null) return { kind: 'unchanged' };
  const found = endPresence(own, end, secrets);
  if (found.kind === 'whole') return { ...found, kind: before === null ? 'after' : 'before' };
  if (found.kind === 'absent') return { kind: before === null ? 'before' : 'after' };
  if (found.kind !== 'modified') return found;
  const held = heldOf(own, { text: parse(end.create), without: [], owns: end.owns });
  const all = held.kind === 'whole' ? ({ holds: before === null ? 'after' : 'before' } as const) : {};
  // Whoever deletes a gateway wants to know what is in the way, not only where.
  const path = after === null ? strangeIn(own, end) : undefined;
  return { ...found, ...all, path: path ?? found.path };
}

/**
 * The first statement that stands there and that the gateway's text does not have. A statement with a secret is passed over: it may be a form of our
 * own.
 */
function strangeIn(own: readonly Statement[], { create }: RouterConfiguration): Path | undefined {
  const text = buildModel(parse(create));
  const written = new Set(leaves(text).map((leaf) => pathKey(pathOf(leaf))));
  const read = leaves(unscrambled(buildModel(own), text, [])).map(pathOf);
  return read.find((path) => !written.has(pathKey(path)) && !path.some(isStoredForm));
}

/**
 * What a look finds if neither end is nothing. It goes by statement: once a gateway stands, others have statements of their own in its stanzas.
 * Any form of a secret counts as ours. If the ends differ in nothing but secrets, the form that is known of `before` tells them apart, or else the
 * router's commit history.
 */
function updatePresence(
  own: readonly Statement[],
  change: { readonly before: RouterConfiguration; readonly after: RouterConfiguration },
  endOf: (forms: string | undefined) => 'before' | 'after',
): Presence {
  const [before, after] = [parse(change.before.create), parse(change.after.create)];
  const owns = ownedBy(change);
  const ofAfter = heldOf(own, { text: after, without: before, owns });
  if (ofAfter.kind === 'whole' && isUnchanged(change))
    return { kind: 'unchanged', ...digestIn(ofAfter.scrambled) };
  const ofBefore = heldOf(own, { text: before, without: after, owns });
  if (ofAfter.kind === 'whole') {
    const forms = digestIn(ofAfter.scrambled);
    if (ofBefore.kind !== 'whole') return { kind: 'after', ...forms };
    // The texts differ in their form only, for example in the order of statements. So there is nothing to load.
    if (same(before, after)) return { kind: 'unchanged', ...forms };
    return { kind: endOf(forms.secrets), ...forms };
  }
  if (ofBefore.kind === 'whole') return { kind: 'before', ...digestIn(ofBefore.scrambled) };
  const ends = [ofBefore, ofAfter];
  for (const end of ends) if (end.kind === 'changed') return { kind: 'modified', path: end.path };
  for (const end of ends) if (end.kind === 'partial') return end;
  return { kind: 'absent' };
}

function digestIn(scrambled: readonly Path[]): { readonly secrets?: string } {
  return scrambled.length === 0 ? {} : { secrets: digestOf(scrambled) };
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
  const compared = owns.map((owned) => ({ path: owned, ...comparePrinted(own, rendered, owned) }));
  const changed = compared.find(({ isSame }) => !isSame);
  if (changed !== undefined) return { kind: 'modified', path: changed.path };
  const withSecrets = compared.filter(({ scrambled }) => scrambled.length > 0);
  const [first] = withSecrets;
  if (first === undefined) return { kind: 'whole' };
  const digest = digestOf(withSecrets.flatMap(({ scrambled }) => scrambled));
  if (secrets !== undefined && digest !== secrets) return { kind: 'modified', path: first.path };
  return { kind: 'whole', secrets: digest };
}

/**
 * Digest of what a router has in place of secrets. A router's own form of a secret can be turned back into the secret, so only the digest is written
 * down.
 */
function digestOf(scrambled: readonly Path[]): string {
  const words = scrambled.map((path) => JSON.stringify(path)).sort();
  return `sha256:${createHash('sha256').update(words.join('\n')).digest('hex')}`;
}

/** The part of a tree that leads to these paths, and what is below them. */
export function pick(tree: readonly Statement[], paths: readonly Path[]): readonly Statement[] {
  return tree.flatMap((statement): Statement[] => {
    const { words, list, children } = statement;
    const through = paths.filter((path) => words.every((word, i) => i >= path.length || word === path[i]));
    if (through.length === 0) return [];
    if (through.some((path) => path.length <= words.length)) return [statement];
    const below = through.map((path) => path.slice(words.length));
    if (list !== undefined) {
      const named = list.filter((word) => below.some(([first]) => first === word));
      return named.length === 0 ? [] : [{ ...statement, list: named }];
    }
    if (children === undefined) return [statement];
    return [{ ...statement, children: pick(children, below) }];
  });
}
