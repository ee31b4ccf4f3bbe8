import { displayNameIn, gatewayText } from '../gateway/display.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import type { Store } from '../etcd/store.ts';

/** Another gateway in words, with the name that its record has now. If that can't be read, the id must do: the message is about something else. */
export async function namedText(store: Pick<Store, 'snapshot'>, gateway: GatewayRef): Promise<string> {
  const { resourceType: type, resourceId: id } = gateway;
  const found = await store
    .snapshot()
    .read({ type, id })
    .catch(() => undefined);
  return gatewayText(gateway, found && displayNameIn(found));
}
