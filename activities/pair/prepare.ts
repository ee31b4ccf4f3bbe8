/** Both candidates hold the same members, and both routers have checked them: before either commits (T4). */
import { both } from '../all-settled.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { carriedBy } from './members.ts';
import type { Carried, Planned } from './members.ts';
import type { Rejections } from './rejections.ts';
import { separate } from '../router/separate.ts';

/** Resolves to those that both routers carry already or have taken. The others are rejected, with the router's own words. */
export async function prepare(
  routers: readonly LockedRouter[],
  planned: readonly Planned[],
  rejections: Rejections,
): Promise<readonly Planned[]> {
  const loaded = new Map<LockedRouter, number>();
  for (;;) {
    const wanted = planned.filter(({ member }) => rejections.of(member) === undefined);
    // What one router takes out is loaded on the other one, if it was: again, without it.
    const behind = routers.filter((router) => loaded.get(router) !== dueOn(router, wanted).length);
    if (behind.length === 0) return wanted;
    await both(
      behind.map(async (router) => {
        const { good, bad } = await separate(dueOn(router, wanted), (items) =>
          router.tryOut(items, '+', true),
        );
        for (const [{ member }, error] of bad) rejections.add(member, router.side.name, error);
        if (good.length === 0) await router.discard();
        loaded.set(router, good.length);
      }),
    );
  }
}

/** What is not there yet. */
function dueOn(router: LockedRouter, planned: readonly Planned[]): readonly Carried[] {
  return carriedBy(planned, router.side.id).filter((carried) => router.standing(carried).kind === 'absent');
}
