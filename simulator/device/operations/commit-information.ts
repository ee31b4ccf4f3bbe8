/** `<get-commit-information/>`: who committed what when, newest first. */

import type { Operation } from '../call.ts';
import { commitInformation } from '../history.ts';

export const getCommitInformation: Operation = ({ router }) => {
  const { pendingMark } = router.options;
  return commitInformation(router.history.commits, (commit) => {
    if (pendingMark === 'none') return false;
    if (pendingMark === 'forever') return commit.comment !== undefined;
    return router.pending.current?.sequence === commit.sequence;
  });
};
