/** What stands on a router before a batch is loaded: ours from another attempt, or somebody else's. */
import { FAILURES } from '../../gateway/failures.ts';
import { describePath } from '../../netconf/diff.ts';
import { RefusedError } from '../refused.ts';
import { howToCommit } from './commit-to.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { isOurs } from './members.ts';
import type { RouterChange, PlannedMember } from './members.ts';
import type { Rejections } from './rejections.ts';
import type { Standing } from '../router/presence.ts';

/** Rejects whom the router carries something else for, and who can't be added any more. */
export function findConflicts(router: LockedRouter, planned: readonly PlannedMember[], rejections: Rejections): void {
  const { id, name, record } = router.session;
  for (const one of planned) {
    const { member, on } = one;
    const carried = on.get(id);
    if (carried === undefined) continue;
    const standing = router.standing(carried);
    // T4: what the commit that is pending doesn't hold can't be put behind it.
    if (standing.kind === 'absent' && router.look.pending.kind === 'ours') {
      rejections.postpone(member, name, 'left out of the commit that is pending there');
      continue;
    }
    const problem =
      standing.kind === 'absent'
        ? problemOfAdding(router)
        : problemOf(standing, carried, isOurs(record, one));
    if (problem !== undefined) rejections.add(member, name, problem);
  }
}

function problemOfAdding(router: LockedRouter): RefusedError | undefined {
  if (howToCommit(router) !== undefined) return undefined;
  const why = 'it has no commits that fall back by themselves, which its policy "confirm" requires';
  return new RefusedError(FAILURES.RouterRefused, why);
}

function problemOf(standing: Standing, carried: RouterChange, ours: boolean): RefusedError | undefined {
  if (ours && standing.kind === 'after') return undefined;
  const what = ours ? changeOf(standing) : `${placeOf(standing, carried)} is configured there already,`;
  return new RefusedError(FAILURES.Conflict, `${what} by somebody else`);
}

function changeOf(standing: Standing): string {
  if (standing.kind === 'partial') return `"${standing.missing.join(' ')}" was removed`;
  return standing.kind === 'modified' ? `"${describePath(standing.path)}" was changed` : 'it was changed';
}

function placeOf(standing: Standing, { configuration }: RouterChange): string {
  const [first = []] = configuration.owns;
  const path =
    standing.kind === 'partial' ? standing.found : standing.kind === 'modified' ? standing.path : first;
  return `"${path.join(' ')}"`;
}
