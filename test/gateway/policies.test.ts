import assert from 'node:assert/strict';
import {
  ACTIVITY_TIMES,
  DEFAULT_POLICY,
  ROUTER_DEADLINES,
  checkPolicy,
  trialTime,
  verdictTime,
} from '../../gateway/policies.ts';

describe('the numbers of a policy', () => {
  it('fit into each other by default', () => {
    assert.deepEqual(checkPolicy({}), DEFAULT_POLICY);
    const { confirmMinutes, minuteMs, confirmMarginMs, vrrpLimitMs, fallbackGraceMs, settlePatienceMs } =
      DEFAULT_POLICY;
    const deadline = confirmMinutes * minuteMs;
    // A commit, VRRP, a worker lost while settling and one while polling, and the margin.
    const restarts = ACTIVITY_TIMES.routers.heartbeatTimeout + ACTIVITY_TIMES.poll.heartbeatTimeout;
    assert.ok(ROUTER_DEADLINES.commitMs + vrrpLimitMs + restarts + confirmMarginMs <= deadline);
    assert.ok(deadline + fallbackGraceMs + ROUTER_DEADLINES.commitMs <= settlePatienceMs);
    assert.equal(
      trialTime(DEFAULT_POLICY),
      ROUTER_DEADLINES.commitMs + verdictTime(DEFAULT_POLICY) + confirmMarginMs,
    );
  });

  for (const [what, given, says] of [
    [
      'VRRP limit too long for the deadline',
      { vrrpLimitMs: 200_000 },
      /"confirmMinutes": expected at least 7 minutes/,
    ],
    [
      'deadline too short',
      { confirmMinutes: 2 },
      /"confirmMinutes": expected at least 5 minutes of 60000 ms, .* got 2/,
    ],
    ['margin too wide', { confirmMarginMs: 200_000 }, /"confirmMinutes": expected at least 7 minutes/],
    [
      'patience that ends before a deadline can be looked at',
      { confirmMinutes: 10 },
      /"settlePatienceMs": expected at least 840000/,
    ],
    ['grace beyond patience', { fallbackGraceMs: 500_000 }, /"settlePatienceMs": expected at least/],
    [
      'unknown way to commit',
      { confirmedCommits: { '*': 'maybe' } },
      /"confirmedCommits": expected required, preferred, never .*got {"\*":"maybe"}/,
    ],
    [
      'way to commit that is no record',
      { confirmedCommits: 'never' },
      /"confirmedCommits": expected required, preferred, never/,
    ],
  ] as const) {
    it(`are refused: ${what}`, () => {
      assert.throws(() => checkPolicy(given), says);
    });
  }

  it('may differ together', () => {
    const policy = checkPolicy({ vrrpLimitMs: 200_000, confirmMinutes: 8, settlePatienceMs: 900_000 });
    assert.equal(policy.confirmMinutes, 8);
  });

  it('say per router how it is to be committed to; the others stay as they were', () => {
    assert.deepEqual(checkPolicy({ confirmedCommits: { 'r-1': 'never' } }).confirmedCommits, {
      '*': 'required',
      'r-1': 'never',
    });
  });
});
