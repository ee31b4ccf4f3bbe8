import assert from 'node:assert/strict';
import { DEFAULT_POLICY } from '../../gateway/policies.ts';
import { trialMinutes, vrrpLimitOf } from '../../gateway/vrrp-time.ts';

describe('the limit of VRRP', () => {
  for (const [what, neededMs, limitMs] of [
    ['at least that of the policy', 7_200, 60_000],
    ['a quarter and two looks more than the timers need', 100_000, 127_000],
    ['at most that of the policy', 350_000, 360_000],
  ] as const) {
    it(`is ${what}`, () => assert.equal(vrrpLimitOf(DEFAULT_POLICY, neededMs), limitMs));
  }
});

describe('the minutes of a trial', () => {
  for (const [what, limitMs, minutes] of [
    ['those of the policy, which cover its limit', 60_000, 5],
    ['no fewer for less', 0, 5],
    ['more by whole minutes for what VRRP may take beyond', 60_001, 6],
    ['as many more as the longest limit needs', 360_000, 10],
  ] as const) {
    it(`are ${what}`, () => assert.equal(trialMinutes(DEFAULT_POLICY, limitMs), minutes));
  }
});
