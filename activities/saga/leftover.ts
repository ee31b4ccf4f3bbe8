import type { Leftover } from '../../gateway/outcomes.ts';
import type { Role } from '../../gateway/resource.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { Store } from '../../etcd/store.ts';
import { nameOf } from '../router/router-target.ts';

/** An earlier run, with the routers that its plan record names. The gateway's configuration may no longer refer to these routers. */
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
