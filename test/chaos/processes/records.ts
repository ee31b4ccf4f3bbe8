/** Writes of people into `/config`. However late a write arrives, it never puts an older version over a newer one, and is never applied twice. */
import { EtcdClient } from '../../../etcd/client.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway, TestResource } from '../../../local/test-gateway.ts';

const DEADLINE_MS = 2_000;

/**
 * Writes the newest version of a gateway, and new records that it refers to. Writes nothing if `version` is not the newest one any more. Rejects if
 * somebody has written meanwhile, or etcd doesn't answer. After that it can simply be called again.
 */
export async function writeVersion(
  endpoints: readonly string[],
  gateway: TestGateway,
  version: number,
  neighbours: readonly TestResource[] = [],
): Promise<void> {
  await withEtcd(endpoints, async (etcd) => {
    const [found] = await etcd.read('version', [KEYS.gatewayConfig(gateway)] as const);
    const newest = recordOf(gateway.gateway);
    if (gateway.gateway.version !== version || found.value?.toString() === newest.value) return;
    const put = [...neighbours.map(recordOf), newest].map(({ key, value }) => ({
      key,
      value: Buffer.from(value),
    }));
    // A write that comes late finds its predecessor, or itself, and is refused.
    const { kind } = await etcd.write('version', { unchanged: [found], put });
    if (kind !== 'applied') throw new Error(`etcd did not write it: ${kind}`);
  });
}

export async function removeRecord(endpoints: readonly string[], key: string): Promise<void> {
  await withEtcd(endpoints, async (etcd) => {
    const { kind } = await etcd.write('remove', { unchanged: [], put: [], remove: [key] });
    if (kind !== 'applied') throw new Error(`etcd did not remove it: ${kind}`);
  });
}

async function withEtcd(
  endpoints: readonly string[],
  work: (etcd: EtcdClient) => Promise<void>,
): Promise<void> {
  const etcd = new EtcdClient({ endpoints, deadlineMs: DEADLINE_MS });
  try {
    await work(etcd);
  } finally {
    etcd.close();
  }
}
