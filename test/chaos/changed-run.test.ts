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

  it('finds no late call in a newer version that is registered once an older one is reverted', () => {
    const isNewer = (value: string | null) => value?.includes('"version":2},"action":"update"') === true;
    const first = run.writes.findIndex(
      ({ key, value }) => key.includes('/plans/vpn_gateways/') && isNewer(value),
    );
    const writes = run.writes.with(first, {
      ...(run.writes[first] as (typeof run.writes)[number]),
      value: (run.writes[first]?.value ?? '').replace(/"scheduled":\d+/, '"scheduled":1'),
    });
    assert.notDeepEqual(writes, run.writes);
    assert.deepEqual(check({ ...run, writes }), []);
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
