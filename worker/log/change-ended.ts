import type { ChangeEnd } from '../../gateway/change-end.ts';

/** The fields of the line that tells how a change ended. */
export function fieldsOfEnd(end: ChangeEnd): Readonly<Record<string, unknown>> {
  const { resourceType, resourceId, name, version, action, pairNames, seconds } = end;
  return {
    gateway: `${resourceType}:${resourceId}`,
    ...(name !== resourceId && { name }),
    version,
    action,
    pair: pairNames?.join('+'),
    seconds: Math.round(seconds * 10) / 10,
    outcome: end.outcome,
    alreadyEnded: end.alreadyEnded,
    type: end.failureType,
    reason: end.reason,
  };
}
