/** Marks plan records as disputed, or not, under the fence: a worker that wakes up late changes no mark. */
import type { PermittedMember } from '../pair/transactions.ts';
import type { EtcdClient } from './client.ts';
import { fenced } from './fence.ts';
import type { Fence } from './fence.ts';
import { KEYS } from './keys.ts';
import { isOwnedBy, planRecordOf } from './plan-record.ts';
import type { RouterPair } from './router-record.ts';
import { fitting } from './request-size.ts';
import { done } from './transact.ts';
import type { Transition } from './transact.ts';

/** Most plan records in one transaction: etcd takes 128 operations in one. Large ones go into several transactions. */
const AT_ONCE = 32;

const OPERATION = 'mark disputed';

export async function markDisputed(
  client: EtcdClient,
  fence: Fence,
  members: readonly PermittedMember[],
  isDisputed: boolean,
): Promise<boolean> {
  for (let from = 0; from < members.length; from += AT_ONCE) {
    const some = members.slice(from, from + AT_ONCE);
    const markSome = () =>
      fenced<Progress>(client, OPERATION, fence, 'void', (pair) =>
        lookToMark(client, pair, some, isDisputed),
      );
    let progress = await markSome();
    // The plan records were too large for one transaction. The next one marks those that are left.
    while (progress === 'to be continued') progress = await markSome();
    if (progress === 'void') return false;
  }
  return true;
}

type Progress = 'marked' | 'to be continued' | 'void';

async function lookToMark(
  client: EtcdClient,
  pair: RouterPair,
  members: readonly PermittedMember[],
  isDisputed: boolean,
): Promise<Transition<Progress>> {
  const keys = members.map(({ gateway }) => KEYS.plan(gateway));
  const entries = await client.read(OPERATION, keys);
  const open = entries.flatMap((entry, index) => {
    const record = planRecordOf(entry);
    const { gateway, run } = members[index] as PermittedMember;
    const isOpen = isOwnedBy(record, gateway, run) && (record.disputed === true) !== isDisputed;
    return isOpen ? [{ entry, record }] : [];
  });
  if (open.length === 0) return done('marked');
  const put = open.map(({ entry, record }) => ({
    key: entry.key,
    value: { ...record, disputed: isDisputed ? true : undefined },
  }));
  const fits = fitting(put);
  return {
    kind: 'write',
    outcome: fits < put.length ? 'to be continued' : 'marked',
    transaction: {
      unchanged: [...pair.map(({ entry }) => entry), ...open.slice(0, fits).map(({ entry }) => entry)],
      put: put.slice(0, fits),
    },
  };
}
