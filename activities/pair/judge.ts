/** What stands on a router before a batch is loaded: ours from another attempt, or somebody else's. */
import { FAILURES } from '../../gateway/failures.ts';
import { RefusedError } from '../refused.ts';
import { howToCommit } from './commit-to.ts';
import type { LockedRouter } from './locked-router.ts';
import { isOurs } from './members.ts';
import type { Planned } from './members.ts';
import type { Rejections } from './rejections.ts';
import type { Standing } from './standing.ts';

/** Rejects whom the router carries something else for, and who can't be added any more. */
export function judge(router: LockedRouter, planned: readonly Planned[], rejections: Rejections): void {
  const { id, name, record } = router.side;
  for (const one of planned) {
    const { member, on } = one;
    const carried = on.get(id);
    if (carried === undefined) continue;
    const standing = router.standing(carried);
    const problem =
      standing.kind === 'absent' ? problemOfAdding(router) : problemOf(standing, isOurs(record, one));
    if (problem !== undefined) rejections.add(member, name, problem);
  }
}

function problemOfAdding(router: LockedRouter): RefusedError | undefined {
  const refused = (why: string) => new RefusedError(FAILURES.RouterRefused, why);
  // T4: what the commit that is pending doesn't hold can't be put behind it. Its reason was lost with another attempt.
  if (router.look.pending.kind === 'ours') return refused('left out of the commit that is pending there');
  if (howToCommit(router) !== undefined) return undefined;
  return refused('it has no commits that fall back by themselves, which its policy "confirm" requires');
}

function problemOf(standing: Standing, ours: boolean): RefusedError | undefined {
  if (ours && standing.kind === 'whole') return undefined;
  const what = ours ? 'was changed by somebody else' : 'is configured there already, by somebody else';
  return new RefusedError(FAILURES.Conflict, `${placeOf(standing)} ${what}`);
}

function placeOf(standing: Standing): string {
  switch (standing.kind) {
    case 'changed':
      return `"${standing.path.join(' ')}"`;
    case 'part':
      return `a part of it (not "${standing.missing.join(' ')}")`;
    default:
      return 'all of it';
  }
}
