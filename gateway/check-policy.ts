/** Reads a policy that a person has written, and refuses one under which a change could not end in time. */
import { checkWatchPolicy } from './config-watch.ts';
import { ACTIVITY_TIMES, DEFAULT_POLICY, ROUTER_DEADLINES, trialTime } from './policies.ts';
import type { ConfirmPolicy, Policy, SynchronizePolicy } from './policies.ts';
import { trialMinutes } from './vrrp-time.ts';

/** The words of the fields that are by router id. */
const ROUTER_WORDS = {
  confirmedCommits: ['required', 'preferred', 'never'] satisfies ConfirmPolicy[],
  synchronize: ['auto', 'always', 'never'] satisfies SynchronizePolicy[],
} as const;

/** Reads a policy given as JSON, over the defaults. Throws an `Error` that names the field, the expected value and the given one. */
export function checkPolicy(given: Readonly<Record<string, unknown>>): Policy {
  const policy: Record<string, unknown> = { ...DEFAULT_POLICY };
  for (const [field, value] of Object.entries(given)) {
    const standard = Object.hasOwn(DEFAULT_POLICY, field) ? policy[field] : undefined;
    if (standard === undefined)
      throw new Error(
        `policy: unknown field "${field}"; known are ${Object.keys(DEFAULT_POLICY).join(', ')}`,
      );
    if (field === 'confirmedCommits' || field === 'synchronize') {
      policy[field] = { ...DEFAULT_POLICY[field], ...checkByRouter(field, value) };
      continue;
    }
    if (field === 'watch') {
      policy[field] = checkWatchPolicy(value);
      continue;
    }
    const good =
      typeof standard === 'number'
        ? Number.isSafeInteger(value) && Number(value) > 0
        : typeof value === typeof standard;
    if (!good)
      throw new Error(
        `policy: field "${field}": expected ${typeof standard === 'number' ? 'a positive whole number' : 'true or false'}, got ${JSON.stringify(value)}`,
      );
    policy[field] = value;
  }
  const checked = policy as unknown as Policy;
  if (checked.vrrpLimitMs > checked.vrrpMaxMs)
    throw new Error(
      `policy: field "vrrpLimitMs": expected at most "vrrpMaxMs", ${checked.vrrpMaxMs}, got ${checked.vrrpLimitMs}`,
    );
  assertInTime(checked);
  const limit = ACTIVITY_TIMES.poll.startToCloseTimeout / 2;
  if (checked.vrrpMaxMs > limit)
    throw new Error(`policy: field "vrrpMaxMs": expected at most ${limit}, got ${checked.vrrpMaxMs}`);
  const interval = ACTIVITY_TIMES.poll.heartbeatTimeout / 2;
  if (checked.vrrpIntervalMs > interval)
    throw new Error(
      `policy: field "vrrpIntervalMs": expected at most ${interval}, got ${checked.vrrpIntervalMs}`,
    );
  if (checked.retentionSeconds > LONGEST_LEASE)
    throw new Error(
      `policy: field "retentionSeconds": expected at most ${LONGEST_LEASE}, got ${checked.retentionSeconds}`,
    );
  return checked;
}

/** The longest time of a lease that etcd grants, in seconds. With a longer one no outcome could be published. */
const LONGEST_LEASE = 9_000_000_000;

/** Checks that the deadline of a commit leaves time for a trial, and that `settlePatienceMs` covers the deadline, a fallback and a commit. */
function assertInTime(policy: Policy): void {
  const deadline = policy.confirmMinutes * policy.minuteMs;
  const needed = trialTime(policy);
  if (deadline < needed)
    throw new Error(
      `policy: field "confirmMinutes": expected at least ${Math.ceil(needed / policy.minuteMs)} minutes of ${policy.minuteMs} ms, for a commit, a worker's restart, "vrrpLimitMs" and "confirmMarginMs", got ${policy.confirmMinutes}`,
    );
  const longest = trialMinutes(policy, policy.vrrpMaxMs) * policy.minuteMs;
  const settled = longest + policy.fallbackGraceMs + ROUTER_DEADLINES.commitMs;
  if (policy.settlePatienceMs < settled)
    throw new Error(
      `policy: field "settlePatienceMs": expected at least ${settled}, for "confirmMinutes", what "vrrpMaxMs" adds to them, "fallbackGraceMs" and a commit, got ${policy.settlePatienceMs}`,
    );
}

function checkByRouter(field: keyof typeof ROUTER_WORDS, value: unknown): Readonly<Record<string, string>> {
  const words: readonly unknown[] = ROUTER_WORDS[field];
  const entries: readonly [string, string][] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const bad = entries.find(([, word]) => !words.includes(word));
  if (entries.length === 0 || bad)
    throw new Error(
      `policy: field "${field}": expected ${words.join(', ')} by router id or "*", got ${JSON.stringify(bad ? Object.fromEntries([bad]) : value)}`,
    );
  return Object.fromEntries(entries);
}
