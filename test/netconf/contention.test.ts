import assert from 'node:assert/strict';
import { isContention } from '../../netconf/contention.ts';

describe('contention for the configuration', () => {
  for (const message of [
    'configuration database locked by: admin terminal p0 (pid 4711) on since 2026-11-28 10:00:00 UTC, idle 00:01:00',
    'configuration database modified',
    'shared configuration database modified',
    'commit in progress by another user',
    'Commit is already in progress',
    'Could not lock configuration database',
    'could not lock re1',
    'unable to obtain lock on the database',
    'lock-configuration failed on re1',
    'private edits in use',
    'Another commit is in progress',
    'another user is configuring the router',
  ])
    it(`is told by "${message}"`, () => {
      assert.equal(isContention({ severity: 'error', message }), true);
    });

  for (const tag of ['lock-denied', 'in-use'])
    it(`is told by the tag ${tag} alone`, () => {
      assert.equal(isContention({ severity: 'error', tag }), true);
    });

  for (const message of [
    'syntax error',
    'Referenced filter ‘locked’ is not defined',
    'mgd: unit 5 is in use by another interface',
    'configuration check-out failed',
    'commit confirmed is not supported in private mode',
    'statement not found: database',
  ])
    it(`is not told by "${message}"`, () => {
      assert.equal(isContention({ severity: 'error', tag: 'operation-failed', message }), false);
    });
});
