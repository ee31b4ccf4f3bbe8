import assert from 'node:assert/strict';
import { dialectOf, hasConfirmedCommit } from '../../netconf/dialect.ts';
import type { DialectTime } from '../../netconf/dialect.ts';
import { CAPABILITIES } from '../../netconf/hello.ts';
import type { CommitEntry } from '../../netconf/operations.ts';
import { writeXml } from '../../netconf/xml.ts';

const junos = new Set([CAPABILITIES.base10, CAPABILITIES.junos]);
const now = 1_000_000;
const time: DialectTime = { now, minuteMs: 60_000, lateMs: 45_000 };
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
const marked = (age = 1) => onTrial(5, age, true);

describe('the dialect of a router', () => {
  const cases: readonly (readonly [string, readonly CommitEntry[], boolean, string, boolean])[] = [
    // what, history newest first, marks were seen before, dialect, whether the newest is (or may be) pending
    ['has no history', [], false, 'junos-live', false],
    ['has only plain commits', [plain(), plain()], false, 'junos-live', false],
    ['marks what is pending', [marked(), plain()], false, 'junos-live', true],
    ['marks what is pending and is late', [marked(20)], false, 'junos-live', true],
    ['marked it until something came on top', [plain(), onTrial(5, 1)], false, 'junos-live', false],
    ['has marks that never go', [plain(), marked()], false, 'junos-blind', false],
    [
      'has marks that never go, and another commit on trial',
      [marked(1), plain(), marked(2)],
      false,
      'junos-blind',
      true,
    ],
    [
      'has marks that never go, the newest too old',
      [marked(6), plain(), marked(9)],
      false,
      'junos-blind',
      false,
    ],
    ['shows no mark on what is in its time', [onTrial(5, 1)], false, 'junos-blind', true],
    [
      'shows no mark on what is past its time, but may be late',
      [onTrial(5, 5.5)],
      false,
      'junos-blind',
      true,
    ],
    ['shows no mark on what is past its time', [onTrial(5, 6)], false, 'junos-live', false],
    ['is known to mark, and shows none', [onTrial(5, 1)], true, 'junos-live', false],
  ];
  for (const [what, history, marks, name, isPending] of cases) {
    it(`that ${what} is ${name}; ${isPending ? 'the newest commit' : 'nothing'} is pending`, () => {
      const dialect = dialectOf({ capabilities: junos, history, marks }, time);
      assert.equal(dialect.name, name);
      assert.equal(dialect.pendingIn(history, time), isPending ? history[0] : undefined);
    });
  }

  it('takes the deadline from where it is known to the millisecond, before the comment', () => {
    const history = [{ ...onTrial(5, 1), log: 'ours' }];
    const until = { ...time, deadlineOf: () => now - time.lateMs };
    assert.equal(dialectOf({ capabilities: junos, history }, until).name, 'junos-live');
    const later = { ...time, deadlineOf: () => now - time.lateMs + 1 };
    assert.equal(dialectOf({ capabilities: junos, history }, later).name, 'junos-blind');
  });

  it('is the standard one without the vendor’s capability', () => {
    const history = [marked()];
    assert.equal(dialectOf({ capabilities: new Set([CAPABILITIES.base10]), history }, time).name, 'standard');
  });

  const commitOf = { id: 'turn-1', log: 'ours', minutes: 5 };
  const confirmed = '<confirmed/><confirm-timeout>5</confirm-timeout><log>ours</log>';
  for (const [name, history, commits] of [
    ['junos-live', [], [confirmed, '<check/>', '<log>ours</log>']],
    ['junos-blind', [plain(), marked()], [confirmed, '<log>ours</log>', '<log>ours</log>']],
  ] as const) {
    it(`${name}: says how a commit on trial is made and confirmed`, () => {
      const dialect = dialectOf({ capabilities: junos, history }, time);
      const operations = [
        dialect.commitConfirmed(commitOf),
        dialect.confirm(commitOf),
        dialect.commit('ours'),
      ];
      assert.deepEqual(
        operations.map(({ request }) => writeXml(request)),
        commits.map((inner) => `<commit-configuration>${inner}</commit-configuration>`),
      );
      assert.equal(dialect.cancel, undefined);
    });
  }

  it('knows who has confirmed commits by either version of the capability', () => {
    assert.equal(hasConfirmedCommit(new Set([CAPABILITIES.confirmedCommit10])), true);
    assert.equal(hasConfirmedCommit(new Set([CAPABILITIES.confirmedCommit11])), true);
    assert.equal(hasConfirmedCommit(junos), false);
  });
});
