/** Mutations of the transactions on both routers: `activities/pair/`. */
import type { Mutation } from './mutation.ts';

const PAIR = 'activities/pair';
const SPECS = 'test/activities/pair';

export const TRANSACTION_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a check that succeeded taken for a proof',
    kind: 'T1',
    file: `${PAIR}/carry-out.ts`,
    find: "if (isGone && fates.get(member)?.kind === 'kept')",
    put: 'if (isGone && fates.get(member)?.kind === undefined)',
    specs: [`${SPECS}/settle.test.ts`, `${SPECS}/lost-reply.test.ts`],
  },
  {
    name: 'the barrier on one router only',
    kind: 'T4',
    file: `${PAIR}/prepare.ts`,
    find: 'const behind = routers.filter(',
    put: 'const behind = routers.slice(0, 1).filter(',
    specs: [`${SPECS}/apply.test.ts`],
  },
  {
    name: 'a trial that falls back before VRRP can come up',
    kind: 'T2',
    file: `${PAIR}/apply.ts`,
    find: 'const minutes = trialMinutes(deps.policy, vrrp.limitMs);',
    put: 'const minutes = trialMinutes(deps.policy, 0);',
    specs: [`${SPECS}/vrrp-time.test.ts`],
  },
  {
    name: 'a confirmed commit upon a pending one',
    kind: 'T4',
    file: `${PAIR}/conflicts.ts`,
    find: "isTakenOver || router.look.pending.kind === 'ours'",
    put: "isTakenOver || router.look.pending.kind === 'foreign'",
    specs: [`${SPECS}/postponed.test.ts`, `${SPECS}/lost-reply.test.ts`],
  },
  {
    name: 'a commit sent again where it has arrived',
    kind: 'T4',
    file: `${PAIR}/apply.ts`,
    find: 'agreed.some((one) => !carries(router, one))',
    put: 'agreed.some(() => router)',
    specs: [`${SPECS}/lost-reply.test.ts`],
  },
  {
    name: 'failed without a look',
    kind: 'T6',
    file: `${PAIR}/revert.ts`,
    find: 'return { ...NO_RESULT, router, owed, notes };',
    put: 'return { ...NO_RESULT, router, before: owed, notes };',
    specs: [`${SPECS}/settle.test.ts`, `${SPECS}/owed-changes.test.ts`],
  },
  {
    name: 'what can’t be read counts as gone',
    kind: 'T6',
    file: `${PAIR}/conflicts.ts`,
    find: "if (presence.kind !== 'unreadable') continue;",
    put: "if (presence.kind !== 'unreadable' || presence.why !== '') continue;",
    specs: [`${SPECS}/unreadable.test.ts`],
  },
  {
    name: 'owed changes that nobody pays',
    kind: 'T7',
    file: `${PAIR}/apply.ts`,
    find: 'await allSettledOrThrow(routers.map((router) => payOwedChanges(deps.store, fence, router)));',
    put: 'payOwedChanges satisfies unknown;',
    specs: [`${SPECS}/owed-changes.test.ts`],
  },
  {
    name: 'owed changes that nobody pays without a request',
    kind: 'T7',
    file: `${PAIR}/pay-without-request.ts`,
    find: 'await payOwedChanges(store, fence, router);',
    put: 'payOwedChanges satisfies unknown;',
    specs: [`${SPECS}/pay-without-request.test.ts`],
  },
  {
    name: 'an owed change paid with what somebody has changed since',
    kind: 'T7',
    file: `${PAIR}/pay-owed-changes.ts`,
    find: "presence.kind === 'before';",
    put: "presence.kind !== 'after';",
    specs: [`${SPECS}/owed-changes.test.ts`],
  },
  {
    name: 'what stood there before taken for ours',
    kind: 'T9',
    file: `${PAIR}/members.ts`,
    find: '    kept ||\n    isPermitted(record, member) ||',
    put: '    !kept ||\n    isPermitted(record, member) ||',
    specs: [`${SPECS}/apply.test.ts`],
  },
  {
    name: 'what /state has settled applied again',
    kind: 'T10',
    file: `${PAIR}/members.ts`,
    find: 'isEnded(state, member.gateway.version, plan.replaces)',
    put: 'isEnded(state, member.gateway.version + 1, plan.replaces)',
    specs: [`${SPECS}/published-state.test.ts`, `${SPECS}/not-applicable.test.ts`],
  },
  {
    name: 'what /state promises reverted',
    kind: 'T10',
    file: 'etcd/state.ts',
    find: 'state?.version === version && COMPLETED_WORDS.includes(state.workerState)',
    put: "state?.version === version && state.workerState === 'CREATED'",
    specs: [`${SPECS}/kept.test.ts`],
  },
  {
    name: 'taken back on one router, and not planned again',
    kind: 'T11',
    file: `${PAIR}/carry-out.ts`,
    find: 'tookBack = settled.includes(true);',
    put: 'tookBack = settled.length > 2;',
    specs: [`${SPECS}/taken-back.test.ts`],
  },
  {
    name: 'confirmed on one router while the other refuses to load the revert',
    kind: 'T11',
    file: `${PAIR}/carry-out.ts`,
    find: 'return refusing.length > 0 ? refusing : loaded;',
    put: 'return refusing.length > loaded.length ? refusing : loaded;',
    specs: [`${SPECS}/taken-back.test.ts`],
  },
  {
    name: 'to be reverted, and applied again after a refused revert',
    kind: 'T11',
    file: `${PAIR}/settle-plan.ts`,
    find: 'const fate = revertedBefore(member) ?? fateOf(views, member);',
    put: 'const fate = fateOf(views, member);',
    specs: [`${SPECS}/settle-plan.test.ts`],
  },
  {
    name: 'fallen back on one router, and kept',
    kind: 'T12',
    file: `${PAIR}/settle-plan.ts`,
    find: "if (fallenBack.every(({ trials }) => trials < MAX_TRIALS)) return { kind: 'fell back' };",
    put: "if (fallenBack.every(({ trials }) => trials < MAX_TRIALS)) return { kind: 'kept' };",
    specs: [`${SPECS}/settle-plan.test.ts`],
  },
  {
    name: 'fallen back, and put on trial for ever',
    kind: 'T12',
    file: `${PAIR}/settle-plan.ts`,
    find: 'const MAX_TRIALS = 2;',
    put: 'const MAX_TRIALS = 2_000;',
    specs: [`${SPECS}/settle-plan.test.ts`],
  },

  {
    name: 'what is owed is the change and not its inverse',
    kind: 'T7',
    file: `${PAIR}/record.ts`,
    find: 'change: inverse(change).change,',
    put: 'change: change.change,',
    specs: [`${SPECS}/owed-changes.test.ts`],
  },
  {
    name: 'the change itself is to be reverted, and not its inverse',
    kind: 'routers',
    file: `${PAIR}/revert.ts`,
    find: 'changes: standing.map(inverse),',
    put: 'changes: standing,',
    specs: [`${SPECS}/settle.test.ts`, `${SPECS}/owed-changes.test.ts`],
  },
  {
    name: 'what is ours is not known by what is owed',
    kind: 'T9',
    file: `${PAIR}/members.ts`,
    find: 'const owed = inverseOf(change);',
    put: 'const owed = change;',
    specs: [`${SPECS}/owed-changes.test.ts`],
  },
  {
    name: 'one router owes the change of the other one',
    kind: 'T7',
    file: `${PAIR}/record.ts`,
    find: 'const change = owed.has(member) ? changes.get(router.id) : undefined;',
    put: 'const [change] = owed.has(member) ? [...changes.values()] : [];',
    specs: [`${SPECS}/owed-changes.test.ts`, `${SPECS}/settle.test.ts`],
  },
  {
    name: 'marked as kept after the members left the reservation',
    kind: 'T10',
    file: `${PAIR}/record.ts`,
    find: 'assertCurrent(fence, await store.markSettled(fence, settlement));',
    put: `assertCurrent(fence, await store.markSettled(fence, { ...settlement, kept: [] }));
  assertCurrent(fence, await store.markSettled(fence, { kept }));`,
    specs: [`${SPECS}/kept.test.ts`],
  },
  {
    name: "one router's failed commit dropped",
    kind: 'T1',
    file: `${PAIR}/apply.ts`,
    find: 'if (errors.length > 0 && refusal === undefined) throw errors[0];',
    put: 'if (errors.length === committed.length && refusal === undefined) throw errors[0];',
    specs: [`${SPECS}/lost-reply.test.ts`, `${SPECS}/apply.test.ts`],
  },
  {
    name: 'plans read before the fencing token is issued',
    kind: 'T3',
    file: `${PAIR}/apply.ts`,
    find: '    return await withRouterSessions(deps, context, input, async (attempt) => {',
    put: `    const early = await readBatch(deps.store, input.routers, input.members);
    const readBefore: typeof readBatch = async () => early;
    return await withRouterSessions(deps, context, input, async (attempt) => {
      const readBatch = readBefore;`,
    specs: [`${SPECS}/kept.test.ts`],
  },
  {
    name: 'what is owed written after its gateway has left the reservation',
    kind: 'T7',
    file: `${PAIR}/record.ts`,
    find: 'for (const result of results) await recordOwed(store, fence, planned, result);',
    put: `for (const { router, before, owed } of results)
    await store.markSettled(fence, {
      finished: { [router.id]: members.filter((one) => before.has(one) || owed.has(one)) },
    });
  for (const result of results) await recordOwed(store, fence, planned, result);`,
    specs: [`${SPECS}/owed-changes.test.ts`],
  },
  {
    name: 'given up without making its own token void',
    kind: 'T3',
    file: `${PAIR}/apply.ts`,
    find: `  const issued = await store.issueToken({ reservation, routers }, {}, activityCallOf(context));
  if (issued.kind !== 'issued') throw new OvertakenError(reservation, issued.kind);
  const { records } = issued;`,
    put: `  activityCallOf(context);
  const records = await Promise.all(routers.map((id) => store.router(id)));`,
    specs: [`${SPECS}/frozen-workers.test.ts`],
  },
  {
    name: 'reverted without making older tokens void',
    kind: 'T3',
    file: `${PAIR}/revert.ts`,
    find: `  const issued = await deps.store.issueToken({ reservation, routers }, {}, activityCallOf(context));
  if (issued.kind !== 'issued') throw new OvertakenError(reservation, issued.kind);`,
    put: `  if (activityCallOf(context).attempt < 0) throw new OvertakenError(reservation, 'overtaken');
  const issued = { records: await Promise.all(routers.map((id) => deps.store.router(id))) };`,
    specs: [`${SPECS}/frozen-workers.test.ts`],
  },
  {
    name: 'what is kept is reverted as long as /state does not have it',
    kind: 'T10',
    file: `${PAIR}/members.ts`,
    find: 'return isKeptAt(plan, member.gateway) || isComplete(state, member.gateway);',
    put: 'return plan !== undefined && isComplete(state, member.gateway);',
    specs: [`${SPECS}/kept.test.ts`],
  },
];
