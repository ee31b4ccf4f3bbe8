/** Both candidates hold the same members, and both routers have checked them: before either commits (T4). */
import { allSettledOrThrow } from '../all-settled.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { changesOn } from './members.ts';
import type { RouterChange, PlannedMember } from './members.ts';
import type { Rejections } from './rejections.ts';
import { separate } from '../router/separate.ts';

/** Resolves to those that both routers carry already or have taken. The others are rejected, with the router's own words. */
export async function prepare(
  routers: readonly LockedRouter[],
  planned: readonly PlannedMember[],
  rejections: Rejections,
): Promise<readonly PlannedMember[]> {
  const loaded = new Map<LockedRouter, number>();
  for (;;) {
    const wanted = planned.filter(({ member }) => rejections.of(member) === undefined);
    // What one router takes out is loaded on the other one, if it was: again, without it.
    const behind = routers.filter((router) => loaded.get(router) !== dueOn(router, wanted).length);
    if (behind.length === 0) return wanted;
    await allSettledOrThrow(
      behind.map(async (router) => {
        const { good, bad } = await separate(dueOn(router, wanted), (items) =>
          router.loadAndCheck(items, '+', true),
        );
        for (const [{ member }, error] of bad) rejections.add(member, router.session.name, error);
        if (good.length === 0) await router.discard();
        loaded.set(router, good.length);
      }),
    );
  }
}

/** What is not there yet. */
function dueOn(router: LockedRouter, planned: readonly PlannedMember[]): readonly RouterChange[] {
  return changesOn(planned, router.session.id).filter((carried) => router.standing(carried).kind === 'absent');
}
