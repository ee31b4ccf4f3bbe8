/** The largest inputs and results of all activities. A new activity does not compile here until it has its own. */
import assert from 'node:assert/strict';
import type { Activities } from '../../activities/index.ts';
import { RECORDS_LIMIT } from '../../activities/saga/preparation.ts';
import { LENGTHS } from '../../gateway/display.ts';
import { SEARCH_ATTRIBUTES } from '../../gateway/messages.ts';
import type { RegisterOutcome } from '../../gateway/outcomes.ts';
import type { GatewayRequest, GatewayResult, OweRequest, Plan, PlanOutcome } from '../../gateway/plan.ts';
import type { BatchPolicy } from '../../gateway/policies.ts';
import type { HoldRequest } from '../../pair/messages.ts';
import { PAIR_LIMITS } from '../../pair/limits.ts';
import type {
  ApplyOutcome,
  Blocked,
  ReserveOutcome,
  RouterBlocked,
  SettleOutcome,
} from '../../pair/transactions.ts';
import { MONITORS_LIMIT } from '../../templates/kind-schemas.ts';
import * as most from './largest.ts';
import { largest, largestKind, times } from './largest.ts';
import type { Whole } from './largest.ts';

const BATCH = PAIR_LIMITS.batch;
const {
  GATEWAY,
  ID,
  IDS,
  MEMBER,
  MESSAGE,
  NAME,
  NAMES,
  NUMBER,
  REASON,
  RESERVATION,
  RUN,
  SEEN,
  TIME,
  TYPE,
  WORD,
} = most;
const members = times(BATCH, MEMBER);
const step = { gateway: GATEWAY, run: RUN };
const routers = { primary: { ...most.ROUTER, role: 'primary' }, secondary: most.ROUTER } as const;
const jobs = times(3, `logical_delete:monitoring_worker:${WORD}:${ID}:${NUMBER}:12345`);
const searchAttributes = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);
const digest = `sha256:${'0'.repeat(64)}`;

const line = '\ud800'.repeat(LENGTHS.hold);
const owe: Whole<OweRequest> = { router: ID, reason: line, by: line };

const plan: Whole<Plan> = {
  gateway: GATEWAY,
  action: 'create',
  standing: NUMBER,
  unchanged: false,
  replaces: String(NUMBER),
  owe,
  run: RUN,
  name: NAME,
  tenant: NAME,
  configRevision: String(NUMBER),
  routers,
  kind: { source: 'folder', digest },
  digests: { primary: digest, secondary: digest },
  jobs,
  monitors: times(MONITORS_LIMIT, WORD),
  // An id may have any 255 characters but two sorts. Half of a character outside the basic plane is written in six.
  limits: { vrrpIntervalMs: NUMBER, vrrpLimitMs: NUMBER, vrrpMaxMs: NUMBER },
  recordsRead: times(RECORDS_LIMIT, { type: WORD, id: '\ud800'.repeat(255) }),
  searchAttributes,
};

export const result: Whole<GatewayResult> = {
  ...GATEWAY,
  outcome: 'created',
  alreadyEnded: false,
  routers: { primary: { id: ID, vrrp: NAME }, secondary: { id: ID, vrrp: NAME } },
  owed: { router: ID, name: NAME, is: 'dropped' },
  ends: most.ENDS,
};
const request: Whole<GatewayRequest> = { ...GATEWAY, again: true, owe };
const replaces = String(NUMBER);
const seen = { ...step, seen: SEEN, jobs };
const blocked: Whole<Blocked> = { kind: 'blocked', why: REASON };
const routerBlocked: Whole<RouterBlocked> = { ...blocked, lookedMs: NUMBER };
const refused = { member: MEMBER, type: TYPE, reason: REASON } as const;
const reservation = { reservation: RESERVATION, routers: IDS };
export const policy: Whole<BatchPolicy> = {
  vrrpLimitMs: NUMBER,
  patienceMs: NUMBER,
  settlePatienceMs: NUMBER,
  confirmMinutes: NUMBER,
  minuteMs: NUMBER,
  confirmMarginMs: NUMBER,
  fallbackGraceMs: NUMBER,
  confirmedCommits: { [ID]: 'preferred', [`${ID.slice(1)}y`]: 'preferred' },
  synchronize: { [ID]: 'always', [`${ID.slice(1)}y`]: 'always' },
};
const underway = { ...reservation, policy };
const requesting = { routers: IDS, names: NAMES, request: most.REQUEST, seen: SEEN };
const by = '\ud800'.repeat(LENGTHS.who);
const hold: Whole<HoldRequest> = { router: ID, reason: line, by };
const onBehalf = { member: MEMBER, outcome: most.REVERTED };

const applied: Whole<ApplyOutcome> = {
  // Every member is in one of the lists.
  applied: [],
  refused: times(BATCH, refused),
  postponed: [],
  complete: [],
  toRevert: [],
  commits: { [ID]: 'on trial', [`${ID.slice(1)}y`]: 'on trial' },
  plainCommits: NAMES.slice(),
  confirmBy: TIME,
  verdictMs: NUMBER,
  vrrp: most.VRRP,
};
const settled: Whole<SettleOutcome> = {
  kept: [],
  reverted: times(BATCH, { member: MEMBER, owedOn: NAMES.slice(), reason: REASON }),
  fellBack: [],
};

type Traffic = {
  readonly [A in keyof Activities]: {
    readonly input: Whole<Parameters<Activities[A]>[0]>;
    readonly result: Whole<Awaited<ReturnType<Activities[A]>>>;
  };
};

const REF = { resourceType: WORD, resourceId: ID };
export const waited = { awaited: REF, run: plan.run, jobs: plan.jobs };

/** What each activity takes and gives at most. */
export const traffic: Traffic = {
  plan: {
    input: { ...request, action: 'create', replaces, waited },
    result: largestKind<PlanOutcome>({
      planned: { kind: 'planned', plan },
      ended: {
        kind: 'ended',
        ended: { gateway: GATEWAY, action: 'create', workerState: NAME, error: REASON },
        searchAttributes,
      },
      kept: { kind: 'kept', action: 'create', gateway: GATEWAY, searchAttributes },
      invalid: {
        kind: 'invalid',
        action: 'create',
        gateway: GATEWAY,
        reason: MESSAGE,
        type: TYPE,
        replaces,
        searchAttributes,
      },
      nothing: { kind: 'nothing', gateway: GATEWAY, replaces, searchAttributes },
      refused: { kind: 'refused', type: TYPE, reason: MESSAGE, searchAttributes },
    }),
  },
  configVersion: {
    input: { resourceType: WORD, resourceId: ID },
    result: { kind: 'version', version: NUMBER },
  },
  register: {
    input: { ...plan, waited, wokenBy: times(8, REF) },
    result: largestKind<RegisterOutcome>({
      registered: { kind: 'registered', plan },
      kept: { kind: 'kept' },
      replan: { kind: 'replan' },
      leftover: { kind: 'leftover', left: { ...step, routers, owe } },
      waits: { kind: 'waits', for: { gateway: REF, name: NAME, version: NUMBER, phase: 'being published' } },
    }),
  },
  restoreRecords: { input: plan, result: undefined },
  requestApply: { input: requesting, result: most.ANSWER },
  requestConfirm: { input: requesting, result: most.ANSWER },
  requestRevert: { input: requesting, result: most.ANSWER },
  markReverted: { input: step, result: undefined },
  recordStack: { input: step, result: undefined },
  oweDeletion: { input: { ...step, owe, routers: most.IDS, since: NUMBER }, result: undefined },
  awaitOwedDeletion: {
    input: { ...step, owe, routers: most.IDS, since: NUMBER },
    result: { kind: 'owed', type: TYPE, why: REASON },
  },
  poll: {
    input: {
      ...step,
      role: 'secondary',
      router: ID,
      end: 'before',
      limitMs: NUMBER,
      holdMs: NUMBER,
      others: most.VRRP.others,
    },
    result: SEEN[0] ?? assert.fail(),
  },
  publishCompleted: { input: { ...seen, action: 'update' }, result: undefined },
  publishUnchanged: {
    input: { ...step, routers: { primary: ID, secondary: ID }, jobs: plan.jobs },
    result: SEEN,
  },
  publishFailed: {
    input: {
      ...step,
      error: MESSAGE,
      registered: false,
      clean: false,
      action: 'create',
      isSuperseded: true,
      waited,
      replaces,
    },
    result: { ...step, routers, owe },
  },
  publishKept: { input: GATEWAY, result: undefined },
  publishNothing: {
    input: { ...GATEWAY, replaces },
    result: { kind: 'leftover', left: { ...step, routers, owe } },
  },
  reserve: {
    input: { pair: most.PAIR_ID, ...reservation, known: REASON, needs: [ID, ID], asksForLeft: true },
    result: largestKind<ReserveOutcome>({
      reserved: { kind: 'reserved', leftover: times(BATCH, step), policy, paysOnly: true },
      blocked: { ...blocked, isRetired: true, nothingLeft: true },
    }),
  },
  apply: {
    input: { ...underway, members, waitedMs: NUMBER },
    result: largest<Whole<ApplyOutcome | RouterBlocked>>([applied, routerBlocked]),
  },
  awaitRouters: {
    input: { ...underway, waitedMs: NUMBER, known: REASON },
    result: routerBlocked,
  },
  settle: { input: { ...underway, confirm: members, revert: [] }, result: settled },
  lookAtOwedChanges: {
    input: { routers: most.IDS },
    result: { routers: most.OWING, ready: most.IDS, inTheWay: REASON, isSlow: false },
  },
  pay: { input: { ...underway, ids: most.IDS }, result: { inTheWay: REASON } },
  endReservation: { input: { ...reservation, ifEmpty: true }, result: most.OWING },
  answer: {
    input: {
      answers: times(BATCH, { replyTo: most.REPLY_TO, answer: most.ANSWER, neverApplied: true as const }),
      wasReset: true,
    },
    result: times(BATCH, 'undelivered' as const),
  },
  publishOnBehalf: { input: onBehalf, result: undefined },
  publishUnpublished: {
    input: times(BATCH, onBehalf),
    result: times(BATCH, MEMBER),
  },
  wakeWaiters: { input: REF, result: undefined },
  beginMaintenance: { input: hold, result: undefined },
  endMaintenance: { input: { router: ID, by }, result: false },
};
