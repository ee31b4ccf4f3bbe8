/**
 * What waits for what: a child for its parents, a parent for its children. A change waits for a change that registered earlier, or for one that may not have
 * registered yet:
 *
 * 1. A parent that does not stand yet. It waits for no child, because it has none.
 * 2. A newer version of a parent, which is to make the place where the child is to lie. It waits only for children that have registered.
 * 3. A child that is marked for deletion. It waits only for changes of its parents that have registered.
 *
 * Whoever waits has not registered. So two changes never wait for each other.
 */
import { oneLine } from '../gateway/display.ts';
import { provisioningIn } from '../gateway/jobs.ts';
import type { Awaited } from '../gateway/outcomes.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { childRanges, childrenOf } from './children.ts';
import type { Entry, EtcdClient, Reading, RangeTransaction } from './client.ts';
import { KEYS } from './keys.ts';
import { outsideOf } from './outside.ts';
import { awaitedOf, isUnderWay, relativeKeys, relativeOf, parentFound } from './parents.ts';
import type { Relative } from './parents.ts';
import type { NewPlanRecord } from './plan-record.ts';

export type FamilyFound =
  /** What the registration compares. */
  | {
      readonly kind: 'clear';
      readonly unchanged: readonly Entry[];
      readonly quiet: NonNullable<RangeTransaction['quiet']>;
    }
  /**
   * `for`: what the gateway waits for. `entry`: its waiting key, as it was read. `unchanged`: the records by which it has to wait. `others`: ids of the
   * unfinished jobs that its first job depends on.
   */
  | {
      readonly kind: 'waits';
      readonly for: Awaited;
      readonly entry: Entry;
      readonly unchanged: readonly Entry[];
      readonly others: readonly string[];
    }
  | NoFamily;

export type NoFamily =
  /** A parent does not stand, and nobody is making it stand. `why`: the reason, in words that follow the parent's name. */
  | {
      readonly kind: 'parent absent';
      readonly parent: Pick<Awaited, 'gateway' | 'name'>;
      readonly why: string;
    }
  /** Children are in the way. `some`: some of them; `count`: how many there are. */
  | {
      readonly kind: 'children';
      readonly some: readonly Pick<Awaited, 'gateway' | 'name'>[];
      readonly count: number;
    };

export class FamilyCheck {
  /** Keys to be read together with the gateway's own records. */
  readonly keys: readonly string[];
  readonly ranges: ReturnType<typeof childRanges>;
  readonly #plan: Pick<NewPlanRecord, 'gateway' | 'action' | 'routers'>;
  readonly #parents: readonly GatewayRef[];

  constructor({
    gateway,
    action,
    routers,
    parents = [],
  }: Pick<NewPlanRecord, 'gateway' | 'action' | 'routers' | 'parents'>) {
    this.#plan = { gateway, action, routers };
    this.#parents = parents;
    this.keys = parents.flatMap((parent) => [...relativeKeys(parent), KEYS.waiting(parent, gateway)]);
    // A gateway that does not stand yet has no children.
    this.ranges = action === 'create' ? [] : childRanges(gateway, action === 'delete');
  }

  /** `found`: what was read; its first ranges are those of the family. */
  async check(client: EtcdClient, operation: string, found: Reading): Promise<FamilyFound> {
    const { gateway, action } = this.#plan;
    const isDeletion = action === 'delete';
    const parents = this.#parents.map((parent) => relativeOf(parent, found));
    let waits: FamilyFound | undefined;
    for (const parent of parents) {
      const outcome = parentFound(parent, isDeletion);
      const { name } = parent;
      if (outcome.kind === 'absent')
        return {
          kind: 'parent absent',
          parent: { gateway: parent.gateway, ...(name !== undefined && { name }) },
          why: outcome.why,
        };
      if (outcome.kind === 'waits')
        waits ??= {
          kind: 'waits',
          for: outcome.for,
          entry: found.entryOf(KEYS.waiting(parent.gateway, gateway)),
          unchanged: parent.entries,
          others: parents.flatMap(provisioningOf),
        };
    }
    const outside = waits === undefined && !isDeletion ? outsideOf(this.#plan, parents) : undefined;
    if (outside !== undefined) {
      const { parent, stanza, version } = outside;
      const { name } = parent;
      // If the parent's configuration has a version without an outcome, the child waits, and looks again once that version has one. Otherwise nobody is
      // making a place for the stanza.
      if ((parent.state?.version ?? -1) >= (parent.version ?? 0))
        return {
          kind: 'parent absent',
          parent: { gateway: parent.gateway, ...(name !== undefined && { name }) },
          why: `stands by version ${version}, which has no place for "${oneLine(stanza.join(' '))}"`,
        };
      waits = {
        kind: 'waits',
        for: awaitedOf(parent, 'asked for'),
        entry: found.entryOf(KEYS.waiting(parent.gateway, gateway)),
        unchanged: parent.entries,
        others: [],
      };
    }
    if (waits !== undefined) return waits;
    const quiet = this.ranges.map(({ from, to }) => ({ from, to, since: found.revision }));
    if (this.ranges.length > 0 && (found.under[0] ?? []).length > 0) {
      const children = await childrenOf(client, operation, gateway, isDeletion);
      if (children.kind === 'children') return children;
      if (children.kind === 'waits') {
        const { for: awaited, child, jobs: others } = children;
        const [entry] = await client.read(operation, [KEYS.waiting(child.gateway, gateway)] as const);
        return { kind: 'waits', for: awaited, entry, unchanged: child.entries, others };
      }
    }
    return { kind: 'clear', unchanged: parents.flatMap(({ entries }) => entries.slice(-1)), quiet };
  }
}

/** The unfinished job that puts a gateway on its routers. The jobs of its children depend on it. */
function provisioningOf(parent: Relative): readonly string[] {
  if (!isUnderWay(parent)) return [];
  const { action, jobs } = parent.record;
  const id = provisioningIn(action, jobs);
  return id === undefined ? [] : [id];
}
