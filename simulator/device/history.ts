/** The commits the router remembers, newest first, each with the configuration it made. */

import type { Config } from './config.ts';
import { dateText } from './date-text.ts';
import { leaf, wrap } from './xml.ts';

export interface Commit {
  readonly config: Config;
  readonly user: string;
  /** `netconf`, `cli`, or `other` for what the router did by itself. */
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly log?: string;
  /** What the router adds: `commit confirmed, rollback in 10mins`. It stays for ever. */
  readonly comment?: string;
  /** Counts all commits ever made: unlike its place in the history, it stays. */
  readonly sequence: number;
}

export interface History {
  /** Newest first; never empty, as the router runs something. */
  readonly commits: readonly Commit[];
  readonly newest: Commit;
  add(commit: Omit<Commit, 'sequence'>): Commit;
  /** Puts what was remembered in the place of all. */
  reset(commits: readonly Commit[]): void;
}

export function createHistory(first: Omit<Commit, 'sequence'>, length: number): History {
  let newest: Commit = { ...first, sequence: 1 };
  let older: readonly Commit[] = [];
  return {
    get commits() {
      return [newest, ...older];
    },
    get newest() {
      return newest;
    },
    add(commit) {
      older = [newest, ...older].slice(0, length - 1);
      newest = { ...commit, sequence: newest.sequence + 1 };
      return newest;
    },
    reset(commits) {
      const [top, ...rest] = commits;
      if (!top) throw new RangeError('Expected a history of at least one commit, got an empty one');
      newest = top;
      older = rest.slice(0, length - 1);
    },
  };
}

/** The reply to `<get-commit-information/>`; `isMarked` tells which commits carry the mark of one that is not confirmed. */
export function commitInformation(commits: readonly Commit[], isMarked: (commit: Commit) => boolean): string {
  const entries = commits.map((commit, n) =>
    wrap(
      'commit-history',
      [
        leaf('sequence-number', n),
        leaf('user', commit.user),
        leaf('client', commit.client),
        `<date-time seconds="${Math.floor(commit.at / 1000)}">${dateText(commit.at)}</date-time>`,
        ...(commit.comment === undefined ? [] : [leaf('comment', commit.comment)]),
        ...(isMarked(commit) ? [leaf('commit-confirmed', 'rollback pending')] : []),
        ...(commit.log === undefined ? [] : [leaf('log', commit.log)]),
      ].join('\n'),
    ),
  );
  return wrap('commit-information', entries.join('\n'));
}
