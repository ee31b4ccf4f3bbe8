/** Finds gateways whose texts have placeholders of secrets that are gone. Shows nothing of the secrets themselves. */
import type { PlanRecord } from '../etcd/plan-record.ts';
import { KEYS } from '../etcd/keys.ts';
import type { Store } from '../etcd/store.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { placeholdersIn } from '../junos/placeholders.ts';
import type { OwedChange } from '../pair/router-record.ts';

export interface LostSecrets {
  readonly gateway: GatewayRef;
  /** Which record lacks what, or why it can't be read. */
  readonly why: string;
}

/** The lost secrets of the gateways of these plan records and owed changes. Reads nothing if no text has a placeholder. */
export async function lostSecretsOf(
  store: Pick<Store, 'secrets'>,
  plans: readonly Pick<PlanRecord, 'gateway' | 'routers'>[],
  owed: readonly Pick<OwedChange, 'gateway' | 'change'>[],
): Promise<readonly LostSecrets[]> {
  const needed = new Map<string, { readonly gateway: GatewayRef; readonly placeholders: Set<string> }>();
  const texts = [
    ...plans.map(({ gateway, routers }) => ({ gateway, text: JSON.stringify(routers) })),
    ...owed.map(({ gateway, change }) => ({ gateway, text: JSON.stringify(change) })),
  ];
  for (const { gateway, text } of texts) {
    const found = placeholdersIn(text);
    if (found.length === 0) continue;
    const id = workflowIdOf(gateway);
    const before = needed.get(id)?.placeholders ?? [];
    needed.set(id, { gateway, placeholders: new Set([...before, ...found]) });
  }
  const all = [...needed.values()];
  if (all.length === 0) return [];
  const records = await store.secrets(all.map(({ gateway }) => gateway));
  return all.flatMap(({ gateway, placeholders }, index): LostSecrets[] => {
    const record = records[index];
    if (record instanceof Error) return [{ gateway, why: record.message }];
    const lost = [...placeholders].filter((one) => record?.values[one] === undefined);
    return lost.length === 0 ? [] : [{ gateway, why: `${KEYS.secrets(gateway)} has no ${lost.join(', ')}` }];
  });
}
