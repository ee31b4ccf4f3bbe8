/**
 * Marks plan records: `kept` if the gateway was made permanent, `reverting` if a kept gateway is being reverted. `/state` promises only a
 * gateway that is kept and not being reverted. Both marks are written under the fence, so that a worker that wakes up late changes neither.
 */
import type { PermittedMember } from '../pair/transactions.ts';
import type { Entry, EtcdClient } from './client.ts';
import { assertOf, changed, changesOf, fenced } from './fence.ts';
import type { Fence } from './fence.ts';
import { KEYS } from './keys.ts';
import { entryOf } from './members.ts';
import { without } from './permitted-members.ts';
import { TO_BE_CONTINUED, fitting, untilNothingIsLeft } from './request-size.ts';
import { isKept, isPromised, planRecordOf } from './plan-record.ts';
import type { PlanRecord, RoutersSecrets } from './plan-record.ts';
import type { RouterPair } from './router-record.ts';
import { stateOf } from './state.ts';
import { done } from './transact.ts';
import type { Transition } from './transact.ts';

export interface KeptMember extends PermittedMember {
  /** Its plan record as it was read last. It saves the transaction a request. */
  readonly plan?: PlanRecord;
  /** What the routers have in place of the gateway's secrets. Absent: it has none, or nobody has looked. */
  readonly secrets?: RoutersSecrets | undefined;
}

export interface Settlement {
  /** Members that are permanent on both routers. */
  readonly kept?: readonly KeptMember[];
  /** By router id: members that the router's record names no longer, because they were seen absent, are owed or are kept. */
  readonly finished?: Readonly<Record<string, readonly PermittedMember[]>>;
}

export type RevertingOutcome =
  | { readonly kind: 'marked' }
  /** `/state` promises these members, so they were not marked. */
  | { readonly kind: 'promised'; readonly members: readonly PermittedMember[] }
  /** The token was voided or the reservation lost: nothing, or not everything, was written. */
  | { readonly kind: 'void' };

interface MemberRecords {
  readonly member: PermittedMember;
  readonly plan: Entry;
  readonly state: Entry;
  readonly record: PlanRecord | undefined;
}

/** Members in one transaction. etcd takes 128 comparisons: two for each member, and two for the routers. */
const AT_ONCE = 48;

const SETTLE = 'mark settled';
const REVERT = 'mark reverting';

export async function markSettled(
  client: EtcdClient,
  fence: Fence,
  { kept = [], finished = {} }: Settlement,
): Promise<boolean> {
  for (const id of Object.keys(finished)) assertOf(fence, id);
  const chunks = chunksOf(kept);
  for (const [index, members] of chunks.entries()) {
    // The mark `kept` must be written before the routers' records stop naming the member, or in the same transaction.
    const isLast = index === chunks.length - 1;
    const isCurrent = await untilNothingIsLeft(() =>
      fenced<boolean | typeof TO_BE_CONTINUED>(client, SETTLE, fence, false, async (pair, isFirst) => {
        const plans = await keptPlans(client, members, isFirst);
        const routers = withoutMembers(pair, isLast && !plans.isPart ? finished : {});
        return routers.kind === 'write' || plans.put.length > 0
          ? {
              kind: 'write',
              outcome: plans.isPart ? TO_BE_CONTINUED : true,
              transaction: {
                unchanged: [...pair.map(({ entry }) => entry), ...plans.unchanged],
                put: [...plans.put, ...(routers.kind === 'write' ? routers.transaction.put : [])],
              },
            }
          : done(true);
      }),
    );
    if (!isCurrent) return false;
  }
  return true;
}

/** `isFirst`: the plan records that the members bring are not read again, because the transaction compares them. */
async function keptPlans(client: EtcdClient, members: readonly KeptMember[], isFirst: boolean) {
  const known = members.flatMap(({ plan: record }) => {
    const plan = record && entryOf(record);
    return plan === undefined ? [] : [{ plan, record }];
  });
  const found =
    isFirst && known.length === members.length ? known : await readMembers(client, SETTLE, members);
  const open = found.filter(({ record }) => record !== undefined && !isKept(record));
  const secretsOf = new Map(members.map(({ gateway, secrets }) => [KEYS.plan(gateway), secrets]));
  const put = open.map(({ plan, record }) => ({
    key: plan.key,
    value: {
      ...record,
      kept: true,
      reverting: false,
      disputed: undefined,
      restored: undefined,
      secrets: secretsOf.get(plan.key) ?? record?.secrets,
    },
  }));
  const fits = fitting(put);
  return {
    unchanged: open.slice(0, fits).map(({ plan }) => plan),
    put: put.slice(0, fits),
    /** The rest is too large for the same transaction. */
    isPart: fits < put.length,
  };
}

/** Removes members from both records. A router without members has no `committedAt`: its next deadline counts from a new commit. */
function withoutMembers(
  pair: RouterPair,
  finished: NonNullable<Settlement['finished']>,
): Transition<boolean> {
  const next = pair.map((router) =>
    changed(router, (reservation) => {
      const members = without(reservation.members, finished[router.id] ?? []);
      return { ...reservation, members, committedAt: members.length > 0 ? reservation.committedAt : null };
    }),
  );
  const touched = next.filter(({ id }) => finished[id] !== undefined);
  return changesOf(pair, touched, true);
}

export async function markReverting(
  client: EtcdClient,
  fence: Fence,
  members: readonly PermittedMember[],
): Promise<RevertingOutcome> {
  const promised: PermittedMember[] = [];
  for (const some of members.length === 0 ? [] : chunksOf(members)) {
    const outcome = await untilNothingIsLeft(() =>
      fenced<RevertingOutcome | typeof TO_BE_CONTINUED>(client, REVERT, fence, { kind: 'void' }, (pair) =>
        lookToRevert(client, pair, some),
      ),
    );
    if (outcome.kind === 'void') return outcome;
    if (outcome.kind === 'promised') promised.push(...outcome.members);
  }
  return promised.length === 0 ? { kind: 'marked' } : { kind: 'promised', members: promised };
}

async function lookToRevert(
  client: EtcdClient,
  pair: RouterPair,
  members: readonly PermittedMember[],
): Promise<Transition<RevertingOutcome | typeof TO_BE_CONTINUED>> {
  const found = await readMembers(client, REVERT, members);
  const promised = found.filter(({ member, state, record }) =>
    isPromised(record, stateOf(state), member.gateway),
  );
  if (promised.length > 0) return done({ kind: 'promised', members: promised.map(({ member }) => member) });
  // `/state` can promise a kept member only, so the others need no mark.
  const open = found.filter(({ record }) => record?.kept === true && record.reverting !== true);
  if (open.length === 0) return done({ kind: 'marked' });
  const put = open.map(({ plan, record }) => ({
    key: plan.key,
    value: { ...record, kept: true, reverting: true },
  }));
  const fits = fitting(put);
  const compared = open.slice(0, fits).flatMap(({ plan, state }) => [plan, state]);
  return {
    kind: 'write',
    outcome: fits < put.length ? TO_BE_CONTINUED : { kind: 'marked' },
    transaction: {
      unchanged: [...pair.map(({ entry }) => entry), ...compared],
      put: put.slice(0, fits),
    },
  };
}

/** The members in chunks of `AT_ONCE`. There is at least one chunk, which may be empty. */
function chunksOf<T>(members: readonly T[]): readonly (readonly T[])[] {
  const chunks = [members.slice(0, AT_ONCE)];
  for (let from = AT_ONCE; from < members.length; from += AT_ONCE)
    chunks.push(members.slice(from, from + AT_ONCE));
  return chunks;
}

/** Reads plan record and `/state` of each member. The run is not compared: a newer run takes the record over only if its changes are the same. */
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
