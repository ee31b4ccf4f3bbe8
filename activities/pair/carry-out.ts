/**
 * Carries out verdicts on both routers, under both locks. A router that refuses a revert takes the whole trial back ("refused revert", T11).
 * That changes what becomes of the other members, so what is left to do is planned again.
 */
import { FAILURES } from '../../gateway/failures.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { Fence } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import { NotNowError } from '../refused.ts';
import type { LoadResult } from '../router/judge.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { isBefore } from '../router/presence.ts';
import { isOnTrial, settleRouter } from '../router/settle-router.ts';
import { reasonOn, stillUnreadable } from './conflicts.ts';
import { changesOn, inverse, isOursOn } from './members.ts';
import type { PlannedMember, RouterChange } from './members.ts';
import { planSettle } from './settle-plan.ts';
import type { RouterView, SettlePlan } from './settle-plan.ts';

export interface Verdicts {
  readonly toConfirm: readonly PlannedMember[];
  readonly toRevert: readonly PlannedMember[];
  /** Whether other members of the commit are kept already. */
  readonly hasFinal: boolean;
}

export interface CarriedOut {
  readonly fates: SettlePlan['fates'];
  /** Per router, in the order given: the members that it could not revert, and why. */
  readonly refused: readonly ReadonlyMap<PairMember, string>[];
}

/** What is to be done on one router in one round. */
interface Step {
  readonly router: LockedRouter;
  readonly refused: Map<PairMember, string>;
  readonly reverting: readonly RouterChange[];
  readonly changes: readonly RouterChange[];
}

export async function carryOut(
  store: Store,
  fence: Fence,
  routers: readonly LockedRouter[],
  { toConfirm, toRevert, hasFinal }: Verdicts,
): Promise<CarriedOut> {
  const all = [...toConfirm, ...toRevert];
  const refused = routers.map(() => new Map<PairMember, string>());
  /** Routers on which nothing was settled yet. */
  const open = new Set(routers);
  let plan: SettlePlan | undefined;
  for (let tookBack = false; plan === undefined || open.size > 0 || tookBack;) {
    const { fates, revert } = planSettle(
      routers.map((router) => viewOf(router, all)),
      toConfirm.map(({ member }) => member),
      toRevert.map(({ member }) => member),
      plan?.fates,
    );
    plan = { fates, revert };
    const keepsRest = hasFinal || [...fates.values()].some(({ kind }) => kind === 'kept');
    const steps = routers.flatMap((router, index): Step[] => {
      const known = refused[index] ?? new Map<PairMember, string>();
      const reverting = changesOn(all, router.session.id).filter(
        ({ member }) => revert[index]?.has(member) === true && !known.has(member),
      );
      if (reverting.length === 0 && !open.has(router)) return [];
      return [{ router, refused: known, reverting, changes: reverting.map(inverse) }];
    });
    const settled = await allSettledOrThrow(
      (await refusingFirst(steps)).map(async ({ loaded, router, changes, reverting, refused: known }) => {
        const trial = changesOn(
          all.filter((one) => isOursOn(router, one)),
          router.session.id,
        ).map(inverse);
        const options = { changes, trial, keepsRest, ...(loaded && { loaded }) };
        const done = await settleRouter(store, fence, router, options);
        for (const [{ member }, error] of done.refused)
          known.set(member, reasonOn(router.session.name, error));
        for (const [member, why] of stillUnreadable(router, reverting))
          if (!known.has(member)) known.set(member, why);
        for (const one of reverting)
          if (!known.has(one.member) && !isBefore(router.presence(one)))
            throw happened(router, one.member, 'came back');
        open.delete(router);
        return done.tookBack;
      }),
    );
    tookBack = settled.includes(true);
  }
  for (const router of routers) assertNotLost(router, all, plan.fates);
  return { fates: plan.fates, refused };
}

type LoadedStep = Step & { readonly loaded?: LoadResult<RouterChange> };

/**
 * Loads the inverse changes on both routers before either commits. If one router refuses its load, only that router goes on. The other one has
 * confirmed nothing yet: in the next round it reverts whatever the first one has taken back.
 */
async function refusingFirst(steps: readonly Step[]): Promise<readonly LoadedStep[]> {
  const loaded = await allSettledOrThrow(
    steps.map(async (step): Promise<LoadedStep> => {
      const { router, changes } = step;
      return changes.length === 0 ? step : { ...step, loaded: await router.load(changes, 'unchecked') };
    }),
  );
  const refusing = loaded.filter(
    ({ router, loaded: result }) => result !== undefined && result.kind !== 'accepted' && isOnTrial(router),
  );
  return refusing.length > 0 ? refusing : loaded;
}

/** The last look must show the intended result. If it doesn't, a person or a deadline interfered: the next attempt looks again. */
function assertNotLost(
  router: LockedRouter,
  all: readonly PlannedMember[],
  fates: SettlePlan['fates'],
): void {
  const { presence } = viewOf(router, all);
  for (const { member } of all) {
    const found = presence(member);
    const isGone = found.kind === 'before' || found.kind === 'absent';
    if (isGone && fates.get(member)?.kind === 'kept') throw happened(router, member, 'fell back');
  }
}

function happened({ session }: LockedRouter, member: PairMember, what: string): NotNowError {
  return new NotNowError(FAILURES.RouterBusy, `${session.name}: ${member.name} ${what} meanwhile`);
}

/** One router as the last look showed it. */
export function viewOf(router: LockedRouter, all: readonly PlannedMember[]): RouterView {
  const { session, look } = router;
  const changes = new Map(changesOn(all, session.id).map((one) => [one.member, one]));
  return {
    name: session.name,
    pending: look.pending,
    get trials() {
      return look.trials();
    },
    presence: (member) => {
      const change = changes.get(member);
      return change === undefined ? { kind: 'before' } : router.presence(change);
    },
    isCreated: (member) => changes.get(member)?.change.before === null,
    wasTakenBack: ({ gateway }) => look.lastOf(gateway)?.line.did === 'reverted',
    isOurs: (member) => all.some((one) => one.member === member && isOursOn(router, one)),
  };
}
