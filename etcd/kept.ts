/**
 * What was made permanent, and what is being taken away again: the plan record says which, and `/state` promises nothing else.
 * Both are fenced by the turn's attempt, so that a worker that wakes up late changes neither.
 */
import type { PermittedMember } from '../pair/transactions.ts';
import type { Entry, EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import { KEYS } from './keys.ts';
import { isKept, planRecordOf } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { readPair } from './router-record.ts';
import type { Fence } from './router-record.ts';
import { isComplete, stateOf } from './state.ts';
import { isCurrent } from './fencing-token.ts';

export type RevertingOutcome =
  | { readonly kind: 'marked' }
  /** `/state` says of these that they stand: nothing was written. */
  | { readonly kind: 'promised'; readonly members: readonly PermittedMember[] }
  /** The number was voided or the turn lost: nothing, or not everything, was written. */
  | { readonly kind: 'void' };

interface MemberRecords {
  readonly member: PermittedMember;
  readonly plan: Entry;
  readonly state: Entry;
  readonly record: PlanRecord | undefined;
}

/** etcd takes 128 comparisons in a transaction: two for each, and both routers'. */
const AT_ONCE = 48;

export async function markKept(
  client: EtcdClient,
  attempt: Fence,
  members: readonly PermittedMember[],
): Promise<boolean> {
  const outcome = await markEach(client, 'mark kept', attempt, members, true);
  return outcome.kind !== 'void';
}

export function markReverting(
  client: EtcdClient,
  attempt: Fence,
  members: readonly PermittedMember[],
): Promise<RevertingOutcome> {
  return markEach(client, 'mark reverting', attempt, members, false);
}

async function markEach(
  client: EtcdClient,
  operation: string,
  attempt: Fence,
  members: readonly PermittedMember[],
  kept: boolean,
): Promise<RevertingOutcome> {
  const promised: PermittedMember[] = [];
  for (let from = 0; from < members.length; from += AT_ONCE) {
    const outcome = await mark(client, operation, attempt, members.slice(from, from + AT_ONCE), kept);
    if (outcome.kind === 'void') return outcome;
    if (outcome.kind === 'promised') promised.push(...outcome.members);
  }
  return promised.length === 0 ? { kind: 'marked' } : { kind: 'promised', members: promised };
}

function mark(
  client: EtcdClient,
  operation: string,
  attempt: Fence,
  members: readonly PermittedMember[],
  kept: boolean,
): Promise<RevertingOutcome> {
  return transact<RevertingOutcome>(client, operation, async () => {
    const pair = await readPair(client, operation, attempt.routers);
    if (!isCurrent(attempt, pair)) return done({ kind: 'void' });
    const found = await readMembers(client, operation, members);
    const promised = kept
      ? []
      : found.filter(({ member, state }) => isComplete(stateOf(state), member.gateway));
    if (promised.length > 0) return done({ kind: 'promised', members: promised.map(({ member }) => member) });
    // What was never kept can't be promised: there is nothing to take back.
    const due = found.filter(({ record }) => record !== undefined && (kept || record.kept === true));
    const open = due.filter(({ record }) => isKept(record) !== kept);
    if (open.length === 0) return done({ kind: 'marked' });
    return {
      kind: 'write',
      outcome: { kind: 'marked' },
      transaction: {
        unchanged: [...pair.map(({ entry }) => entry), ...open.flatMap(({ plan, state }) => [plan, state])],
        put: open.map(({ plan, record }) => ({
          key: plan.key,
          value: { ...record, kept: true, reverting: !kept },
        })),
      },
    };
  });
}

/** A run that has taken over since, with the same configurations, is the heir: of this version, whichever run's the record is. */
async function readMembers(
  client: EtcdClient,
  operation: string,
  members: readonly PermittedMember[],
): Promise<readonly MemberRecords[]> {
  const keys = members.flatMap(({ gateway }) => [KEYS.plan(gateway), KEYS.state(gateway)]);
  const entries = await client.read(operation, keys);
  return members.map((member, index): MemberRecords => {
    const [plan, state] = entries.slice(2 * index) as [Entry, Entry];
    const record = planRecordOf(plan);
    const isOfVersion = record?.gateway.version === member.gateway.version;
    return { member, plan, state, record: isOfVersion ? record : undefined };
  });
}
