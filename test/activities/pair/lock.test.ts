import assert from 'node:assert/strict';
import { lockAndLook } from '../../../activities/pair/lock.ts';
import type { Side } from '../../../activities/pair/sides.ts';
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
    const side = { name: 'MX-1', session: { pipeline } } as unknown as Side;
    await assert.rejects(lockAndLook(side, [['system']]), {
      name: 'NotNowError',
      message: "MX-1: the candidate holds somebody's unfinished edits",
    });
    assert.deepEqual(asked.at(-1), 'unlock');
    assert.ok(!asked.includes('discard-changes'));
  });
});
