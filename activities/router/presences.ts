/** What a router carries of several changes. Text that can't be read concerns only the change whose stanza it is. */
import { ownedBy } from '../../gateway/change.ts';
import type { Change } from '../../gateway/change.ts';
import { parse } from '../../junos/parse.ts';
import type { Path, Statement } from '../../junos/tree.ts';
import { without } from '../../junos/without.ts';
import { pick, presenceOf } from './presence.ts';
import type { GatewayChange, Presence } from './presence.ts';
import { unreadableIn } from './running.ts';
import type { RunningConfiguration } from './running.ts';

export type Presences = ReadonlyMap<GatewayChange, Presence>;

/** The presence of each change. `othersIn`: what others have claimed inside the stanzas of a change. */
export function presencesIn(
  running: RunningConfiguration,
  changes: readonly GatewayChange[],
  endByHistory: (change: GatewayChange) => 'before' | 'after',
  othersIn: (change: GatewayChange) => readonly Path[] = () => [],
): Presences {
  return new Map(
    changes.map((one): [GatewayChange, Presence] => {
      const unread = unreadableIn(running, ownedBy(one.change));
      if (unread !== undefined) return [one, { kind: 'unreadable', ...unread }];
      const own = withoutOthers(running.tree, one, othersIn(one));
      return [one, presenceOf(own, one, () => endByHistory(one))];
    }),
  );
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
  const owned = ownedBy(change);
  const isUnread = unreadableIn(running, owned) !== undefined;
  return pick(isUnread ? parse(change.before?.create ?? '') : running.tree, owned);
}
