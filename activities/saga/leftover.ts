import type { Leftover } from '../../gateway/outcomes.ts';
import type { Role } from '../../gateway/resource.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { Store } from '../../etcd/store.ts';
import { nameOf } from '../router/router-target.ts';

/** What an earlier run may have left, as its own record tells: what refers to its routers may be gone since. */
export async function leftoverOf(
  store: Pick<Store, 'snapshot'>,
  { gateway, run, routers }: PlanRecord,
): Promise<Leftover> {
  const named = async <R extends Role>(role: R) => {
    const { id } = routers[role];
    return { role, id, name: await nameOf(store, id) };
  };
  const [primary, secondary] = await Promise.all([named('primary'), named('secondary')]);
  return { gateway, run, routers: { primary, secondary } };
}
