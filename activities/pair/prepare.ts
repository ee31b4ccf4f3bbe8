/** Prepares both routers for the same commit ("prepare both", T4). */
import type { Policy } from '../../gateway/policies.ts';
import type { VrrpTime } from '../../gateway/vrrp-time.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { isToApply } from '../router/presence.ts';
import { separate } from '../router/separate.ts';
import type { Rejections } from './conflicts.ts';
import { changesOn } from './members.ts';
import type { PlannedMember, RouterChange } from './members.ts';
import { vrrpTimeOf } from './vrrp-time.ts';

/** Prepares both routers, without the members whose VRRP would take too long. */
export async function prepareInTime(
  policy: Policy,
  routers: readonly LockedRouter[],
  planned: readonly PlannedMember[],
  rejections: Rejections,
): Promise<{ readonly agreed: readonly PlannedMember[]; readonly vrrp: VrrpTime }> {
  for (;;) {
    const agreed = await prepareBoth(routers, planned, rejections);
    const vrrp = await vrrpTimeOf(routers, agreed, policy, rejections);
    if (agreed.every(({ member }) => rejections.of(member) === undefined)) return { agreed, vrrp };
  }
}

/**
 * Loads the same members into both candidates and has both routers check them, before either router commits. Resolves to the members that
 * both routers carry already or have accepted. Any other member is rejected, with the router's own words.
 */
async function prepareBoth(
  routers: readonly LockedRouter[],
  planned: readonly PlannedMember[],
  rejections: Rejections,
): Promise<readonly PlannedMember[]> {
  const loaded = new Map<LockedRouter, number>();
  for (;;) {
    const wanted = planned.filter(({ member }) => rejections.of(member) === undefined);
    // If one router refuses a member that the other one has loaded, the other one loads again, without that member.
    const behind = routers.filter((router) => loaded.get(router) !== missingOn(router, wanted).length);
    if (behind.length === 0) return wanted;
    await allSettledOrThrow(
      behind.map(async (router) => {
        const { accepted, refused } = await separate(missingOn(router, wanted), (items) =>
          router.load(items, 'checked on every engine'),
        );
        for (const [{ member }, error] of refused) rejections.add(member, router.session.name, error);
        if (accepted.length === 0) await router.discard();
        loaded.set(router, accepted.length);
      }),
    );
  }
}

function missingOn(router: LockedRouter, planned: readonly PlannedMember[]): readonly RouterChange[] {
  return changesOn(planned, router.session.id).filter((one) => isToApply(router.presence(one), one.change));
}
