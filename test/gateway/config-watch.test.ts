import assert from 'node:assert/strict';
import { DEFAULT_WATCH_POLICY, WATCH_TIMES } from '../../gateway/config-watch.ts';
import { checkPolicy } from '../../gateway/check-policy.ts';
import { DEFAULT_POLICY } from '../../gateway/policies.ts';

describe('the policy of the watch', () => {
  it('has a default for each field that is left out', () => {
    assert.deepEqual(checkPolicy({ watch: {} }), DEFAULT_POLICY);
    assert.deepEqual(checkPolicy({ watch: { relistSeconds: 5, readComplete: false } }).watch, {
      ...DEFAULT_WATCH_POLICY,
      relistSeconds: 5,
      readComplete: false,
    });
  });

  it('may list as rarely as a timer can wait', () => {
    const relistSeconds = 2_147_483;
    assert.equal(checkPolicy({ watch: { relistSeconds } }).watch.relistSeconds, relistSeconds);
  });

  for (const [what, watch, says] of [
    ['no object', 3, /"watch": expected an object, got 3/],
    ['a field that nobody knows', { inflight: 3 }, /unknown field "watch.inflight"; known are inFlight, /],
    ['a field of all objects', { toString: 3 }, /unknown field "watch.toString"/],
    ['none at a time', { inFlight: 0 }, /"watch.inFlight": expected a positive whole number, got 0/],
    [
      'a time that no timer takes',
      { relistSeconds: 2_147_484 },
      /"watch.relistSeconds": expected at most 2147483, got 2147484/,
    ],
    ['a word for yes', { readComplete: 'yes' }, /"watch.readComplete": expected true or false, got "yes"/],
  ] as const)
    it(`refuses ${what}`, () => assert.throws(() => checkPolicy({ watch }), says));
});

describe('the watch whose worker was killed', () => {
  it('is taken over within 7 s, however often it was handed over before', () => {
    const { heartbeatTimeout, retry } = WATCH_TIMES.activity;
    const pauseMs = (attempt: number) =>
      Math.min(retry.initialInterval * retry.backoffCoefficient ** (attempt - 1), retry.maximumInterval);
    for (const attempt of [1, 2, 10, 1_000]) assert.ok(heartbeatTimeout + pauseMs(attempt) <= 7_000);
  });
});
