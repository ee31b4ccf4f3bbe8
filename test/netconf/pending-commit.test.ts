import assert from 'node:assert/strict';
import { hasConfirmedCommit, CAPABILITIES } from '../../netconf/hello.ts';
import type { CommitEntry } from '../../netconf/operations.ts';
import { pendingCommit, type PendingCommit, type PendingFacts } from '../../netconf/pending-commit.ts';
import { writeXml } from '../../netconf/xml.ts';

const now = 1_000_000;
const facts: PendingFacts = { now, minuteMs: 60_000, lateMs: 45_000 };
const minutesAgo = (minutes: number) => now - minutes * 60_000;

const plain = (log?: string): CommitEntry => ({
  sequence: 0,
  user: 'ops',
  client: 'netconf',
  at: '',
  atMs: now,
  rollbackPending: false,
  ...(log === undefined ? {} : { log }),
});
const onTrial = (minutes: number, age: number, rollbackPending = false): CommitEntry => ({
  ...plain(),
  atMs: minutesAgo(age),
  comment: `commit confirmed, rollback in ${minutes}mins`,
  rollbackPending,
});
const undated = (entry: CommitEntry): CommitEntry => {
  const { atMs: _, ...rest } = entry;
  return rest;
};
const marked = (age = 1) => onTrial(5, age, true);

/** The requests that make a pending commit permanent, in the order in which to try them, by what shows that the commit is pending. */
const confirmations = {
  mark: ['<check/>', '<log>kept</log>'],
  clock: ['<log>kept</log>'],
  'stale mark': ['<log>kept</log>'],
};
const written = (found: PendingCommit | undefined) =>
  found
    ?.confirmations('kept')
    .map(({ request }) => writeXml(request).replace(/<\/?commit-configuration>/g, ''));

describe('the pending commit of a router', () => {
  const cases: readonly (readonly [
    string,
    readonly CommitEntry[],
    boolean,
    keyof typeof confirmations | undefined,
  ])[] = [
    // The router's behaviour; its history, newest first; whether it has marked commits before; by what its pending commit is known.
    ['has no history', [], false, undefined],
    ['has only plain commits', [plain(), plain()], false, undefined],
    ['marks what is pending', [marked(), plain()], false, 'mark'],
    ['marks what is pending and may be late', [marked(5.5)], false, 'mark'],
    ['marks what is past its time', [marked(20)], false, 'stale mark'],
    ['marks what shows no minutes', [{ ...marked(20), comment: 'trying' }], false, 'mark'],
    ['marks what shows no time', [undated(marked(20))], false, 'mark'],
    ['shows neither mark nor time', [undated(onTrial(5, 1))], false, undefined],
    ['marked it until something came on top', [plain(), onTrial(5, 1)], false, undefined],
    ['has marks that never go', [plain(), marked()], false, undefined],
    [
      'has marks that never go, and another confirmed commit in its time',
      [marked(1), plain(), marked(2)],
      false,
      'clock',
    ],
    ['has marks that never go, and was seen to mark', [onTrial(5, 1), plain(), marked(2)], true, 'clock'],
    ['has marks that never go, the newest too old', [marked(6), plain(), marked(9)], false, undefined],
    ['shows no mark on what is in its time', [onTrial(5, 1)], false, 'clock'],
    ['shows no mark on what is past its time, but may be late', [onTrial(5, 5.5)], false, 'clock'],
    ['shows no mark on what is past its time', [onTrial(5, 6)], false, undefined],
    ['is known to mark, and shows none', [onTrial(5, 1)], true, undefined],
  ];
  for (const [what, history, marksSeen, knownBy] of cases) {
    it(`that ${what} is ${knownBy === undefined ? 'none' : `the newest one, by its ${knownBy}`}`, () => {
      const found = pendingCommit(history, { ...facts, marksSeen });
      assert.equal(found?.entry, knownBy === undefined ? undefined : history[0]);
      assert.deepEqual(written(found), knownBy === undefined ? undefined : confirmations[knownBy]);
      assert.equal(found?.isStale ?? false, knownBy === 'stale mark');
    });
  }

  it('takes the deadline from where it is known to the millisecond, before the comment', () => {
    const history = [{ ...onTrial(5, 1), log: 'ours' }];
    const over = { ...facts, deadlineOf: () => now - facts.lateMs };
    assert.equal(pendingCommit(history, over), undefined);
    const notYet = { ...facts, deadlineOf: () => now - facts.lateMs + 1 };
    assert.deepEqual(written(pendingCommit(history, notYet)), confirmations.clock);
  });

  it('counts from when the router made it, as its clock shows, if that is later than what its log line says', () => {
    const history = [onTrial(5, 1)];
    const early = { ...facts, deadlineOf: () => now - facts.lateMs };
    assert.deepEqual(written(pendingCommit(history, { ...early, routerNow: now })), confirmations.clock);
    const behind = { ...early, routerNow: now - 4 * 60_000 };
    assert.deepEqual(written(pendingCommit([onTrial(5, 9)], behind)), confirmations.clock);
  });

  it('counts whole seconds as printed: a commit may be almost a second younger', () => {
    const over = minutesAgo(5) - facts.lateMs;
    const at = (atMs: number) => pendingCommit([{ ...onTrial(5, 0), atMs }], facts);
    assert.equal(at(over - 1_000), undefined);
    assert.deepEqual(written(at(over - 999)), confirmations.clock);
  });

  it('counts from when it was first seen if the router prints no time', () => {
    const seen = (firstSeen: number) =>
      pendingCommit([undated(marked(1))], { ...facts, firstSeen: () => firstSeen });
    assert.deepEqual(written(seen(now)), confirmations.mark);
    assert.equal(seen(minutesAgo(6))?.isStale, true);
  });

  for (const [what, history, marksSeen, read] of [
    ['a plain commit', [plain(), plain(), marked()], true, 1],
    ['a confirmed commit whose time is over', [onTrial(5, 6), plain(), marked()], true, 1],
    ['a marked commit in its time', [marked(), plain(), marked()], true, 1],
    ['a commit without a mark in its time', [onTrial(5, 1), plain(), marked()], false, 1],
    ['a marked commit whose time is over', [marked(6), plain(), plain()], true, 3],
    ['a marked commit whose time is over, and has an older mark', [marked(6), marked(9), plain()], true, 2],
    ['a commit without a mark in its time, where marks were seen', [onTrial(5, 1), plain()], true, 2],
  ] as const) {
    it(`reads ${read === 1 ? 'no further than' : `${read} entries of a history that begins with`} ${what}`, () => {
      let furthest = 0;
      pendingCommit(
        {
          *[Symbol.iterator]() {
            for (const [index, entry] of history.entries()) {
              furthest = Math.max(furthest, index + 1);
              yield entry;
            }
          },
        },
        { ...facts, marksSeen },
      );
      assert.equal(furthest, read);
    });
  }
});

it('a router has confirmed commits by either version of the capability', () => {
  assert.equal(hasConfirmedCommit(new Set([CAPABILITIES.confirmedCommit10])), true);
  assert.equal(hasConfirmedCommit(new Set([CAPABILITIES.confirmedCommit11])), true);
  assert.equal(hasConfirmedCommit(new Set([CAPABILITIES.base10, CAPABILITIES.junos])), false);
});
