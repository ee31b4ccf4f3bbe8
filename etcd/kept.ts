/**
 * Writes down the result of settling. The mark `kept` in a plan record makes `after` what stands, and is final for its version. The mark is written under
 * the fence, in the same transaction that cancels what the routers owe of the gateway. So as long as the mark is missing, the owed changes are still there.
 */
import { partsOf } from '../gateway/lists.ts';
import type { PermittedMember } from '../pair/router-record.ts';
import type { Entry, EtcdClient } from './client.ts';
import { assertOf, fenced, withReservation } from './fence.ts';
import type { Fence } from './fence.ts';
import { KEYS } from './keys.ts';
import { planEntryOf } from './members.ts';
import { owedNoMore } from './owed-changes.ts';
import { without } from './permitted-members.ts';
import { TO_BE_CONTINUED, fitting, untilNothingIsLeft } from './request-size.ts';
import { isKept, planRecordOf } from './plan-record.ts';
import type { PlanRecord, RoutersSecrets } from './plan-record.ts';
import { recordPut } from './router-record.ts';
import type { RouterPair } from './router-record.ts';
import { done } from './transact.ts';
import type { Transition } from './transact.ts';

export interface KeptMember extends PermittedMember {
  /** Its plan record as it was read last. It saves the transaction a request. */
  readonly plan?: PlanRecord;
  /** What the routers have in place of the gateway's secrets. Absent: it has none, or nobody has looked. */
  readonly secrets?: RoutersSecrets | undefined;
  /** Ids of the routers that owe changes of the gateway. Absent: none does. */
  readonly owing?: readonly string[];
}

export interface Settlement {
  /** Members that are permanent on both routers. */
  readonly kept?: readonly KeptMember[];
  /** By router id: the members that leave the router's record, because they were seen absent there, are owed or are kept. */
  readonly finished?: Readonly<Record<string, readonly PermittedMember[]>>;
}

interface KeptPlan {
  readonly member: KeptMember;
  readonly plan: Entry;
  readonly record: PlanRecord;
}

/** Most members in one transaction. etcd takes 128 comparisons: one for each member and two for the routers. */
const AT_ONCE = 48;
/** Most members in one transaction, if routers owe changes of them. Each owed change is compared, too. */
const OWING_AT_ONCE = 8;

const OPERATION = 'mark settled';

export async function markSettled(
  client: EtcdClient,
  fence: Fence,
  { kept = [], finished = {} }: Settlement,
): Promise<boolean> {
  for (const id of Object.keys(finished)) assertOf(fence, id);
  const isOwing = ({ owing = [] }: KeptMember) => owing.length > 0;
  const parts = [
    ...partsOf(kept.filter(isOwing), OWING_AT_ONCE),
    ...partsOf(
      kept.filter((one) => !isOwing(one)),
      AT_ONCE,
    ),
  ];
  // Without a member to keep, there is still `finished` to write.
  const chunks = parts.length === 0 ? [[]] : parts;
  for (const [index, members] of chunks.entries()) {
    // The mark `kept` must be written before the routers' records stop naming the member, or in the same transaction.
    const isLast = index === chunks.length - 1;
    const isCurrent = await untilNothingIsLeft(() =>
      fenced<boolean | typeof TO_BE_CONTINUED>(client, OPERATION, fence, false, async (pair, isFirst) => {
        const plans = await keptPlans(client, members, isFirst);
        return settlementOf(pair, plans, isLast && !plans.isPart ? finished : {});
      }),
    );
    if (!isCurrent) return false;
  }
  return true;
}

type KeptPlans = Awaited<ReturnType<typeof keptPlans>>;

function settlementOf(
  pair: RouterPair,
  { plans, owed, isPart }: KeptPlans,
  finished: NonNullable<Settlement['finished']>,
): Transition<boolean | typeof TO_BE_CONTINUED> {
  const outcome = isPart ? TO_BE_CONTINUED : true;
  // Whoever writes an owed change writes the router's record, too.
  const routers = pair.filter(
    ({ id, entry }) =>
      finished[id] !== undefined || owed.some(({ router }) => KEYS.router(router) === entry.key),
  );
  const put = routers.flatMap((router) => {
    const next = withoutMembers(router, finished[router.id] ?? []);
    const isSame = JSON.stringify(next.record) === JSON.stringify(router.record);
    return isSame && !owed.some((one) => one.router === router.id) ? [] : [recordPut(next, next.record)];
  });
  if (plans.length + put.length === 0) return done(outcome);
  return {
    kind: 'write',
    outcome,
    transaction: {
      unchanged: [
        ...pair.map(({ entry }) => entry),
        ...plans.map(({ plan }) => plan),
        ...owed.map(({ entry }) => entry),
      ],
      put: [...plans.map(({ plan, value }) => ({ key: plan.key, value })), ...put],
      remove: owed.map(({ entry }) => entry.key),
    },
  };
}

/** `isFirst`: the plan records that the members bring are not read again, because the transaction compares them. */
async function keptPlans(client: EtcdClient, members: readonly KeptMember[], isFirst: boolean) {
  const known = members.flatMap((member): KeptPlan[] => {
    const plan = member.plan && planEntryOf(member.plan);
    return plan === undefined || member.plan === undefined ? [] : [{ member, plan, record: member.plan }];
  });
  const found = isFirst && known.length === members.length ? known : await readPlans(client, members);
  const open = found
    .filter(({ record }) => !isKept(record))
    .map((one) => ({ ...one, value: keptRecord(one) }));
  const plans = open.slice(0, fitting(open.map(({ value }) => value)));
  const owed = await Promise.all(
    plans.flatMap(({ member: { owing = [], gateway }, record }) =>
      owing.map(async (router) =>
        (await owedNoMore(client, OPERATION, router, gateway, record)).map((entry) => ({ router, entry })),
      ),
    ),
  );
  /** `isPart`: the rest is too large for the same transaction. */
  return { plans, owed: owed.flat(), isPart: plans.length < open.length };
}

function keptRecord({ member: { secrets }, record }: KeptPlan) {
  return {
    ...record,
    kept: true,
    disputed: undefined,
    restored: undefined,
    secrets: secrets ?? record.secrets,
  };
}

/**
 * The router without these members. If no member is left, it has no `committedAt` and no `vrrpBefore`: the next commit that is permitted is the first
 * again.
 */
function withoutMembers(
  router: RouterPair[number],
  finished: readonly PermittedMember[],
): RouterPair[number] {
  return withReservation(router, ({ vrrpBefore, ...reservation }) => {
    const members = without(reservation.members, finished);
    if (members.length === 0) return { ...reservation, members, committedAt: null };
    return { ...reservation, members, ...(vrrpBefore && { vrrpBefore }) };
  });
}

/** Members without a plan record of their version are left out. The run is not compared: a newer run takes the record over only if its changes are the same. */
async function readPlans(client: EtcdClient, members: readonly KeptMember[]): Promise<readonly KeptPlan[]> {
  const entries = await client.read(
    OPERATION,
    members.map(({ gateway }) => KEYS.plan(gateway)),
  );
  return members.flatMap((member, index): KeptPlan[] => {
    const plan = entries[index] as Entry;
    const record = planRecordOf(plan);
    return record?.gateway.version === member.gateway.version ? [{ member, plan, record }] : [];
  });
}
