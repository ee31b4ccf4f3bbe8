import assert from 'node:assert/strict';
import { checkPolicy } from '../../gateway/check-policy.ts';
import {
  ACTIVITY_TIMES,
  DEFAULT_POLICY,
  ROUTER_DEADLINES,
  SEPARATING_TIMES,
  batchPolicyOf,
  trialTime,
  verdictTime,
} from '../../gateway/policies.ts';

describe('the numbers of a policy', () => {
  it('fit into each other by default', () => {
    assert.deepEqual(checkPolicy({}), DEFAULT_POLICY);
    const { confirmMinutes, minuteMs, confirmMarginMs, vrrpLimitMs, vrrpMaxMs } = DEFAULT_POLICY;
    const { fallbackGraceMs, settlePatienceMs } = DEFAULT_POLICY;
    const deadline = confirmMinutes * minuteMs;
    const longest = deadline + vrrpMaxMs - vrrpLimitMs;
    // A commit, VRRP, a worker lost while settling and one while polling, and the margin.
    const restarts = ACTIVITY_TIMES.routers.heartbeatTimeout + ACTIVITY_TIMES.poll.heartbeatTimeout;
    assert.ok(ROUTER_DEADLINES.commitMs + vrrpLimitMs + restarts + confirmMarginMs <= deadline);
    assert.ok(longest + fallbackGraceMs + ROUTER_DEADLINES.commitMs <= settlePatienceMs);
    assert.equal(
      trialTime(DEFAULT_POLICY),
      ROUTER_DEADLINES.commitMs + verdictTime(DEFAULT_POLICY) + confirmMarginMs,
    );
  });

  it('leave an attempt the time to end after it has looked for what a router refuses', () => {
    const { membersMs, inversesMs } = SEPARATING_TIMES;
    const reserveMs = 20_000;
    for (const neededMs of [membersMs + 4 * 100_000, inversesMs + membersMs + 7 * 45_000])
      assert.ok(neededMs + reserveMs <= ACTIVITY_TIMES.routers.startToCloseTimeout, `${neededMs} ms`);
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
      /"settlePatienceMs": expected at least 1140000, .* got 900000/,
    ],
    ['grace beyond patience', { fallbackGraceMs: 500_000 }, /"settlePatienceMs": expected at least/],
    [
      'unknown way to commit',
      { confirmedCommits: { '*': 'maybe' } },
      /"confirmedCommits": expected required, preferred, never .*got {"\*":"maybe"}/,
    ],
    ['a field that nobody knows', { vrrpLimit: 1 }, /unknown field "vrrpLimit"; known are vrrpIntervalMs, /],
    [
      'a field that every object inherits',
      JSON.parse('{"__proto__":{}}') as Record<string, unknown>,
      /unknown field "__proto__"/,
    ],
    ['another one', { constructor: true }, /unknown field "constructor"/],
    [
      'none of a number',
      { retentionSeconds: 0 },
      /"retentionSeconds": expected a positive whole number, got 0/,
    ],
    [
      'a retention that no lease of etcd has',
      { retentionSeconds: 9_000_000_001 },
      /"retentionSeconds": expected at most 9000000000, got 9000000001/,
    ],
    ['half a number', { minuteMs: 1.5 }, /"minuteMs": expected a positive whole number, got 1.5/],
    ['a number as text', { minuteMs: '60000' }, /"minuteMs": expected a positive whole number, got "60000"/],
    ['a word for yes or no', { redactJobs: 'yes' }, /"redactJobs": expected true or false, got "yes"/],
    [
      'polls beyond their time-out',
      { vrrpMaxMs: 900_001, settlePatienceMs: 1_440_000 },
      /"vrrpMaxMs": expected at most 900000, got 900001/,
    ],
    [
      'less at most than at least',
      { vrrpLimitMs: 100_000, vrrpMaxMs: 90_000 },
      /"vrrpLimitMs": expected at most "vrrpMaxMs", 90000, got 100000/,
    ],
    [
      'a pause between polls that looks like a dead worker',
      { vrrpIntervalMs: 6_001 },
      /"vrrpIntervalMs": expected at most 6000, got 6001/,
    ],
    [
      'unknown way to synchronize',
      { synchronize: { 'r-1': 'yes' } },
      /"synchronize": expected auto, always, never by router id or "\*", got {"r-1":"yes"}/,
    ],
    ['no way to synchronize at all', { synchronize: {} }, /"synchronize": expected .*got {}/],
    ['no way to commit at all', { confirmedCommits: {} }, /"confirmedCommits": expected .*got {}/],
    ['null as the way to commit', { confirmedCommits: null }, /"confirmedCommits": expected .*got null/],
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

  it('may be as large as their limits, and no larger', () => {
    const deadline = Math.ceil(trialTime({ ...DEFAULT_POLICY, vrrpLimitMs: 900_000 }) / 1_000);
    const atLimit = {
      vrrpLimitMs: 900_000,
      vrrpMaxMs: 900_000,
      vrrpIntervalMs: 6_000,
      minuteMs: 1_000,
      confirmMinutes: deadline,
      settlePatienceMs: deadline * 1_000 + DEFAULT_POLICY.fallbackGraceMs + ROUTER_DEADLINES.commitMs,
      retentionSeconds: 1,
      redactJobs: true,
    };
    assert.deepEqual(checkPolicy(atLimit), { ...DEFAULT_POLICY, ...atLimit });
    assert.throws(() => checkPolicy({ ...atLimit, confirmMinutes: deadline - 1 }), /"confirmMinutes"/);
    const less = atLimit.settlePatienceMs - 1;
    assert.throws(() => checkPolicy({ ...atLimit, settlePatienceMs: less }), /"settlePatienceMs"/);
  });

  it('are these by default: five minutes of patience, a day of retention, secrets where other programs read them', () => {
    const { patienceMs, settlePatienceMs, retentionSeconds, redactJobs } = DEFAULT_POLICY;
    assert.deepEqual([patienceMs, settlePatienceMs, retentionSeconds], [300_000, 900_000, 86_400]);
    assert.equal(redactJobs, false);
  });

  it('may differ together', () => {
    const policy = checkPolicy({ vrrpLimitMs: 200_000, confirmMinutes: 8, settlePatienceMs: 900_000 });
    assert.equal(policy.confirmMinutes, 8);
  });

  it('say per router how it is to be committed to; the others stay as they were', () => {
    assert.deepEqual(checkPolicy({ confirmedCommits: { 'r-1': 'never' } }).confirmedCommits, {
      '*': 'required',
      'r-1': 'never',
    });
    assert.deepEqual(checkPolicy({ synchronize: { 'r-1': 'always' } }).synchronize, {
      '*': 'auto',
      'r-1': 'always',
    });
  });

  it('are fixed for a batch, for its two routers', () => {
    const policy = checkPolicy({
      confirmedCommits: { 'r-1': 'never', 'r-3': 'preferred' },
      synchronize: { 'r-2': 'never', 'r-3': 'always' },
    });
    const batch = batchPolicyOf(policy, ['r-1', 'r-2']);
    assert.deepEqual(batch.confirmedCommits, { 'r-1': 'never', 'r-2': 'required' });
    assert.deepEqual(batch.synchronize, { 'r-1': 'auto', 'r-2': 'never' });
  });
});
