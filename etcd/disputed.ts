/** Marks plan records as disputed, or not, under the fence: a worker that wakes up late changes no mark. */
import type { PermittedMember } from '../pair/transactions.ts';
import type { EtcdClient } from './client.ts';
import { fenced } from './fence.ts';
import type { Fence } from './fence.ts';
import { KEYS } from './keys.ts';
import { isOwnedBy, planRecordOf } from './plan-record.ts';
import { done } from './transact.ts';

/** Plan records in one transaction. By default etcd takes requests of up to 1.5 MB, which leaves 45 kB for each. */
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
    const isCurrent = await fenced<boolean>(client, OPERATION, fence, false, async (pair) => {
      const entries = await client.read(
        OPERATION,
        some.map(({ gateway }) => KEYS.plan(gateway)),
      );
      const open = entries.flatMap((entry, index) => {
        const record = planRecordOf(entry);
        const { gateway, run } = some[index] as PermittedMember;
        const isOpen = isOwnedBy(record, gateway, run) && (record.disputed === true) !== isDisputed;
        return isOpen ? [{ entry, record }] : [];
      });
      if (open.length === 0) return done(true);
      return {
        kind: 'write',
        outcome: true,
        transaction: {
          unchanged: [...pair.map(({ entry }) => entry), ...open.map(({ entry }) => entry)],
          put: open.map(({ entry, record }) => ({
            key: entry.key,
            value: { ...record, disputed: isDisputed ? true : undefined },
          })),
        },
      };
    });
    if (!isCurrent) return false;
  }
  return true;
}
