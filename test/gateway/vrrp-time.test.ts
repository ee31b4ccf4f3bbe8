import assert from 'node:assert/strict';
import { DEFAULT_POLICY } from '../../gateway/policies.ts';
import { bgpLimitOf, trialMinutes, vrrpLimitOf } from '../../gateway/vrrp-time.ts';

describe('the limit of VRRP', () => {
  for (const [what, neededMs, limitMs] of [
    ['at least that of the policy', 7_200, 60_000],
    ['a quarter and two looks more than the timers need', 100_000, 127_000],
    ['at most that of the policy', 350_000, 360_000],
  ] as const) {
    it(`is ${what}`, () => assert.equal(vrrpLimitOf(DEFAULT_POLICY, neededMs), limitMs));
  }
});

describe('the limit of a change that waits for BGP', () => {
  for (const [what, policy, limitMs, expected] of [
    ['that of BGP if VRRP needs less', {}, 60_000, 120_000],
    ['that of VRRP if that needs more', {}, 200_000, 200_000],
    ['at most what VRRP may take', { vrrpMaxMs: 90_000 }, 60_000, 90_000],
  ] as const)
    it(`is ${what}`, () => assert.equal(bgpLimitOf({ ...DEFAULT_POLICY, ...policy }, limitMs), expected));
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
