/** Where a gateway stands and what it lies in: both stay what they are as long as it stands. */
import { displayName, displayNameIn, gatewayText, routerText } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { FailureType } from '../../gateway/failures.ts';
import { ROLES, isRecord, isSameGateway } from '../../gateway/resource.ts';
import type { GatewayRef, ResourceRef } from '../../gateway/resource.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';
import type { Preparation } from './preparation.ts';

/** The resources that have a kind, so that they stand on routers themselves. */
export function parentsIn(
  readThrough: readonly ResourceRef[],
  ofGateways: ReadonlySet<string>,
): readonly GatewayRef[] {
  return readThrough
    .filter(({ type }) => ofGateways.has(type))
    .map(({ type, id }) => ({ resourceType: type, resourceId: id }));
}

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

export interface Place {
  readonly routers: Preparation['routers'];
  /** The gateways through which it gets to its routers. */
  readonly lyingIn: readonly GatewayRef[];
}

/**
 * Why a configuration asks for another place than the one where the gateway stands; `undefined`: it does not. Other parents, as the public address that a
 * route has, may change.
 */
export function problemOfPlace(
  { routers, parents = [] }: Pick<PlanRecord, 'routers' | 'parents'>,
  planned: Place,
): string | undefined {
  const role = ROLES.find((one) => routers[one].id !== planned.routers[one].ref.id);
  if (role !== undefined)
    return `it stands on edge router ${routers[role].id} as its ${role} router: expected the same, got ${routerText(planned.routers[role].ref.id, displayNameIn(planned.routers[role]))}; delete the gateway and create it anew, or write a version with the routers that it has`;
  const other = planned.lyingIn.find((one) => !parents.some((parent) => isSameGateway(parent, one)));
  // If an older worker has created the gateway, no record says what it lies in.
  const own = parents.find(({ resourceType }) => resourceType === other?.resourceType) ?? parents[0];
  if (other === undefined || own === undefined) return undefined;
  return `it lies in ${gatewayText(own)}: expected the same, got ${gatewayText(other)}; delete the gateway and create it anew, or write a version that lies where it stands`;
}
