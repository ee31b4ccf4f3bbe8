import type { Survivor } from '../survivors.ts';
import { WORDS } from './reasons.ts';

const AHEAD = 'to read before it is needed only saves time';
const CONTACTED =
  'a router is contacted only if something there may be ours, and this attempt has voided all others';
const EACH_ROUTER = 'only for the compiler: each member has a change on each router';

/** Mutants of `activities/pair/` that no test has to notice. */
export const ACTIVITIES: readonly Survivor[] = [
  {
    file: 'activities/pair/carry-out.ts',
    line: 'for (let tookBack = false; plan === undefined || open.size > 0 || tookBack;) {',
    put: 'true',
    why: 'the first round comes in any case, and sets it',
  },
  {
    file: 'activities/pair/carry-out.ts',
    line: 'for (let tookBack = false; plan === undefined || open.size > 0 || tookBack;) {',
    put: 'false',
    why: 'only for the compiler: without a plan each router is open',
  },
  {
    file: 'activities/pair/carry-out.ts',
    line: '({ member }) => revert[index]?.has(member) === true && !known.has(member),',
    put: 'revert[index].has',
    why: 'only for the compiler: there is a set for each router',
  },
  {
    file: 'activities/pair/carry-out.ts',
    line: "if (isGone && fates.get(member)?.kind === 'kept') throw happened(router, member, 'fell back');",
    put: 'fates.get(member).kind',
    why: 'only for the compiler: each member has a fate',
  },
  {
    file: 'activities/pair/apply-outcome.ts',
    line: "const committed = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));",
    put: 'true',
    why: 'only for the compiler: what was rejected has no value',
  },
  {
    file: 'activities/pair/read-family.ts',
    line: '(refs.get(workflowIdOf(gateway)) ?? []).flatMap((ref) => here.get(workflowIdOf(ref)) ?? []);',
    put: '["Stryker was here"]',
    why: 'what is no gateway is no parent; and each parent that a plan names was looked for',
  },
  {
    file: 'activities/pair/read-family.ts',
    line: "{ gateway: ref, name: names[index] ?? '', plan: plan instanceof Error ? undefined : plan },",
    put: '"Stryker was here!"',
    why: 'only for the compiler: there are as many names as parents',
  },
  {
    file: 'activities/pair/reservation.ts',
    line: "const isSettled = asksForLeft === true && 'nothingLeft' in outcome && outcome.nothingLeft === true;",
    put: 'true',
    why: 'only for the compiler: an outcome that has the field has it set',
  },
  {
    file: 'activities/pair/settle-plan.ts',
    line: 'if (!isBefore(view.presence(member)) && view.isOurs(member) && where(view)) revert[index]?.add(member);',
    put: 'revert[index].add',
    why: 'only for the compiler: there is a set for each view',
  },
  {
    file: 'activities/pair/settle-plan.ts',
    line: 'return `${view.name}: "${describePath(presence.missing)}" was removed by somebody else`;',
    why: WORDS,
  },
  {
    file: 'activities/pair/conflicts.ts',
    line: 'if (after === null) return undefined;',
    why: 'only for the compiler: a deletion has no statement in any stanza',
  },
  {
    file: 'activities/pair/conflicts.ts',
    line: 'if (!known.has(parent)) known.set(parent, problemOfParent(router.look.running, parent));',
    put: 'true',
    why: 'judged once for each child, a parent is found to stand, or not, as before',
  },
  {
    file: 'activities/pair/conflicts.ts',
    line: 'const [first = []] = ownedBy(change);',
    why: 'only for the compiler: what stands of a change is a stanza of it',
  },
  {
    file: 'activities/pair/members.ts',
    line: 'return (reservation?.members ?? []).some(',
    put: '["Stryker was here"]',
    why: 'what is no member is the same as none',
  },
  {
    file: 'activities/pair/members.ts',
    line: 'return (reservation?.members ?? []).some((left) =>',
    put: '["Stryker was here"]',
    why: 'what is no member is the same as none',
  },
  {
    file: 'activities/pair/others-before.ts',
    line: 'const shown = await observe(netconf, { interfaces: units, filters: [], sessions: [], routes: [] });',
    put: '["Stryker was here"]',
    why: 'what else is asked for is not looked at',
  },
  {
    file: 'activities/pair/apply.ts',
    line: 'const permitted = records.flatMap(({ reservation }) => reservation?.members ?? []);',
    put: 'reservation.members',
    why: 'only for the compiler: whoever got a token has a reservation',
  },
  {
    file: 'activities/pair/apply.ts',
    line: 'const permitted = records.flatMap(({ reservation }) => reservation?.members ?? []);',
    put: '["Stryker was here"]',
    why: 'only for the compiler: whoever got a token has a reservation',
  },
  {
    file: 'activities/pair/apply.ts',
    line: 'if (others.length === 0) return [];',
    put: 'false',
    why: 'reads the plans of no gateway',
  },
  {
    file: 'activities/pair/apply.ts',
    line: 'return { ...outcome, refused: refused ?? [], toRevert: toRevert ?? [] };',
    put: '["Stryker was here"]',
    why: 'only for the compiler: both lists are there',
  },
  {
    file: 'activities/pair/apply.ts',
    line: 'return change !== undefined && isAfter(router.presence(change));',
    put: 'true',
    why: 'only for the compiler: a plan has a change for each router',
  },
  {
    file: 'activities/pair/apply.ts',
    line: 'if (due.length > 0) {',
    put: 'true',
    why: 'permits a commit on no router',
  },
  {
    file: 'activities/pair/apply.ts',
    line: 'if (due.length > 0) {',
    put: 'due.length >= 0',
    why: 'permits a commit on no router',
  },
  {
    file: 'activities/pair/apply.ts',
    line: 'reason: `/state has version ${state?.version} (${state?.workerState}) already`,',
    put: 'state.version',
    why: 'only for the compiler: whoever has ended has a state',
  },
  {
    file: 'activities/pair/apply.ts',
    line: 'reason: `/state has version ${state?.version} (${state?.workerState}) already`,',
    put: 'state.workerState',
    why: 'only for the compiler: whoever has ended has a state',
  },
  {
    file: 'activities/pair/pay-without-request.ts',
    line: 'await routers.withSession(target, () => Promise.resolve(), { signal });',
    put: '() => undefined',
    why: 'only for the compiler: either way the session is given back at once',
  },
  {
    file: 'activities/pair/pay-without-request.ts',
    line: 'isSlow: !failureOf(error, () => AUTHENTICATION_ATTEMPTS).again,',
    put: '() => undefined',
    why: 'no number is not below the limit either',
  },
  {
    file: 'activities/pair/apply.ts',
    line: 'mayWait: MayWait = () => Promise.resolve(false),',
    put: '() => undefined',
    why: 'only for the compiler: no answer is the same as no',
  },
  {
    file: 'activities/pair/pay-owed-changes.ts',
    line: "if (due.length === 0 && pending.kind === 'owed') throw foreignCommit(router.session, pending.whose);",
    put: 'true',
    why: 'only for the compiler: the caller has looked that such a commit is pending',
  },
  {
    file: 'activities/pair/recognize.ts',
    line: 'return count > 0 && own === count && Date.now() + verdictTime(policy) + policy.confirmMarginMs < until;',
    put: 'Date.now() + verdictTime(policy) + policy.confirmMarginMs <= until',
    why: 'a millisecond of a margin of many seconds',
  },
  {
    file: 'activities/pair/recognize.ts',
    line: "const presence: Presence = change === undefined ? { kind: 'before' } : router.presence(change);",
    why: EACH_ROUTER,
  },
  {
    file: 'activities/pair/record.ts',
    line: 'const role = changes.get(router.id)?.role;',
    put: 'changes.get(router.id).role',
    why: EACH_ROUTER,
  },
  {
    file: 'activities/pair/record.ts',
    line: 'return digest === undefined || role === undefined ? [] : [[role, digest]];',
    put: 'false',
    why: EACH_ROUTER,
  },
  {
    file: 'activities/pair/revert.ts',
    line: 'ids.length === 0',
    put: 'false',
    why: 'without routers none is contacted either: this only saves requests to etcd',
  },
  {
    file: 'activities/pair/revert.ts',
    line: 'const isOwing = ours(router, planned).length > 0;',
    put: 'true',
    why: CONTACTED,
  },
  {
    file: 'activities/pair/revert.ts',
    line: 'const isOwing = ours(router, planned).length > 0;',
    put: 'ours(router, planned).length >= 0',
    why: CONTACTED,
  },
  {
    file: 'activities/pair/revert.ts',
    line: 'if (own.length === 0) return { ...NO_RESULT, router: session };',
    why: CONTACTED,
  },
  {
    file: 'activities/pair/settle.ts',
    line: 'const reads = input.confirm.length > 0 ? readAhead(deps, input.routers) : undefined;',
    why: AHEAD,
  },
  { file: 'activities/pair/settle.ts', line: 'reads && { reads },', why: AHEAD },
  {
    file: 'activities/pair/settle.ts',
    line: ': await revert(toRevert, { mayOwe: false });',
    put: '{}',
    why: 'what is not said is false',
  },
  {
    file: 'activities/pair/settle.ts',
    line: "const isUnexplained = fate.kind === 'reverted' && fate.reason === null;",
    put: 'true',
    why: 'for the compiler, as regards the kind: a revert makes each member reverted. Tests notice that the reason counts',
  },
  {
    file: 'activities/pair/settle.ts',
    line: 'return new NotNowError(failureOf(error).type, error.message, { cause: error });',
    put: '{}',
    why: 'only people read the cause, in a log',
  },
  {
    file: 'activities/pair/vrrp-time.ts',
    line: 'return routers.find(({ session }) => session.id === id)?.session.name ?? id;',
    put: 'routers.find(({\n  session\n}) => session.id === id).session',
    why: 'only for the compiler: the id is that of one of the routers',
  },
  {
    file: 'activities/pair/vrrp-time.ts',
    line: 'const unit = trees.get(id)?.get(name);',
    put: 'trees.get(id).get',
    why: 'only for the compiler: there are trees for each router',
  },
];
