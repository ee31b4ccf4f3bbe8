import assert from 'node:assert/strict';
import { lockAndLook } from '../../../activities/router/lock.ts';
import type { RouterSession } from '../../../activities/router/router-sessions.ts';
import type { Operation } from '../../../netconf/operation.ts';

describe('the lock of a router that gives it with somebody’s edits in the candidate', () => {
  it('is given back, and the edits stay (T5)', async () => {
    const asked: string[] = [];
    const replies: Readonly<Record<string, unknown>> = {
      lock: { kind: 'locked' },
      'get-configuration': '',
      'get-configuration compare': '[edit system]\n+  host-name x;\n',
      'get-commit-information': [],
    };
    const pipeline = async (operations: readonly Operation<unknown>[]) => {
      asked.push(...operations.map(({ name }) => name));
      return operations.map(({ name }) => ({ kind: 'done', value: replies[name] }));
    };
    const side = { name: 'MX-1', session: { pipeline } } as unknown as RouterSession;
    await assert.rejects(lockAndLook(side, [['system']]), {
      name: 'NotNowError',
      message: "MX-1: the candidate holds somebody's unfinished edits",
    });
    assert.deepEqual(asked.at(-1), 'unlock');
    assert.ok(!asked.includes('discard-changes'));
  });
});

describe('the lock of a router, held by a session of ours that is dead', () => {
  const description = 'configuration database locked by: esi terminal (pid 4711) on since then, idle 00:01';
  const sideOf = (asked: string[], kill: object) => {
    const replies: Readonly<Record<string, object>> = {
      lock: { kind: 'done', value: { kind: 'denied', holder: { sessionId: '4711', description } } },
      'kill-session': kill,
    };
    const pipeline = async (operations: readonly Operation<unknown>[]) => {
      asked.push(...operations.map(({ name }) => name));
      return operations.map(({ name }) => replies[name] ?? { kind: 'failed', error: new Error('no lock') });
    };
    const record = { reservation: { sessions: ['4711'] } };
    return {
      name: 'MX-1',
      username: 'esi',
      record,
      session: { sessionId: '1', pipeline },
    } as unknown as RouterSession;
  };

  it('is waited for where our login may end no session: asked once, then the holder is named', async () => {
    const asked: string[] = [];
    const denied = { kind: 'failed', error: new Error('permission denied') };
    await assert.rejects(lockAndLook(sideOf(asked, denied), [['system']]), {
      name: 'NotNowError',
      message: /^MX-1: configuration database locked by: esi terminal \(pid 4711\)/,
    });
    assert.equal(asked.filter((name) => name === 'kill-session').length, 1);
    assert.equal(asked.filter((name) => name === 'lock').length, 2);
  });
});
