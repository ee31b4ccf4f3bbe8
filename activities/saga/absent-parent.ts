import { FAILURES } from '../../gateway/failures.ts';
import type { FailureType } from '../../gateway/failures.ts';
import { displayName, displayNameIn, gatewayText } from '../../gateway/display.ts';
import { isRecord } from '../../gateway/resource.ts';
import type { ResourceRef } from '../../gateway/resource.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';

/**
 * Why a configuration can't be resolved, if a resource with a kind that was read for it is not there or is being deleted: such a resource would have
 * to stand on routers itself. `undefined`: there is another reason. `own`: the configuration itself. `ofGateways`: the types with a kind.
 */
export async function absentParent(
  own: ResourceRef,
  snapshot: Pick<Snapshot, 'read' | 'recordsRead'>,
  ofGateways: ReadonlySet<string>,
): Promise<{ readonly type: FailureType; readonly reason: string } | undefined> {
  for (const ref of snapshot.recordsRead) {
    if (!ofGateways.has(ref.type) || (ref.type === own.type && ref.id === own.id)) continue;
    const found = await snapshot.read(ref);
    if (isRecord(found) ? !found.markedForDeletion : found.kind !== 'missing') continue;
    const shown = { resourceType: ref.type, resourceId: displayName(ref.id) };
    const who = gatewayText(shown, displayNameIn(found));
    const why = isRecord(found) ? 'is being deleted' : 'is not there';
    return { type: FAILURES.ParentAbsent, reason: `${who} ${why}` };
  }
  return undefined;
}
