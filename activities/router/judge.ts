/**
 * Judges what came of a load: which change has made each line of the candidate's diff, and which changes a refusal names. A line belongs to the
 * innermost claim that it lies in, whether the gateway with that claim is loaded or not.
 */
import { ownedBy } from '../../gateway/change.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { pathKey } from '../../junos/select.ts';
import type { Path } from '../../junos/tree.ts';
import { DiffError, describeChange, readDiff } from '../../netconf/diff.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import type { Done, Outcome } from '../../netconf/operation.ts';
import type { Session } from '../../netconf/session.ts';
import { RefusedError, refusalIn } from '../refused.ts';
import { claimedBy, innermostIn, NO_FAMILY } from './family.ts';
import type { Claimed } from './family.ts';
import type { GatewayChange } from './presence.ts';

/** Whether the router checks what is loaded, and whether the check has to reach its other routing engine, where it is synchronized. */
export type CandidateCheck = 'unchecked' | 'checked' | 'checked on every engine';

/** Whether a router accepts several changes in its candidate. */
export type LoadResult<T> =
  | { readonly kind: 'accepted' }
  /** The refusal names these. */
  | { readonly kind: 'refused'; readonly culprits: ReadonlyMap<T, Error> }
  /** The refusal names none of them. */
  | { readonly kind: 'unclear'; readonly error: Error };

export interface Loaded<T> {
  readonly items: readonly T[];
  /** In the order sent. */
  readonly loads: readonly { readonly item: T; readonly outcome: Outcome<Done> }[];
  /** The candidate compared with the running configuration. */
  readonly diff: Outcome<string>;
  readonly check: Outcome<Done> | undefined;
}

/** Throws any error that is not the router's refusal. `session`: after the load. `claimed`: all that is claimed there. */
export function loadResultOf<T extends GatewayChange>(
  session: Pick<Session, 'isOpen'>,
  { items, loads, diff, check }: Loaded<T>,
  claimed: readonly Claimed[] = [],
): LoadResult<T> {
  const refusalOf = (error: unknown): Error => {
    const refusal = refusalIn(error, session);
    if (refusal === undefined) throw error;
    return refusal;
  };
  const culprits = new Map<T, Error>();
  // Of each item only the first failed load counts. If any load failed, the diff and the check mean nothing and are not read.
  for (const { item, outcome } of loads) {
    if (outcome.kind === 'done' || culprits.has(item)) continue;
    culprits.set(item, refusalOf(outcome.error));
  }
  if (culprits.size > 0) return { kind: 'refused', culprits };
  if (diff.kind === 'failed') return { kind: 'unclear', error: refusalOf(diff.error) };
  const compared = compare(items, diff.value, claimed);
  if (compared.kind !== 'accepted') return compared;
  if (check === undefined || check.kind === 'done') return { kind: 'accepted' };
  const error = refusalOf(check.error);
  return error instanceof RpcFailedError ? blame(items, error, claimed) : { kind: 'unclear', error };
}

/** The changes that a refusal names by its paths. */
export function blame<T extends GatewayChange>(
  items: readonly T[],
  error: RpcFailedError,
  claimed: readonly Claimed[] = [],
): LoadResult<T> {
  const stanzaOf = innermostIn(withThose(items, claimed));
  const named = error.errors.map(({ path }) => pathOf(path)).filter((path) => path !== undefined);
  const stanzas = named.map(stanzaOf);
  const culprits = items.filter((item) => {
    const own = stanzasOf(item);
    return stanzas.some((stanza) => own.has(stanza));
  });
  if (culprits.length === 0) return { kind: 'unclear', error };
  return { kind: 'refused', culprits: new Map(culprits.map((item) => [item, error])) };
}

/** The path in a text like `[edit interfaces ae0 unit 5]`. `undefined`: the text has another form. */
function pathOf(text: string | undefined): Path | undefined {
  const words = /^\[edit (.+)\]$/s.exec(text?.trim() ?? '')?.[1];
  return words?.match(/"[^"]*"|\S+/g)?.map((word) => word.replace(/^"(.*)"$/, '$1'));
}

/** The candidate's diff may touch only what the changes own, and each change must show in it. */
function compare<T extends GatewayChange>(
  items: readonly T[],
  text: string,
  claimed: readonly Claimed[],
): LoadResult<T> {
  const read = judge(items, text, claimed);
  if (read.kind !== 'judged') return read;
  const missing = items.filter((item) => !read.shown.includes(item));
  if (missing.length === 0) return { kind: 'accepted' };
  return { kind: 'refused', culprits: new Map(missing.map((item) => [item, unexpected(item, 'nothing')])) };
}

/** Those of the changes that show in a candidate's diff; none if the diff shows anything else. */
export function touchedBy<T extends GatewayChange>(
  items: readonly T[],
  text: string,
  claimed: readonly Claimed[] = [],
): readonly T[] {
  const read = judge(items, text, claimed);
  return read.kind === 'judged' ? read.shown : [];
}

type Judged<T> =
  | { readonly kind: 'judged'; readonly shown: readonly T[] }
  | Exclude<LoadResult<T>, { readonly kind: 'accepted' }>;

/**
 * The candidate's diff may touch only what the changes own. A change shows in it as additions if it creates configuration, as removals if it
 * removes configuration.
 */
function judge<T extends GatewayChange>(
  items: readonly T[],
  text: string,
  claimed: readonly Claimed[],
): Judged<T> {
  let lines: ReturnType<typeof readDiff>;
  try {
    lines = readDiff(text);
  } catch (error) {
    if (!(error instanceof DiffError)) throw error;
    return { kind: 'unclear', error: unexpected(items[0], `what can't be read (${error.message})`) };
  }
  const stanzaOf = innermostIn(withThose(items, claimed));
  const loaded = new Set(items.flatMap((item) => [...stanzasOf(item)]));
  const placed = lines.map((line) => ({ line, stanza: stanzaOf(line.path) }));
  const strange = placed.find(({ stanza }) => !loaded.has(stanza));
  if (strange !== undefined)
    return { kind: 'unclear', error: unexpected(items[0], `"${describeChange(strange.line)}"`) };
  const culprits = new Map<T, Error>();
  const shown = items.filter((item) => {
    const sign = signOf(item);
    const stanzas = stanzasOf(item);
    const own = placed.filter(({ stanza }) => stanzas.has(stanza));
    const wrong = sign === null ? undefined : own.find(({ line }) => line.sign !== sign);
    if (wrong !== undefined) culprits.set(item, unexpected(item, `"${describeChange(wrong.line)}"`));
    return own.length > 0;
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

function withThose(items: readonly GatewayChange[], claimed: readonly Claimed[]): readonly Claimed[] {
  return [...claimedBy(items, NO_FAMILY), ...claimed];
}

function stanzasOf({ change }: GatewayChange): ReadonlySet<string | undefined> {
  return new Set(ownedBy(change).map(pathKey));
}
