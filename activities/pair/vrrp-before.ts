/** What an earlier attempt has read of VRRP before it committed. A reply that was lost must not make it forgotten. */
import type { VrrpBefore } from '../../gateway/vrrp-time.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { isPermitted } from './members.ts';
import type { PlannedMember } from './members.ts';

/** Nothing if no earlier attempt may have committed one of these members on the router. */
export function vrrpBeforeOn(
  { session: { record } }: LockedRouter,
  planned: readonly Pick<PlannedMember, 'member'>[],
): VrrpBefore {
  const mayBeCommitted = planned.some(({ member }) => isPermitted(record, member));
  return (mayBeCommitted && record.reservation?.vrrpBefore) || {};
}
