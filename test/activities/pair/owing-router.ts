/** A router that owes changes, and what is done with it: no real router, but it refuses what a test says, and shows what was committed. */
import { payOwedChanges } from '../../../activities/pair/pay-owed-changes.ts';
import type { LoadResult } from '../../../activities/router/judge.ts';
import type { LockedRouter } from '../../../activities/router/locked-router.ts';
import type { Presence } from '../../../activities/router/presence.ts';
import type { OweRefusal } from '../../../etcd/plan-record.ts';
import type { Fence } from '../../../etcd/pair-store.ts';
import type { Store } from '../../../etcd/store.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { ContentionError, RpcFailedError } from '../../../netconf/errors.ts';
import type { OwedChange } from '../../../pair/router-record.ts';
import { configurationOf, ROUTER_IDS, seenRouter } from './seen-routers.ts';
import type { Shown } from './seen-routers.ts';

const fence: Fence = { reservation: 'r.9', routers: [...ROUTER_IDS], token: 3 };
const PEER = { id: 'MX-1', host: 'h', port: 830 };
export const REFUSAL = new RpcFailedError(PEER, 'check', {
  errors: [{ severity: 'error', message: 'referred to\nby x' }],
  warnings: [],
});
export const CONTENTION = new ContentionError(PEER, 'commit', { severity: 'error', message: 'in use' });

/** What a router owes of a gateway: by its name, `g`. Without `deletion`: the inverse of a creation. */
export function owedOf(resourceId: string, deletion?: OwedChange['deletion']): OwedChange {
  const gateway = { resourceType: 'vpn_gateway', resourceId, version: 1 };
  const change = { before: configurationOf(), after: null };
  return { gateway, role: 'primary', change, since: '', reason: '', ...(deletion && { deletion }) };
}
const nameOf = ({ gateway: { resourceId } }: OwedChange) => resourceId;

export interface Scenario {
  /** What stands of each owed change; `before` if nothing is said. */
  readonly stands?: Readonly<Record<string, Presence>>;
  /** What stands of what was committed: the next look shows it. */
  readonly afterCommit?: Presence;
  readonly pending?: Shown['pending'];
  /** The router refuses to load or to commit these, or any commit. `synchronized`: only along with its other engine. */
  readonly refuses?: {
    readonly why?: Error;
    readonly load?: readonly string[];
    readonly commit?: Error;
    readonly synchronized?: true;
  };
  readonly isSynchronized?: boolean;
  readonly decides?: 'decides' | 'forgotten' | undefined;
  readonly void?: 'decision' | 'given up' | 'paid' | 'permit';
}

/** Pays what the router owes. Resolves to what was done, in its order; `says`: why a deletion was given up. */
export async function paying(owedChanges: readonly OwedChange[], scenario: Scenario) {
  const {
    stands = {},
    afterCommit = { kind: 'after' },
    pending,
    refuses = {},
    isSynchronized = false,
  } = scenario;
  const done: string[] = [];
  const says: OweRefusal[] = [];
  const made = new Map<OwedChange, Presence>();
  let candidate: readonly OwedChange[] = [];
  let committed: readonly OwedChange[] = [];
  let goesAlong = isSynchronized;
  const isRefused = () => refuses.synchronized === undefined || goesAlong;
  const seen = seenRouter('id-1', { record: { owedChanges }, ...(pending && { pending }) });
  const reader = { reservation: 'r.9', policy: DEFAULT_POLICY };
  const router = {
    session: { ...seen.session, reader },
    look: { ...seen.look, confirmations: () => [] },
    presence: (owed: OwedChange) => made.get(owed) ?? stands[nameOf(owed)] ?? { kind: 'before' },
    get isSynchronized() {
      return goesAlong;
    },
    load: async (some: readonly OwedChange[], how: string): Promise<LoadResult<OwedChange>> => {
      done.push(`load ${how} ${some.map(nameOf).join(' ')}`);
      const culprits = some.filter((one) => isRefused() && refuses.load?.includes(nameOf(one)));
      if (culprits.length > 0)
        return { kind: 'refused', culprits: new Map(culprits.map((one) => [one, refuses.why ?? REFUSAL])) };
      candidate = some;
      return { kind: 'accepted' };
    },
    act: async (operation: unknown) => {
      const [log] = /gateway-saga reservation [^"]*/.exec(JSON.stringify(operation)) ?? [];
      done.push(String(log).replace('gateway-saga reservation r.9 ', ''));
      if (refuses.commit !== undefined && isRefused()) throw refuses.commit;
      committed = candidate;
    },
    onOneEngine: async (work: () => Promise<unknown>) => {
      done.push('on one engine');
      goesAlong = false;
      return work().finally(() => (goesAlong = isSynchronized));
    },
    discard: async () => void (candidate = []),
    lookAgain: async () => {
      done.push('look');
      for (const one of committed) made.set(one, afterCommit);
      if (committed.length > 0) router.look.pending = { kind: 'none' };
    },
  };
  const answer = (what: NonNullable<Scenario['void']>) => scenario.void !== what;
  const store = {
    permitCommit: async (_: Fence, ids: readonly string[]) =>
      done.push(`permit ${ids.join(' ')}`) > 0 && answer('permit'),
    payOwedChange: async (_: Fence, id: string, owed: OwedChange) =>
      done.push(`paid ${id} ${nameOf(owed)}`) > 0 && answer('paid'),
    lookAtDecision: async (_: Fence, id: string, owed: OwedChange) => {
      done.push(`decision ${id} ${nameOf(owed)}`);
      return answer('decision') ? (scenario.decides ?? 'decides') : undefined;
    },
    giveUpOwedDeletion: async (_: Fence, id: string, owed: OwedChange, why: OweRefusal) => {
      says.push(why);
      return done.push(`given up ${id} ${nameOf(owed)}`) > 0 && answer('given up');
    },
  };
  let error: unknown;
  await payOwedChanges(store as unknown as Store, fence, router as unknown as LockedRouter).catch(
    (thrown: unknown) => (error = thrown),
  );
  return { done, says, error };
}
