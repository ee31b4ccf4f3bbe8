import { FAILURES } from '../../gateway/failures.ts';
import { pluralOf } from '../../gateway/resource.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import type { NotOwned } from '../../etcd/plan-record.ts';
import { RefusedError } from '../refused.ts';

/** Why a saga may not go on: its configuration has moved on, or its records are another run's, or gone. */
export function refusalOf(
  outcome:
    | NotOwned
    | { readonly kind: 'superseded'; readonly version: number | null }
    | { readonly kind: 'rewritten' },
  gateway: GatewayVersion,
): RefusedError {
  switch (outcome.kind) {
    case 'superseded':
      return new RefusedError(FAILURES.Superseded, supersededText(outcome.version, gateway));
    case 'rewritten':
      return new RefusedError(FAILURES.Superseded, rewrittenText(gateway));
    case 'void':
      return new RefusedError(FAILURES.Superseded, 'another run has taken this gateway over');
    case 'gone':
      return new RefusedError(FAILURES.RecordsGone, RECORDS_GONE);
  }
}

export const RECORDS_GONE = 'its records in etcd are gone';

/** One line for a person: what has become of the configuration while the saga ran. */
function supersededText(version: number | null, gateway: GatewayVersion): string {
  if (version === null) return 'superseded: the configuration vanished';
  if (version === gateway.version) return 'superseded: the configuration is marked for deletion';
  return `superseded by version ${version} of the configuration`;
}

/** A version is one body. The change that is under way has the old body, so nobody could tell which of the two was created. */
function rewrittenText({ resourceType, resourceId, version }: GatewayVersion): string {
  return `version ${version} of /config/v2.0/${pluralOf(resourceType)}/${resourceId} was written again with another body while it was under way: write a new version`;
}
