/**
 * What was made permanent, and what is being taken away again: the plan record says which, and `/state` promises nothing else.
 * Both are fenced by the turn's attempt, so that a worker that wakes up late changes neither.
 */
import type { TurnMember } from '../pair/transactions.ts';
import type { Entry, EtcdClient } from './client.ts';
import { decide, done } from './transact.ts';
import { KEYS } from './keys.ts';
import { isKept, planRecordOf } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { readPair } from './router-record.ts';
import type { TurnAttempt } from './router-record.ts';
import { isCreatedState } from './state.ts';
import { isCurrent } from './fencing-token.ts';

export type LeavingOutcome =
  | { readonly kind: 'leaving' }
  /** `/state` says of these that they stand: nothing was written. */
  | { readonly kind: 'promised'; readonly members: readonly TurnMember[] }
  /** The number was voided or the turn lost: nothing, or not everything, was written. */
  | { readonly kind: 'void' };

interface Standing {
  readonly member: TurnMember;
  readonly plan: Entry;
  readonly state: Entry;
  readonly record: PlanRecord | undefined;
}

/** etcd takes 128 comparisons in a transaction: two for each, and both routers'. */
const AT_ONCE = 48;

export async function markKept(
  client: EtcdClient,
  attempt: TurnAttempt,
  members: readonly TurnMember[],
): Promise<boolean> {
  const outcome = await markEach(client, 'mark kept', attempt, members, true);
  return outcome.kind !== 'void';
}

export function markLeaving(
  client: EtcdClient,
  attempt: TurnAttempt,
  members: readonly TurnMember[],
): Promise<LeavingOutcome> {
  return markEach(client, 'mark leaving', attempt, members, false);
}

async function markEach(
  client: EtcdClient,
  operation: string,
  attempt: TurnAttempt,
  members: readonly TurnMember[],
  kept: boolean,
): Promise<LeavingOutcome> {
  const promised: TurnMember[] = [];
  for (let from = 0; from < members.length; from += AT_ONCE) {
    const outcome = await mark(client, operation, attempt, members.slice(from, from + AT_ONCE), kept);
    if (outcome.kind === 'void') return outcome;
    if (outcome.kind === 'promised') promised.push(...outcome.members);
  }
  return promised.length === 0 ? { kind: 'leaving' } : { kind: 'promised', members: promised };
}

function mark(
  client: EtcdClient,
  operation: string,
  attempt: TurnAttempt,
  members: readonly TurnMember[],
  kept: boolean,
): Promise<LeavingOutcome> {
  return decide<LeavingOutcome>(client, operation, async () => {
    const pair = await readPair(client, operation, attempt.routers);
    if (!isCurrent(attempt, pair)) return done({ kind: 'void' });
    const found = await standings(client, operation, members);
    const promised = kept ? [] : found.filter(({ member, state }) => isCreatedState(state, member.gateway));
    if (promised.length > 0) return done({ kind: 'promised', members: promised.map(({ member }) => member) });
    // What was never kept can't be promised: there is nothing to take back.
    const due = found.filter(({ record }) => record !== undefined && (kept || record.kept === true));
    const open = due.filter(({ record }) => isKept(record) !== kept);
    if (open.length === 0) return done({ kind: 'leaving' });
    return {
      kind: 'write',
      outcome: { kind: 'leaving' },
      transaction: {
        unchanged: [...pair.map(({ entry }) => entry), ...open.flatMap(({ plan, state }) => [plan, state])],
        put: open.map(({ plan, record }) => ({
          key: plan.key,
          value: { ...record, kept: true, leaving: !kept },
        })),
      },
    };
  });
}

/** A run that has taken over since, with the same configurations, is the heir: of this version, whichever run's the record is. */
async function standings(
  client: EtcdClient,
  operation: string,
  members: readonly TurnMember[],
): Promise<readonly Standing[]> {
  const keys = members.flatMap(({ gateway }) => [KEYS.plan(gateway), KEYS.state(gateway)]);
  const entries = await client.read(operation, keys);
  return members.map((member, index): Standing => {
    const [plan, state] = entries.slice(2 * index) as [Entry, Entry];
    const record = planRecordOf(plan);
    const isOfVersion = record?.gateway.version === member.gateway.version;
    return { member, plan, state, record: isOfVersion ? record : undefined };
  });
}
