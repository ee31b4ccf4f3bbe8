import type { Survivor } from '../survivors.ts';
import { WORDS } from './reasons.ts';

const AHEAD = 'to read before it is needed only saves time';
const CONTACTED =
  'a router is contacted only if something there may be ours, and this attempt has voided all others';
const EACH_ROUTER = 'only for the compiler: each member has a change on each router';

/** Mutants of `activities/pair/` that no test has to notice. */
export const ACTIVITIES: readonly Survivor[] = [
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
    file: 'activities/pair/revert.ts',
    line: 'if (ids.length === 0) {',
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
