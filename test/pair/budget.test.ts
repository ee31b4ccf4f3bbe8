import assert from 'node:assert/strict';
import { LENGTHS, utf8Length } from '../../gateway/display.ts';
import { SEARCH_ATTRIBUTES } from '../../gateway/messages.ts';
import type { GatewayFailure, Progress } from '../../gateway/messages.ts';
import type { Superseding } from '../../gateway/plan.ts';
import type { PairQueue } from '../../pair/messages.ts';
import { queueOf } from '../../pair/queue.ts';
import { CARRIED_LEFT_BYTES, CARRIED_OUTCOMES_BYTES, carriedOver } from '../../pair/state.ts';
import type { PairState } from '../../pair/state.ts';
import { lastWithin, PAIR_LIMITS, waitingAtMost } from '../../pair/limits.ts';
import { COMPENSATION_LINES } from '../../workflows/ends.ts';
import { STEPS_SHOWN } from '../../workflows/progress-log.ts';
import type { RouterPairInput } from '../../workflows/router-pair.ts';
import { policy, result, traffic, waited } from './largest-traffic.ts';
import * as most from './largest.ts';
import { bytesOf, times } from './largest.ts';
import type { Whole } from './largest.ts';

const KIB = 1024;
/**
 * Temporal refuses a payload of more than 2 MiB, and warns of more than 512 KiB; a message of gRPC has at most 4 MiB. A workflow task with a
 * command that is refused is tried again for ever. So a command keeps below half of it, and what a pair carries over below three quarters.
 */
const COMMAND = 1_024 * KIB;
const CARRIED = 1_536 * KIB;
/** A pair may get many signals at once, and its history keeps them. */
const SIGNAL = 16 * KIB;

const BATCH = PAIR_LIMITS.batch;
/** How many members wait at most: those who may enter, a batch that has returned, and a newer run of each of its gateways. */
const WAITING = waitingAtMost({ batchLimit: BATCH }) + 2 * BATCH;

const { GATEWAY, ID, IDS, MESSAGE, MOMENT, NAME, NAMES, NUMBER, REASON, RESERVATION, TIME, TYPE, WORD } =
  most;
const progress: Whole<Progress> = {
  gateway: GATEWAY,
  action: 'create',
  standing: NUMBER,
  name: NAME,
  pair: IDS,
  limits: { vrrpIntervalMs: NUMBER, vrrpLimitMs: NUMBER, vrrpMaxMs: NUMBER },
  vrrp: most.VRRP,
  steps: times(STEPS_SHOWN, {
    step: 'publish failure',
    status: 'running',
    since: TIME,
    until: TIME,
    waitingFor: REASON,
    blockedBy: REASON,
    atTheDoor: { ticket: NUMBER, ahead: NUMBER },
    note: REASON,
  }),
  outcome: 'cancelled',
  error: MESSAGE,
  ends: most.ENDS,
};
const failure: Whole<GatewayFailure> = {
  type: TYPE,
  gateway: GATEWAY,
  message: MESSAGE,
  compensation: times(COMPENSATION_LINES, REASON),
  ends: most.ENDS,
};

const state: Whole<PairState> = {
  prefix: '12345678',
  reservations: NUMBER,
  recovered: false,
  isWoken: true,
  waiting: [...times(BATCH, most.RETURNED), ...times(WAITING - BATCH, most.ARRIVED)],
  batch: {
    reservation: RESERVATION,
    trial: NUMBER,
    phase: 'ending the reservation',
    since: MOMENT,
    blockedBy: REASON,
    waitedMs: NUMBER,
    plainCommits: NAMES.slice(),
    verdictMs: NUMBER,
    vrrp: most.VRRP,
    begunAt: MOMENT,
    pays: most.IDS,
    isWoken: true,
    members: times(BATCH, most.IN_BATCH),
  },
  door: {
    id: '12345678',
    last: NUMBER,
    gate: NUMBER,
    opened: MOMENT,
    left: NUMBER,
    kept: NUMBER,
    keptBefore: NUMBER,
    came: NUMBER,
    stride: NUMBER,
    since: MOMENT,
    first: NUMBER,
    memberMs: NUMBER,
  },
  outcomes: times(PAIR_LIMITS.remembered, most.OUTCOME),
  owing: {
    routers: most.OWING,
    look: NUMBER,
    waitMs: NUMBER,
    lookAt: MOMENT,
    inTheWay: REASON,
    ready: most.IDS,
    isOneAway: true,
  },
};
const unanswered = times(PAIR_LIMITS.answersCarried, {
  kind: 'answer' as const,
  replyTo: most.REPLY_TO,
  member: most.MEMBER,
  answer: most.FULL,
  neverApplied: true as const,
});

describe('what travels through Temporal is never too large', () => {
  function assertFits(value: unknown, budget: number): void {
    const bytes = bytesOf(value);
    assert.ok(bytes <= budget, `${bytes} bytes, expected at most ${budget}`);
  }

  for (const [activity, { input, result: given }] of Object.entries(traffic))
    it(`between a workflow and the activity ${activity}`, () => {
      assertFits(input, COMMAND);
      assertFits(given, COMMAND);
    });

  it('from a saga to its pair', () => assertFits(most.REQUEST, SIGNAL));

  it('from many sagas to their pair', () =>
    assertFits(times(PAIR_LIMITS.requestsAtOnce, most.REQUEST), COMMAND));

  it('from a saga to those who ask how far it is, and at its end', () => {
    assertFits(progress, COMMAND);
    assertFits(result, COMMAND);
    assertFits(failure, COMMAND);
  });

  it('from one run of a saga to the next', () => {
    const superseding: Whole<Superseding> = {
      superseding: true,
      schema: 1,
      ends: most.ENDS,
      searchAttributes: Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name),
      waited,
    };
    assertFits([traffic.plan.input, superseding], COMMAND);
  });

  it('from a pair to those who ask for its queue', () => {
    // It has the batch's time, which is the largest.
    const queue = queueOf(state, IDS, MOMENT, NAMES) as Whole<PairQueue>;
    assertFits(queue, COMMAND);
  });

  for (const wasReset of [false, true])
    it(`from one run of a pair to the next, ${wasReset ? 'which knows less' : 'which knows all'}`, () => {
      const input: Whole<RouterPairInput> = {
        schema: 1,
        routers: IDS,
        names: NAMES,
        state: carriedOver(state, wasReset) as Whole<PairState>,
        unanswered,
        left: lastWithin(CARRIED_LEFT_BYTES, times(1_000, { ...most.MEMBER, answer: most.REVERTED })),
        policy,
        wasReset: true,
      };
      assertFits(input, CARRIED);
    });

  it('as the summary of a workflow or of an activity, which Temporal takes up to 400 bytes of', () => {
    assertFits(NAMES.join(', '), 400);
    assertFits('😀'.repeat(LENGTHS.summary), 400);
  });

  it('as a search attribute, of which a database takes 255 characters', () => {
    for (const value of [NAME, ID, WORD]) assert.ok(Array.from(value).length <= 255);
  });
});

describe('what a pair remembers when it continues as new', () => {
  const { answer, neverApplied: _, ...rest } = most.OUTCOME;
  const outcome = (sequence: number, reason: string) => ({
    ...rest,
    sequence,
    answer: { ...answer, reason, note: reason },
  });

  it('is every outcome, as long as they fit', () => {
    const { outcomes } = carriedOver({ ...state, outcomes: times(20, outcome(1, 'undone')) }, false);
    assert.equal(outcomes.length, 20);
  });

  it('is as many of the newest outcomes as fit', () => {
    const all = Array.from({ length: 1_000 }, (_value, index) => outcome(index, REASON));
    const { outcomes } = carriedOver({ ...state, outcomes: all }, false);
    assert.deepEqual(outcomes, all.slice(-outcomes.length));
    const [bytes, next] = [outcomes, all.slice(-outcomes.length - 1)].map((some) =>
      utf8Length(JSON.stringify(some)),
    );
    assert.ok(bytes !== undefined && bytes <= CARRIED_OUTCOMES_BYTES + 1, `${bytes}`);
    assert.ok(next !== undefined && next > CARRIED_OUTCOMES_BYTES, `${next}`);
  });
});
