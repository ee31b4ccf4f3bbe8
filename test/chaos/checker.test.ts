import assert from 'node:assert/strict';
import { check } from './checker/check.ts';
import { INVARIANTS } from './checker/violation.ts';
import type { Invariant } from './checker/violation.ts';
import type { Evidence } from './evidence.ts';
import { goodRun } from './good-run.ts';
import type { Spoilt } from './spoil.ts';
import { clean } from './spoilt/clean.ts';
import { evidence } from './spoilt/evidence.ts';
import { givenUpAsSuperseded, liveness } from './spoilt/liveness.ts';
import { once, repeatedAfterRestart } from './spoilt/once.ts';
import { order, permissionsSeenLate } from './spoilt/order.ts';
import { ownership } from './spoilt/ownership.ts';
import { pair } from './spoilt/pair.ts';
import { secrets } from './spoilt/secrets.ts';
import { state } from './spoilt/state.ts';

const SPOILT: Readonly<Record<Invariant, readonly Spoilt[]>> = {
  pair,
  state,
  evidence,
  ownership,
  clean,
  order,
  liveness,
  secrets,
  once,
};

describe('the checker', () => {
  let run: Evidence;
  before(async function () {
    this.timeout(120_000);
    run = await goodRun();
  });

  it('finds nothing wrong with a run in which all went well', () => {
    assert.deepEqual(check(run), []);
  });

  it('finds nothing done twice if a restart may have lost the first commit', () => {
    const violations = check(repeatedAfterRestart(run));
    assert.deepEqual(
      violations.filter(({ invariant }) => invariant === 'once'),
      [],
    );
  });

  it('finds nothing that was not permitted if the permission is seen late', () => {
    const violations = check(permissionsSeenLate(run)).filter(({ found }) => found.endsWith('was not'));
    assert.deepEqual(violations, []);
  });

  it('finds nobody given up if a newer version cancelled the call that was at work', () => {
    const killed = (lateMs?: number) =>
      check(givenUpAsSuperseded(run, lateMs)).filter(({ found }) => found.endsWith('killed'));
    assert.deepEqual(killed(), []);
    // Nor is everybody excused for ever.
    assert.equal(killed(600_000).length, 1);
  });

  for (const invariant of INVARIANTS) {
    describe(`by "${invariant}"`, () => {
      for (const [what, spoil, found] of SPOILT[invariant]) {
        it(`finds ${what}`, () => {
          const violations = check(spoil(run));
          const own = violations.filter((one) => one.invariant === invariant);
          assert.ok(
            own.some((one) => found.test(one.found)),
            `expected ${found} by ${invariant}, got ${JSON.stringify(violations, null, 1)}`,
          );
        });
      }
    });
  }
});
