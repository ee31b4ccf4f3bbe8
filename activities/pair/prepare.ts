/** Prepares both routers for the same commit ("prepare both", T4). */
import { SEPARATING_TIMES } from '../../gateway/policies.ts';
import type { Policy } from '../../gateway/policies.ts';
import type { VrrpTime } from '../../gateway/vrrp-time.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { isToApply } from '../router/presence.ts';
import { overAfter, separate } from '../router/separate.ts';
import type { IsOver } from '../router/separate.ts';
import type { Rejections } from './conflicts.ts';
import { changesOn } from './members.ts';
import type { PlannedMember, RouterChange } from './members.ts';
import { vrrpTimeOf } from './vrrp-time.ts';

const TOO_SHORT = 'the time for finding what the router refuses was over';

/** Prepares both routers, without the members whose VRRP would take too long. `isOver`: for finding what the routers refuse. */
export async function prepareInTime(
  policy: Policy,
  routers: readonly LockedRouter[],
  planned: readonly PlannedMember[],
  rejections: Rejections,
  isOver: IsOver = overAfter(SEPARATING_TIMES.membersMs),
): Promise<{ readonly agreed: readonly PlannedMember[]; readonly vrrp: VrrpTime }> {
  for (;;) {
    const agreed = await prepareBoth(routers, planned, rejections, isOver);
    const vrrp = await vrrpTimeOf(routers, agreed, policy, rejections);
    if (agreed.every(({ member }) => rejections.of(member) === undefined)) return { agreed, vrrp };
  }
}

/**
 * Loads the same members into both candidates and has both routers check them, before either router commits. Resolves to the members that
 * both routers carry already or have accepted. Any other member is rejected, with the router's own words, or postponed if the time was too short for it.
 */
async function prepareBoth(
  routers: readonly LockedRouter[],
  planned: readonly PlannedMember[],
  rejections: Rejections,
  isOver: IsOver,
): Promise<readonly PlannedMember[]> {
  const loaded = new Map<LockedRouter, number>();
  for (;;) {
    const wanted = planned.filter(({ member }) => rejections.of(member) === undefined);
    // If one router refuses a member that the other one has loaded, the other one loads again, without that member.
    const behind = routers.filter((router) => loaded.get(router) !== missingOn(router, wanted).length);
    if (behind.length === 0) return wanted;
    await allSettledOrThrow(
      behind.map(async (router) => {
        const { accepted, refused, untried } = await separate(
          missingOn(router, wanted),
          (items) => router.load(items, 'checked on every engine'),
          isOver,
        );
        for (const [{ member }, error] of refused) rejections.add(member, router.session.name, error);
        for (const { member } of untried) rejections.postpone(member, router.session.name, TOO_SHORT);
        if (accepted.length === 0) await router.discard();
        loaded.set(router, accepted.length);
      }),
    );
  }
}

function missingOn(router: LockedRouter, planned: readonly PlannedMember[]): readonly RouterChange[] {
  return changesOn(planned, router.session.id).filter((one) => isToApply(router.presence(one), one.change));
}
