import assert from 'node:assert/strict';
import { readCommitHistory } from '../../../activities/router/commit-history.ts';
import type { CommitHistoryReader } from '../../../activities/router/commit-history.ts';
import { CAPABILITIES } from '../../../netconf/hello.ts';
import type { CommitEntry } from '../../../netconf/operations.ts';
import type { Session } from '../../../netconf/session.ts';

describe("another user's pending commit", () => {
  it('is described in a line of bounded length, whatever its author wrote', () => {
    const entry: CommitEntry = {
      sequence: 0,
      user: `eve\u001b[2J${'e'.repeat(10_000)}`,
      client: 'cli',
      at: 'now\n'.repeat(10_000),
      log: 'two\nlines\u0007\u202e',
      rollbackPending: true,
    };
    const session = {
      capabilities: new Set([CAPABILITIES.junos]),
      peer: { id: 'r-1', host: '192.0.2.1', port: 830 },
    } as unknown as Session;
    const reader = {
      ours: new Set(),
      owing: new Set(),
      policy: { minuteMs: 60_000, fallbackGraceMs: 60_000, confirmMinutes: 10 },
      memory: { marks: new Set() },
    } as unknown as CommitHistoryReader;
    const { pending } = readCommitHistory(session, [entry], reader, {
      now: Date.now(),
      aheadMs: undefined,
    });
    assert.ok(pending.kind === 'foreign');
    assert.ok(pending.whose.length < 200 && !/\p{C}/u.test(pending.whose), pending.whose);
    assert.match(pending.whose, /^eve \[2J.*… at now now .*… \("two lines"\)$/);
  });
});
