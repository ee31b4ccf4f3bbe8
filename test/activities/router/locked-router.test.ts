import assert from 'node:assert/strict';
import { LockedRouter } from '../../../activities/router/locked-router.ts';
import type { RouterSession } from '../../../activities/router/router-sessions.ts';
import { CAPABILITIES } from '../../../netconf/hello.ts';
import type { Operation } from '../../../netconf/operation.ts';

/** A session on a router that gives these replies, by the operation's name. `sent` gets the names of the operations, in their order. */
function sessionThatReplies(replies: Readonly<Record<string, object>>, sent: string[]): RouterSession {
  const reply = ({ name }: Operation<unknown>) => {
    sent.push(name);
    return replies[name] ?? { kind: 'failed', error: new Error(`no ${name}`) };
  };
  const netconf = {
    sessionId: '1',
    capabilities: new Set([CAPABILITIES.junos]),
    peer: { id: 'r-1', host: '192.0.2.1', port: 830 },
    request: async () => {
      sent.push('look before the lock');
      return [];
    },
    pipeline: async (operations: readonly Operation<unknown>[]) => operations.map(reply),
    destroy: (why: string) => sent.push(`destroy: ${why}`),
  };
  const reader = {
    ours: new Set(['t.1']),
    owing: new Set(),
    policy: { minuteMs: 60_000, fallbackGraceMs: 60_000, confirmMinutes: 10, synchronize: { '*': 'never' } },
    memory: { marks: new Set() },
  };
  const record = { reservation: { sessions: ['4711'] }, owedChanges: [] };
  return { id: 'r-1', name: 'MX-1', username: 'esi', netconf, record, reader } as unknown as RouterSession;
}

const done = (value: unknown) => ({ kind: 'done', value });

describe('a router that grants its lock while another user has edits in the candidate', () => {
  it('is unlocked again, and the edits stay (T5)', async () => {
    const sent: string[] = [];
    const session = sessionThatReplies(
      {
        lock: done({ kind: 'locked' }),
        'get-configuration': done(''),
        'get-configuration compare': done('[edit system]\n+  host-name x;\n'),
        'get-commit-information': done([]),
        unlock: done(undefined),
      },
      sent,
    );
    await assert.rejects(LockedRouter.lock(session, []), {
      name: 'NotNowError',
      message: "MX-1: the candidate holds somebody's unfinished edits",
    });
    assert.deepEqual(sent.at(-1), 'unlock');
    assert.ok(!sent.includes('discard-changes'));
  });
});

describe('a router that is locked by a dead session of ours', () => {
  const description = 'configuration database locked by: esi terminal (pid 4711) on since then, idle 00:01';

  it('is waited for if our login may end no session: one attempt is made to end it, then its owner is named', async () => {
    const sent: string[] = [];
    const session = sessionThatReplies(
      {
        lock: done({ kind: 'denied', holder: { sessionId: '4711', description } }),
        'kill-session': { kind: 'failed', error: new Error('permission denied') },
      },
      sent,
    );
    await assert.rejects(LockedRouter.lock(session, []), {
      name: 'NotNowError',
      message: 'MX-1: configuration database locked by: esi terminal (pid 4711) on since then',
    });
    assert.equal(sent.filter((name) => name === 'kill-session').length, 1);
    assert.equal(sent.filter((name) => name === 'lock').length, 2);
  });
});
