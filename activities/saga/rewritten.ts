import { FAILURES } from '../../gateway/failures.ts';
import { pluralOf } from '../../gateway/resource.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { RefusedError } from '../refused.ts';

/** A version is one body. The change that is under way has the old one, so nobody could tell which of the two was created. */
export function rewritten({ resourceType, resourceId, version }: GatewayVersion): RefusedError {
  return new RefusedError(
    FAILURES.Superseded,
    `version ${version} of /config/v2.0/${pluralOf(resourceType)}/${resourceId} was written again with another body while it was under way: write a new version`,
  );
}
