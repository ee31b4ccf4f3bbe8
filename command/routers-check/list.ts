/** What is checked on a router once a session is open, in the order of the report. Each check only reads: no lock is taken. */
import {
  commitHistoryReader,
  needsRouterClock,
  readCommitHistory,
} from '../../activities/router/commit-history.ts';
import type { PendingState, RouterMemory } from '../../activities/router/commit-history.ts';
import { readAheadMs } from '../../activities/router/lock.ts';
import { synchronizesByItself } from '../../activities/router/synchronization.ts';
import { StoreCorruptError } from '../../etcd/errors.ts';
import { holdWords } from '../../gateway/display.ts';
import { confirmedCommitsOf, synchronizeOf } from '../../gateway/policies.ts';
import type { Path } from '../../junos/tree.ts';
import { hasConfirmedCommit } from '../../netconf/hello.ts';
import type { Outcome } from '../../netconf/operation.ts';
import {
  allFilters,
  commitInformation,
  compareWithRunning,
  filterCounters,
  getConfiguration,
  interfaceTerse,
  routingEngines,
  softwareInformation,
  systemTime,
  vrrpInterface,
} from '../../netconf/operations.ts';
import type { CommitEntry } from '../../netconf/operations.ts';
import { hasOlderMark, isConfirmedCommit } from '../../netconf/pending-commit.ts';
import { check, failed, LOGIN_CLASS, ok, warning } from './check.ts';
import type { Check, CheckedRouter, CheckResult } from './check.ts';
import { missingNames, namesIn } from './names.ts';
import { timersFor, timersResult } from './vrrp.ts';

/** From this difference of the clocks on, the report warns, in ms. The router tells its time to the second. */
const CLOCK_MS = 5_000;

/** The reads that applying and watching a gateway need. They ask for names that nothing on the router has, because only a refusal matters. */
const READS = [
  getConfiguration({ paths: [['routing-instances', 'gateway-saga-check']], database: 'committed' }),
  compareWithRunning(),
  commitInformation(),
  systemTime(),
  interfaceTerse('ae0'),
  vrrpInterface('ae0'),
  filterCounters('gateway-saga-check'),
  allFilters(),
] as const;

export const CHECKS: readonly Check<unknown>[] = [
  check({
    name: 'software',
    ask: ({ session }) => session.request(softwareInformation()),
    judge: ({ model, version, hostName = '' }) =>
      model === undefined || version === undefined
        ? warning(
            'the router does not tell its model and release',
            'attach a transcript if you report a fault',
          )
        : ok(`${[model, version].join(', Junos ')}, host-name ${hostName}`),
  }),
  check({
    name: 'routing engines',
    ask: async ({ session }) => ({
      names: await session.request(routingEngines()),
      isByItself: await synchronizesByItself(session),
    }),
    judge: enginesResult,
  }),
  check({
    name: 'confirmed commits',
    ask: ({ session }) => hasConfirmedCommit(session.capabilities),
    judge: commitsResult,
  }),
  check({
    name: 'permissions',
    ask: ({ session }) => session.pipeline(READS),
    judge: (outcomes) => permissionsResult(outcomes),
  }),
  check({
    name: 'candidate',
    ask: ({ session }) => session.request(compareWithRunning()),
    judge: (edits) =>
      edits.trim() === ''
        ? ok('clean')
        : warning(
            `${edits.trim().split('\n').length} lines of edits that nobody has committed: gateways wait`,
            'whoever made them commits them, or discards them ("rollback 0")',
          ),
  }),
  check({
    name: 'commit history',
    ask: async ({ session }) => [...(await session.request(commitInformation()))],
    judge: historyResult,
  }),
  check({ name: 'others', ask: pendingOn, judge: othersResult }),
  check({
    name: 'clock',
    ask: async ({ session }) => {
      const askedAt = Date.now();
      const shown = await session.request(systemTime());
      return shown && shown + 500 - (askedAt + Date.now()) / 2;
    },
    judge: clockResult,
  }),
];

/** The checks for the gateway that was named. */
export const GATEWAY_CHECKS: readonly Check<unknown>[] = [
  check({
    name: 'names',
    ask: async ({ session, rendered }) =>
      typeof rendered === 'object' ? missingNames(session, namesIn(rendered)) : [],
    judge: (missing, { rendered }) => {
      if (typeof rendered !== 'object') return failed(rendered ?? '', 'see: gateway-saga plan TYPE ID');
      const words = missing.map((path) => path.join(' ')).join(', ');
      const found = namesIn(rendered).map(shortName);
      return missing.length === 0
        ? ok(found.length === 0 ? 'the gateway refers to none' : `all there: ${found.join(', ')}`)
        : failed(`not on the router: ${words}`, 'configure them, or correct the names in the records');
    },
  }),
  check({
    name: 'VRRP timers',
    ask: async ({ session, rendered }) =>
      typeof rendered === 'object' ? timersFor(session, rendered) : undefined,
    judge: (timers, { policy }) =>
      timers === undefined ? ok('not known without the configuration') : timersResult(timers, policy),
  }),
];

interface EnginesSeen {
  readonly names: readonly string[] | undefined;
  readonly isByItself: boolean;
}

function enginesResult({ names, isByItself }: EnginesSeen, { id, policy }: CheckedRouter): CheckResult {
  const wanted = synchronizeOf(policy, id);
  const both = names?.join(' and ');
  if (both === undefined)
    return wanted === 'auto' && !isByItself
      ? warning('the router does not tell how many', 'if it has two: set "synchronize" to "always" for it')
      : ok('the router does not tell how many; commits are for both');
  if (names === undefined || names.length < 2) return ok(`one: ${both}`);
  if (isByItself) return ok(`${both}; the router's configuration synchronizes commits`);
  return wanted === 'never'
    ? warning(
        `${both}, but commits reach one of them: the policy has "never"`,
        'set "synchronize" to "auto", or "system commit synchronize" on the router',
      )
    : ok(`${both}; commits ask for both, as the policy has "${wanted}"`);
}

function commitsResult(isOffered: boolean, { id, policy }: CheckedRouter): CheckResult {
  const wanted = confirmedCommitsOf(policy, id);
  if (wanted === 'never')
    return warning(
      'not used: the policy has "never" for this router',
      'a dead worker leaves plain commits behind',
    );
  if (isOffered) return ok(`offered; the policy has "${wanted}"`);
  return wanted === 'required'
    ? failed(
        'not offered, and the policy requires them',
        'set "confirmedCommits" to "preferred" for this router, if plain commits are good enough there',
      )
    : warning('not offered: plain commits are made', 'a dead worker leaves plain commits behind');
}

function permissionsResult(outcomes: readonly Outcome<unknown>[]): CheckResult {
  const refused = READS.flatMap(({ name }, index) => {
    const outcome = outcomes[index];
    return outcome?.kind === 'failed' ? [name] : [];
  });
  return refused.length > 0
    ? failed(`refused: ${refused.join(', ')}`, LOGIN_CLASS)
    : ok('all reads are answered; lock, load and commit can only be tried: --trial');
}

/** `INET_IN term all-accept`: terms of several filters may have one name. */
function shortName(path: Path): string {
  return path.slice(path.at(-2) === 'term' ? -3 : -1).join(' ');
}

function historyResult(entries: readonly CommitEntry[]): CheckResult {
  const undated = entries.filter(({ atMs }) => atMs === undefined).length;
  const text = `${entries.length} ${entries.length === 1 ? 'commit' : 'commits'}; ${markWords(entries)}`;
  return undated === 0
    ? ok(text)
    : warning(
        `${text}; ${undated} have no readable time`,
        'a pending commit of somebody counts from when it is first seen',
      );
}

/** How the router shows a pending commit, as far as its history tells. */
export function markWords(entries: readonly CommitEntry[]): string {
  if (hasOlderMark(entries))
    return 'marks stay on commits that are over, so a pending one is told by the clock';
  if (entries[0]?.rollbackPending === true) return 'a pending commit is marked';
  return entries.some(isConfirmedCommit)
    ? 'confirmed ones without a mark: either it goes when they are over, or there is none (--trial shows which)'
    : 'none was a confirmed one, so whether a pending one is marked is not known (--trial shows it)';
}

export function newMemory(): RouterMemory {
  return { marks: new Set(), plainOnly: new Set(), undated: new Map() };
}

async function pendingOn({ session, record, policy }: CheckedRouter): Promise<PendingState> {
  const known =
    record instanceof StoreCorruptError ? { reservation: null, maintenance: null, owedChanges: [] } : record;
  const now = Date.now();
  const entries = await session.request(commitInformation());
  const aheadMs = needsRouterClock(entries, now) ? await readAheadMs(session) : undefined;
  const reader = commitHistoryReader(known.reservation?.id ?? '', known, policy, newMemory());
  return readCommitHistory(session, entries, reader, { now, aheadMs }).pending;
}

function othersResult(pending: PendingState, { id, record }: CheckedRouter): CheckResult {
  if (record instanceof StoreCorruptError) return failed(record.message, 'gateway-saga doctor');
  const { maintenance, reservation, owedChanges, retired } = record;
  if (retired !== undefined)
    return failed(`retired: ${retired.reason}`, `gateway-saga routers readmit ${id}`);
  if (pending.kind === 'foreign')
    return warning(
      `a confirmed commit by ${pending.whose} is pending: gateways wait`,
      'whoever made it confirms it, or lets it fall back',
    );
  if (maintenance !== null) return warning(holdWords(maintenance), `gateway-saga routers release ${id}`);
  const owed = owedChanges.length === 1 ? '1 change is' : `${owedChanges.length} changes are`;
  if (owedChanges.length > 0) return warning(`${owed} owed here`, 'gateway-saga doctor');
  if (reservation !== null) return ok(`${reservation.pair} works here; no commit of others is pending`);
  return ok('no commit of others is pending, no pair is here; who has the lock is not asked');
}

function clockResult(aheadMs: number | undefined): CheckResult {
  if (aheadMs === undefined)
    return warning(
      'the router does not tell its time',
      "others' pending commits are timed by this host's clock",
    );
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  if (Math.abs(aheadMs) < CLOCK_MS) return ok(`within ${CLOCK_MS / 1_000} s of this host's clock`);
  return warning(
    `${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this host's clock`,
    'set the time of both by NTP: log lines have the time of one, the commit history that of the other',
  );
}
