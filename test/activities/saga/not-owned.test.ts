import assert from 'node:assert/strict';
import { refusalOf } from '../../../activities/saga/not-owned.ts';
import { FAILURES } from '../../../gateway/failures.ts';

describe('a saga that may not go on', () => {
  const gateway = { resourceType: 'vpn_gateway', resourceId: 'one', version: 1 };
  for (const [outcome, type, message] of [
    [{ kind: 'superseded', version: 2 }, 'Superseded', 'superseded by version 2 of the configuration'],
    [{ kind: 'superseded', version: null }, 'Superseded', 'superseded: the configuration vanished'],
    [
      { kind: 'superseded', version: 1 },
      'Superseded',
      'superseded: the configuration is marked for deletion',
    ],
    [{ kind: 'void' }, 'Superseded', 'another run has taken this gateway over'],
    [{ kind: 'gone' }, 'RecordsGone', 'its records in etcd are gone'],
  ] as const)
    it(`says: ${message}`, () => {
      const refusal = refusalOf(outcome, gateway);
      assert.deepEqual([refusal.type, refusal.message], [FAILURES[type], message]);
    });
});
