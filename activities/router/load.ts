/**
 * Loads changes into a router's candidate, and finds the changes that the router refuses. A router usually accepts a whole batch at once. A
 * refused change is found by the path that the refusal names, or else by halving the batch: to find one among 64 takes seven more checks.
 */
import { isUnchanged, ownedBy } from '../../gateway/change.ts';
import type { Change } from '../../gateway/change.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { edits } from '../../junos/edits.ts';
import { parse } from '../../junos/parse.ts';
import type { Path, Statement } from '../../junos/tree.ts';
import { DiffError, describeChange, outside, readDiff } from '../../netconf/diff.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { unwrap } from '../../netconf/operation.ts';
import type { Done, Operation, Outcome } from '../../netconf/operation.ts';
import { loadSet, loadText } from '../../netconf/operations.ts';
import { RefusedError } from '../refused.ts';
import type { GatewayChange } from './presence.ts';
import type { Revealer } from './secrets.ts';

/** Whether a router accepts several changes in its candidate. */
export type LoadResult<T> =
  | { readonly kind: 'accepted' }
  /** The refusal names these. */
  | { readonly kind: 'refused'; readonly culprits: ReadonlyMap<T, Error> }
  /** The refusal names none of them. */
  | { readonly kind: 'unclear'; readonly error: Error };

/**
 * Operations that bring a candidate from `before` to `after`. `standing`: what the router carries in the stanzas of both ends. If both ends are
 * something, it is edited in place, statement by statement. `reveal`: puts secrets in place of placeholders.
 */
export function loadsOf(
  { before, after }: Change,
  standing: () => readonly Statement[],
  reveal: (text: string) => string = (text) => text,
): readonly Operation<Done>[] {
  if (isUnchanged({ before, after })) return [];
  if (after === null) return before === null ? [] : [loadSet(before.remove)];
  const { create, arrange } = after;
  if (before === null)
    return [loadText(reveal(create)), ...(arrange.length === 0 ? [] : [loadSet(arrange.map(reveal))])];
  const commands = edits({
    base: parse(before.create),
    target: parse(create),
    standing: standing(),
    owns: ownedBy({ before, after }),
    arrange,
  });
  return commands.length === 0 ? [] : [loadSet(commands.map(reveal))];
}

/** What goes is loaded before what changes, and that before what is new: a stanza that goes may stand in the way of a new one. */
export function inLoadOrder<T extends GatewayChange>(items: readonly T[]): readonly T[] {
  const order = ({ change: { before, after } }: T) => (after === null ? 0 : before === null ? 2 : 1);
  return items.toSorted((one, other) => order(one) - order(other));
}

/**
 * The operations that load these changes, in load order, with their secrets. What can't be loaded, because its secrets are gone, is told with the
 * reason.
 */
export function loadsInOrder<T extends GatewayChange>(
  items: readonly T[],
  standing: (item: T) => readonly Statement[],
  revealerOf: (gateway: GatewayRef) => Revealer,
): {
  readonly loads: readonly { readonly item: T; readonly load: Operation<Done> }[];
  readonly withoutSecrets: ReadonlyMap<T, Error>;
} {
  const withoutSecrets = new Map<T, Error>();
  const loads = inLoadOrder(items).flatMap((item) => {
    try {
      const { reveal } = revealerOf(item.gateway);
      return loadsOf(item.change, () => standing(item), reveal).map((load) => ({ item, load }));
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      withoutSecrets.set(item, error);
      return [];
    }
  });
  return { loads, withoutSecrets };
}

export interface Loaded<T> {
  readonly items: readonly T[];
  /** In the order sent. */
  readonly loads: readonly { readonly item: T; readonly outcome: Outcome<Done> }[];
  /** The candidate compared with the running configuration. */
  readonly diff: Outcome<string>;
  readonly check: Outcome<Done> | undefined;
}

/** Throws any error that is not the router's refusal. */
export function loadResultOf<T extends GatewayChange>({
  items,
  loads,
  diff,
  check,
}: Loaded<T>): LoadResult<T> {
  const culprits = new Map<T, Error>();
  // Of each item only the first failed load counts. If any load failed, the diff and the check mean nothing and are not read.
  for (const { item, outcome } of loads) {
    if (outcome.kind === 'done' || culprits.has(item)) continue;
    if (!(outcome.error instanceof RpcFailedError)) throw outcome.error;
    culprits.set(item, outcome.error);
  }
  if (culprits.size > 0) return { kind: 'refused', culprits };
  const compared = compare(items, unwrap(diff));
  if (compared.kind !== 'accepted') return compared;
  if (check === undefined || check.kind === 'done') return { kind: 'accepted' };
  if (!(check.error instanceof RpcFailedError)) throw check.error;
  return blame(items, check.error);
}

/** The changes that a refusal names by its paths. */
export function blame<T extends GatewayChange>(items: readonly T[], error: RpcFailedError): LoadResult<T> {
  const named = error.errors.map(({ path }) => pathOf(path)).filter((path) => path !== undefined);
  const culprits = items.filter(({ change }) =>
    named.some((path) => ownedBy(change).some((own) => own.every((word, i) => path[i] === word))),
  );
  if (culprits.length === 0) return { kind: 'unclear', error };
  return { kind: 'refused', culprits: new Map(culprits.map((item) => [item, error])) };
}

/** The path in a text like `[edit interfaces ae0 unit 5]`. `undefined`: the text has another form. */
function pathOf(text: string | undefined): Path | undefined {
  const words = /^\[edit (.+)\]$/s.exec(text?.trim() ?? '')?.[1];
  return words?.match(/"[^"]*"|\S+/g)?.map((word) => word.replace(/^"(.*)"$/, '$1'));
}

/** The candidate's diff may touch only what the changes own, and each change must show in it. */
function compare<T extends GatewayChange>(items: readonly T[], text: string): LoadResult<T> {
  const read = judge(items, text);
  if (read.kind !== 'judged') return read;
  const missing = items.filter((item) => !read.shown.includes(item));
  if (missing.length === 0) return { kind: 'accepted' };
  return { kind: 'refused', culprits: new Map(missing.map((item) => [item, unexpected(item, 'nothing')])) };
}

/** Those of the changes that show in a candidate's diff; none if the diff shows anything else. */
export function touchedBy<T extends GatewayChange>(items: readonly T[], text: string): readonly T[] {
  const read = judge(items, text);
  return read.kind === 'judged' ? read.shown : [];
}

type Judged<T> =
  | { readonly kind: 'judged'; readonly shown: readonly T[] }
  | Exclude<LoadResult<T>, { readonly kind: 'accepted' }>;

/**
 * The candidate's diff may touch only what the changes own. A change shows in it as additions if it creates configuration, as removals if it
 * removes configuration.
 */
function judge<T extends GatewayChange>(items: readonly T[], text: string): Judged<T> {
  let lines: ReturnType<typeof readDiff>;
  try {
    lines = readDiff(text);
  } catch (error) {
    if (!(error instanceof DiffError)) throw error;
    return { kind: 'unclear', error: unexpected(items[0], `what can't be read (${error.message})`) };
  }
  const [strange] = outside(
    lines,
    items.flatMap(({ change }) => ownedBy(change)),
  );
  if (strange !== undefined)
    return { kind: 'unclear', error: unexpected(items[0], `"${describeChange(strange)}"`) };
  const culprits = new Map<T, Error>();
  const shown = items.filter((item) => {
    const sign = signOf(item);
    const within = lines.filter((line) => outside([line], ownedBy(item.change)).length === 0);
    const wrong = sign === null ? undefined : within.find((line) => line.sign !== sign);
    if (wrong !== undefined) culprits.set(item, unexpected(item, `"${describeChange(wrong)}"`));
    return within.length > 0;
  });
  return culprits.size === 0 ? { kind: 'judged', shown } : { kind: 'refused', culprits };
}

/** The sign of the lines that a change makes in a diff. `null`: it may have any. */
function signOf({ change }: GatewayChange): '+' | '-' | null {
  if (change.after === null) return '-';
  return change.before === null ? '+' : null;
}

function unexpected(item: GatewayChange | undefined, got: string): RefusedError {
  const sign = item === undefined ? '+' : signOf(item);
  const way = sign === null ? 'changes of' : sign === '+' ? 'additions to' : 'removals from';
  const message = `the candidate's diff: expected ${way} what the gateway owns, got ${got}`;
  return new RefusedError(FAILURES.OutsideOwnership, message);
}

export interface Separated<T> {
  /** The items that were loaded together last, and were accepted. */
  readonly accepted: readonly T[];
  readonly refused: ReadonlyMap<T, Error>;
}

/** Finds the items that a router accepts together. `load` puts its items, and nothing else, into the candidate. */
export async function separate<T>(
  items: readonly T[],
  load: (items: readonly T[]) => Promise<LoadResult<T>>,
): Promise<Separated<T>> {
  const refused = new Map<T, Error>();
  let left = items;
  let halved = false;
  while (left.length > 0) {
    const result = await load(left);
    if (result.kind === 'accepted') break;
    // If the configuration that stands on the router fails the check by itself, halving would blame every item, one after the other. So
    // before a batch is halved a second time, the empty candidate is checked.
    const empty = halved && result.kind === 'unclear' ? await load([]) : result;
    if (halved && empty.kind === 'unclear') {
      return {
        accepted: [],
        refused: new Map(items.map((item) => [item, refused.get(item) ?? empty.error])),
      };
    }
    halved ||= result.kind === 'unclear';
    const culprits = result.kind === 'refused' ? result.culprits : await halve(left, result.error, load);
    for (const [item, error] of culprits) refused.set(item, error);
    left = left.filter((item) => !refused.has(item));
  }
  return { accepted: left, refused };
}

/** Finds at least one item that makes the load fail, after the router has refused these items together without naming any of them. */
async function halve<T>(
  items: readonly T[],
  failure: Error,
  load: (items: readonly T[]) => Promise<LoadResult<T>>,
): Promise<ReadonlyMap<T, Error>> {
  let accepted: readonly T[] = [];
  let suspects = items;
  let error = failure;
  while (suspects.length > 1) {
    const half = suspects.slice(0, Math.ceil(suspects.length / 2));
    const result = await load([...accepted, ...half]);
    if (result.kind === 'refused') return result.culprits;
    if (result.kind === 'accepted') {
      accepted = [...accepted, ...half];
      suspects = suspects.slice(half.length);
    } else {
      suspects = half;
      error = result.error;
    }
  }
  return new Map(suspects.map((item) => [item, error]));
}
