/** What is loaded into a candidate for a gateway, and what becomes of it. */
import { FAILURES } from '../../gateway/failures.ts';
import type { Path } from '../../junos/tree.ts';
import { describeChange, outside, readDiff } from '../../netconf/diff.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import type { Done, Operation } from '../../netconf/operation.ts';
import { loadSet, loadText } from '../../netconf/operations.ts';
import { unwrap } from '../../netconf/outcome.ts';
import type { Outcome } from '../../netconf/outcome.ts';
import { RefusedError } from '../refused.ts';
import type { LoadResult } from './separate.ts';
import type { Stanzas } from './presence.ts';

/** Added, or taken away. */
export type Way = '+' | '-';

export function loadsOf({ configuration }: Stanzas, way: Way): readonly Operation<Done>[] {
  const { create, arrange, remove } = configuration;
  if (way === '-') return [loadSet(remove)];
  return [loadText(create, 'merge'), ...(arrange.length === 0 ? [] : [loadSet(arrange)])];
}

export interface Tried<T> {
  readonly way: Way;
  readonly items: readonly T[];
  readonly loaded: readonly { readonly item: T; readonly outcome: Outcome<Done> }[];
  readonly diff: Outcome<string>;
  readonly check: Outcome<Done> | undefined;
}

/** Throws what is not the router's refusal. */
export function loadResultOf<T extends Stanzas>({ way, items, loaded, diff, check }: Tried<T>): LoadResult<T> {
  const culprits = new Map<T, Error>();
  // In the order sent: what a failed load leaves makes the later replies meaningless.
  for (const { item, outcome } of loaded) {
    if (outcome.kind === 'done' || culprits.has(item)) continue;
    if (!(outcome.error instanceof RpcFailedError)) throw outcome.error;
    culprits.set(item, outcome.error);
  }
  if (culprits.size > 0) return { kind: 'bad', culprits };
  const strange = judgeDiff(way, items, unwrap(diff));
  if (strange.kind !== 'good') return strange;
  if (check === undefined || check.kind === 'done') return { kind: 'good' };
  if (!(check.error instanceof RpcFailedError)) throw check.error;
  return blamed(items, check.error);
}

/** Whom a refusal names by its paths, or by nothing. */
export function blamed<T extends Stanzas>(items: readonly T[], error: RpcFailedError): LoadResult<T> {
  const named = error.errors.map(({ path }) => pathOf(path)).filter((path) => path !== undefined);
  const culprits = items.filter(({ configuration }) =>
    named.some((path) => configuration.owns.some((own) => own.every((word, i) => path[i] === word))),
  );
  if (culprits.length === 0) return { kind: 'unclear', error };
  return { kind: 'bad', culprits: new Map(culprits.map((item) => [item, error])) };
}

/** Of `[edit interfaces ae0 unit 5]`; a standard router's XPath names nobody here. */
function pathOf(text: string | undefined): Path | undefined {
  const words = /^\[edit (.+)\]$/s.exec(text?.trim() ?? '')?.[1];
  return words?.match(/"[^"]*"|\S+/g)?.map((word) => word.replace(/^"(.*)"$/, '$1'));
}

function judgeDiff<T extends Stanzas>(way: Way, items: readonly T[], text: string): LoadResult<T> {
  const changes = readDiff(text);
  const refused = (what: string) =>
    new RefusedError(
      FAILURES.OutsideOwnership,
      `the candidate's diff: expected ${way === '+' ? 'additions to' : 'removals from'} what the gateway owns, got ${what}`,
    );
  const owned = items.flatMap(({ configuration }) => configuration.owns);
  const [strange] = [...outside(changes, owned), ...changes.filter(({ sign }) => sign !== way)];
  if (strange !== undefined && outside([strange], owned).length > 0)
    return { kind: 'unclear', error: refused(`"${describeChange(strange)}"`) };
  const culprits = items.flatMap((item): [T, Error][] => {
    const within = changes.filter((change) => outside([change], item.configuration.owns).length === 0);
    const wrong = within.find(({ sign }) => sign !== way);
    if (wrong !== undefined) return [[item, refused(`"${describeChange(wrong)}"`)]];
    return within.length === 0 ? [[item, refused('nothing')]] : [];
  });
  return culprits.length === 0 ? { kind: 'good' } : { kind: 'bad', culprits: new Map(culprits) };
}
