import type { Refused, SettleOutcome } from '../../pair/transactions.ts';
import type { Dependencies } from '../dependencies.ts';
import { targetOf } from '../router/router-target.ts';
import { isPermitted } from './members.ts';

/** Nobody can tell what those were to carry: where a commit was permitted for them, it may stand, and somebody has to look. */
export async function lost(
  { store }: Dependencies,
  routers: readonly string[],
  unplanned: readonly Refused[],
): Promise<SettleOutcome['reverted']> {
  if (unplanned.length === 0) return [];
  const found = await Promise.all(
    routers.map(async (id) => ({
      record: await store.router(id),
      name: await targetOf(store.snapshot(), id).then(
        ({ name }) => name,
        () => id,
      ),
    })),
  );
  return unplanned.map(({ member, reason }) => ({
    member,
    reason,
    owed: found.filter(({ record }) => isPermitted(record, member)).map(({ name }) => name),
  }));
}
