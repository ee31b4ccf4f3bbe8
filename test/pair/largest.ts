/**
 * The largest values that the declared limits allow, field by field. A type with a new field, an optional one too, does not compile here
 * until the field has its largest value.
 */
import { LENGTHS, utf8Length } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { FailureType } from '../../gateway/failures.ts';
import { ENDS_LIMIT } from '../../gateway/plan.ts';
import type { Observation, PlannedRouter, VersionEnd } from '../../gateway/plan.ts';
import type { VrrpTime } from '../../gateway/vrrp-time.ts';
import type { GatewayVersion, Role } from '../../gateway/resource.ts';
import type {
  Full,
  PairAnswer,
  PairMember,
  PairRequest,
  ReplyTo,
  Reverted,
  RouterOwing,
  Ticket,
} from '../../pair/messages.ts';
import type { Member, MemberOutcome, Verdict } from '../../pair/state.ts';
import { MONITORS_LIMIT } from '../../templates/kind-schemas.ts';

/** The type with every optional field. */
export type Whole<T> = T extends object ? { readonly [K in keyof T]-?: Whole<T[K]> } : T;

/** One value for each kind of a union. */
export type EachKind<U extends { readonly kind: string }> = {
  readonly [K in U['kind']]: Whole<Extract<U, { readonly kind: K }>>;
};

export function bytesOf(value: unknown): number {
  return value === undefined ? 0 : utf8Length(JSON.stringify(value));
}

export function largest<T>(values: readonly T[]): T {
  const [first, ...others] = values;
  if (first === undefined) throw new Error('expected a value, got none');
  return others.reduce((found, one) => (bytesOf(one) > bytesOf(found) ? one : found), first);
}

export function largestKind<U extends { readonly kind: string }>(values: EachKind<U>): Whole<U> {
  return largest(Object.values(values)) as Whole<U>;
}

export function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

/** No character takes more bytes. */
const text = (length: number) => '😀'.repeat(length);
export const NAME = text(LENGTHS.name);
export const REASON = text(LENGTHS.reason);
export const REQUEST_REASON = text(LENGTHS.request);
export const MESSAGE = text(LENGTHS.message);
/** Ids of gateways and routers, and the other words that hold ASCII characters only. */
export const ID = 'x'.repeat(128);
export const WORD = 'x'.repeat(63);
export const RUN = 'x'.repeat(36);
export const TIME = '2026-01-02T03:04:05.678Z';
export const NUMBER = Number.MAX_SAFE_INTEGER;
export const VRRP: Whole<VrrpTime> = {
  masterMs: NUMBER,
  limitMs: NUMBER,
  holdMs: NUMBER,
  // All of a router's groups together hold 2 KiB.
  others: {
    [ID]: [{ unit: 'x'.repeat(2_000), group: '', state: '' }],
    [`${ID}2`]: [{ unit: 'x'.repeat(2_000), group: '', state: '' }],
  },
};
/** The last moment that there is, in ms since the epoch. */
export const MOMENT = 8_640_000_000_000_000;
export const RESERVATION = `12345678.${NUMBER}`;
export const TRIAL = `${RESERVATION}.${NUMBER}`;
export const PAIR_ID = `router_pair:${ID}+${ID}`;
export const IDS = [ID, ID] as const;
export const NAMES = [NAME, NAME] as const;
export const TYPE: FailureType = largest(Object.values(FAILURES));
export const ROLE: Role = 'secondary';
export const ENDS: readonly Whole<VersionEnd>[] = times(ENDS_LIMIT, {
  version: NUMBER,
  outcome: 'superseded',
  error: REASON,
  type: TYPE,
  by: NUMBER,
  notReverted: REASON,
});

export const GATEWAY: Whole<GatewayVersion> = { resourceType: WORD, resourceId: ID, version: NUMBER };
export const MEMBER: Whole<PairMember> = { gateway: GATEWAY, run: RUN, name: NAME };
export const ROUTER: Whole<PlannedRouter> = { role: ROLE, id: ID, name: NAME };

const words = Object.fromEntries(
  times(MONITORS_LIMIT, WORD).map((word, index) => [`${index}${word}`.slice(0, WORD.length), 'ACTIVE']),
);
const observation: Whole<Observation> = { role: ROLE, router: NAME, at: TIME, vrrp: NAME, words };
export const SEEN = times(2, observation);

export const OWING: readonly Whole<RouterOwing>[] = times(2, { id: ID, name: NAME, changes: NUMBER });

export const REVERTED: Whole<Reverted> = {
  kind: 'reverted',
  type: TYPE,
  reason: REASON,
  owedOn: NAMES.slice(),
  note: REASON,
  mayHaveStood: true,
};

export const TICKET: Whole<Ticket> = {
  door: '12345678',
  number: NUMBER,
  gate: NUMBER,
  last: NUMBER,
  opened: MOMENT,
};
export const FULL: Whole<Full> = { kind: 'full', ticket: TICKET, againMs: NUMBER };

export const ANSWER = largestKind<PairAnswer>({
  applied: { kind: 'applied', trial: TRIAL, plainCommits: NAMES.slice(), vrrp: VRRP },
  'applied again': { kind: 'applied again', trial: TRIAL, vrrp: VRRP },
  kept: { kind: 'kept' },
  complete: { kind: 'complete' },
  full: FULL,
  reverted: REVERTED,
});

export const REPLY_TO: Whole<ReplyTo> = {
  workflowId: `${GATEWAY.resourceType}:${GATEWAY.resourceId}`,
  runId: RUN,
  activityId: String(NUMBER),
};

export const REQUEST: Whole<PairRequest> = {
  ...MEMBER,
  sequence: NUMBER,
  firstSequence: NUMBER,
  woken: true,
  replyTo: REPLY_TO,
  action: largestKind<PairRequest['action']>({
    apply: { kind: 'apply', again: true },
    confirm: { kind: 'confirm', trial: TRIAL },
    revert: { kind: 'revert', reason: REQUEST_REASON, atTheDoor: TICKET },
  }),
  ticket: TICKET,
};

const revert = (reason: string) => ({ kind: 'revert', type: TYPE, reason }) as const;

const member = (verdict: Whole<Verdict>): Whole<Member> => ({
  ...MEMBER,
  sequence: NUMBER,
  replyTo: REPLY_TO,
  since: MOMENT,
  mayBeApplied: false,
  mayLeave: true,
  verdict,
});
/** A member of the batch, and one that returned from it to the queue, which has no verdict to confirm. */
export const IN_BATCH = member(
  largestKind<Verdict>({
    confirm: { kind: 'confirm', lateRevert: revert(REQUEST_REASON) },
    revert: revert(REASON),
  }),
);
export const RETURNED = member(revert(REASON));
/** A member that was never in a batch. */
export const ARRIVED = member(revert(REQUEST_REASON));

export const OUTCOME: Whole<MemberOutcome> = {
  ...MEMBER,
  sequence: NUMBER,
  answer: REVERTED,
  neverApplied: true,
};
