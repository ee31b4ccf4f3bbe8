import type { ConfigVersion } from '../../gateway/outcomes.ts';
import { isRecord } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';

/** Looks which version of a gateway its configuration has. */
export function readingConfigVersion({ store }: Pick<Dependencies, 'store'>) {
  return ({ resourceType, resourceId }: GatewayRef): Promise<ConfigVersion> =>
    classified(async () => {
      const found = await store.snapshot().read({ type: resourceType, id: resourceId });
      if (!isRecord(found) && found.kind === 'missing') return { kind: 'vanished' };
      const { version } = found;
      return version === undefined ? { kind: 'unreadable' } : { kind: 'version', version };
    });
}
