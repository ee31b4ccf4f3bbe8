/** Which gateways the record of a retired router names. */
import type { GatewayVersion } from '../gateway/resource.ts';
import type { Retirement } from '../pair/router-record.ts';

/** The record is written whole, and by default etcd takes requests of up to 1.5 MiB. So many gateways take some 100 KiB. */
export const DROPPED_LIMIT = 1_000;

/** What the record says of these gateways, the newest last. `more`: how many it did not name before. */
export function droppedOf(
  gateways: readonly GatewayVersion[],
  more = 0,
): Pick<Retirement, 'dropped' | 'more'> {
  const unnamed = more + Math.max(0, gateways.length - DROPPED_LIMIT);
  return { dropped: gateways.slice(-DROPPED_LIMIT), ...(unnamed > 0 && { more: unnamed }) };
}
