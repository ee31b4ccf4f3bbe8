import assert from 'node:assert/strict';
import { changedRun } from './changed-run.ts';
import { check } from './checker/check.ts';
import type { Evidence } from './evidence.ts';
import { changes } from './spoilt/changes.ts';
import { versions } from './spoilt/versions.ts';

describe('the checker, of gateways that are changed and deleted', () => {
  let run: Evidence;
  before(async function () {
    this.timeout(120_000);
    run = await changedRun();
  });

  it('finds nothing wrong with a run in which all went well', () => {
    assert.deepEqual(check(run), []);
  });

  for (const [invariant, spoilt] of [...Object.entries(versions), ...Object.entries(changes)]) {
    for (const [what, spoil, found] of spoilt) {
      it(`finds, by "${invariant}", ${what}`, () => {
        const violations = check(spoil(run));
        assert.ok(
          violations.some((one) => one.invariant === invariant && found.test(one.found)),
          `expected ${found} by ${invariant}, got ${JSON.stringify(violations, null, 1)}`,
        );
      });
    }
  }
});
