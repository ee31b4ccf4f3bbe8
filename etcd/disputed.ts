/** Sets the mark `disputed` in plan records, or removes it, under the fence: a worker that wakes up with a void token changes no mark. */
import { partsOf } from '../gateway/lists.ts';
import type { PermittedMember } from '../pair/router-record.ts';
import type { EtcdClient } from './client.ts';
import { fenced } from './fence.ts';
import type { Fence } from './fence.ts';
import { KEYS } from './keys.ts';
import { isOwnedBy, planRecordOf } from './plan-record.ts';
import type { RouterPair } from './router-record.ts';
import { TO_BE_CONTINUED, fitting, untilNothingIsLeft } from './request-size.ts';
import { done } from './transact.ts';
import type { Transition } from './transact.ts';

/** Most plan records in one transaction, in which etcd takes 128 operations. Large records go into several transactions. */
const AT_ONCE = 32;

const OPERATION = 'mark disputed';

export async function markDisputed(
  client: EtcdClient,
  fence: Fence,
  members: readonly PermittedMember[],
  isDisputed: boolean,
): Promise<boolean> {
  for (const some of partsOf(members, AT_ONCE)) {
    const isCurrent = await untilNothingIsLeft(() =>
      fenced<MarkResult>(client, OPERATION, fence, false, (pair) =>
        lookToMark(client, pair, some, isDisputed),
      ),
    );
    if (!isCurrent) return false;
  }
  return true;
}

/** `false`: the token was voided or the reservation lost. */
type MarkResult = boolean | typeof TO_BE_CONTINUED;

async function lookToMark(
  client: EtcdClient,
  pair: RouterPair,
  members: readonly PermittedMember[],
  isDisputed: boolean,
): Promise<Transition<MarkResult>> {
  const keys = members.map(({ gateway }) => KEYS.plan(gateway));
  const entries = await client.read(OPERATION, keys);
  const open = entries.flatMap((entry, index) => {
    const record = planRecordOf(entry);
    const { gateway, run } = members[index] as PermittedMember;
    const isOpen = isOwnedBy(record, gateway, run) && (record.disputed === true) !== isDisputed;
    return isOpen ? [{ entry, record }] : [];
  });
  if (open.length === 0) return done(true);
  const put = open.map(({ entry, record }) => ({
    key: entry.key,
    value: { ...record, disputed: isDisputed ? true : undefined },
  }));
  const fits = fitting(put);
  return {
    kind: 'write',
    outcome: fits < put.length ? TO_BE_CONTINUED : true,
    transaction: {
      unchanged: [...pair.map(({ entry }) => entry), ...open.slice(0, fits).map(({ entry }) => entry)],
      put: put.slice(0, fits),
    },
  };
}
