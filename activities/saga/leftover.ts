import type { Leftover } from '../../gateway/outcomes.ts';
import type { Role } from '../../gateway/resource.ts';
import { isUndecided } from '../../etcd/plan-record.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { Store } from '../../etcd/store.ts';
import { nameOf } from '../router/router-target.ts';

/** An earlier run, with the routers that its plan record names. The gateway's configuration may no longer refer to these routers. */
export async function leftoverOf(store: Pick<Store, 'snapshot'>, record: PlanRecord): Promise<Leftover> {
  const { gateway, run, routers } = record;
  const named = async <R extends Role>(role: R) => {
    const { id } = routers[role];
    return { role, id, name: await nameOf(store, id) };
  };
  const [primary, secondary] = await Promise.all([named('primary'), named('secondary')]);
  const left = { gateway, run, routers: { primary, secondary } };
  if (!isUndecided(record)) return left;
  const { router, reason, by } = record.owe;
  return { ...left, owe: { router, reason, by } };
}
