/** What a router carries of several changes. Text that can't be read concerns only the change whose stanza it is. */
import { ownedBy } from '../../gateway/change.ts';
import type { Change } from '../../gateway/change.ts';
import { parse } from '../../junos/parse.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Path, Statement } from '../../junos/tree.ts';
import { without } from '../../junos/without.ts';
import { describePath } from '../../netconf/diff.ts';
import { DamagedTextError } from '../../netconf/errors.ts';
import { unwrap } from '../../netconf/operation.ts';
import type { Outcome } from '../../netconf/operation.ts';
import type { Session } from '../../netconf/session.ts';
import { runningAt } from './lock.ts';
import { pick, presenceOf } from './presence.ts';
import type { GatewayChange, Presence } from './presence.ts';

export type Presences = ReadonlyMap<GatewayChange, Presence>;

/** What a router printed, or why it can't be read. */
export type RunningConfiguration = readonly Statement[] | JunosSyntaxError;

/**
 * The presence of each change, in the text that the router printed for all of them together. If that can't be read, the router is asked again
 * for each change alone. Under its lock nothing can come between but a fall-back, and the next look shows that. `othersIn`: what others have claimed
 * inside the stanzas of a change.
 */
export async function readPresences(
  netconf: Session,
  changes: readonly GatewayChange[],
  tree: RunningConfiguration,
  endByHistory: (change: GatewayChange) => 'before' | 'after',
  othersIn: (change: GatewayChange) => readonly Path[] = () => [],
): Promise<Presences> {
  const judged = (own: readonly Statement[], one: GatewayChange) =>
    presenceOf(withoutOthers(own, one, othersIn(one)), one, () => endByHistory(one));
  if (!(tree instanceof JunosSyntaxError)) return new Map(changes.map((one) => [one, judged(tree, one)]));
  const texts = await netconf.pipeline(changes.map(({ change }) => runningAt(ownedBy(change))));
  const found = changes.map(async (one, index): Promise<[GatewayChange, Presence]> => {
    const own = readRunning(texts[index] as (typeof texts)[number]);
    if (!(own instanceof JunosSyntaxError)) return [one, judged(own, one)];
    return [one, { kind: 'unreadable', path: await unreadablePath(netconf, one), why: own.message }];
  });
  return new Map(await Promise.all(found));
}

/** What stands in the stanzas of a change, without what others have claimed inside them. */
function withoutOthers(
  tree: readonly Statement[],
  { change }: GatewayChange,
  others: readonly Path[],
): readonly Statement[] {
  if (others.length === 0) return tree;
  const texts = [change.before, change.after].flatMap((end) => (end === null ? [] : parse(end.create)));
  return without(pick(tree, ownedBy(change)), others, texts);
}

/** What the router carries in the stanzas of a change. If that can't be read, `before` is taken for it. */
export function standingIn(running: RunningConfiguration, change: Change): readonly Statement[] {
  const tree = running instanceof JunosSyntaxError ? parse(change.before?.create ?? '') : running;
  return pick(tree, ownedBy(change));
}

/** In words for a person: the stanza, and why it can't be read. */
export function describeUnreadable({
  path,
  why,
}: Extract<Presence, { readonly kind: 'unreadable' }>): string {
  return `"${describePath(path)}" can't be read (${why})`;
}

/** The first stanza of a change that can't be read by itself. */
async function unreadablePath(netconf: Session, { change }: GatewayChange): Promise<Path> {
  const paths = ownedBy(change);
  const texts = await netconf.pipeline(paths.map((path) => runningAt([path])));
  const index = texts.findIndex((text) => readRunning(text) instanceof JunosSyntaxError);
  return paths[Math.max(index, 0)] ?? [];
}

/**
 * Configuration text that a router printed. If the text can't be read, the error is a value, because the text is the router's. Throws any other error
 * of the request.
 */
export function readRunning(printed: Outcome<string>): RunningConfiguration {
  try {
    return parse(unwrap(printed), { by: 'router' });
  } catch (error) {
    if (error instanceof JunosSyntaxError) return error;
    if (error instanceof DamagedTextError) return new JunosSyntaxError(error, error.expected, error.got);
    throw error;
  }
}
