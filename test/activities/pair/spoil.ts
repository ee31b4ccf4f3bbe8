import assert from 'node:assert/strict';
import { KEYS } from '../../../etcd/keys.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { TestEtcd } from '../../etcd/fixture.ts';

/** Changes the text that is registered to be loaded into these routers. */
export async function spoil(
  { raw }: TestEtcd,
  { gateway }: PairMember,
  routerIds: readonly string[],
  change: (create: string) => string,
): Promise<void> {
  const key = KEYS.plan(gateway);
  const record = JSON.parse((await raw.get(key).string()) ?? '') as PlanRecord;
  const routers = Object.fromEntries(
    Object.entries(record.routers).map(([role, { id, before, after }]) => {
      assert.ok(after);
      const create = routerIds.includes(id) ? change(after.create) : after.create;
      return [role, { id, before, after: { ...after, create } }];
    }),
  );
  await raw.put(key).value(JSON.stringify({ ...record, routers }));
}
