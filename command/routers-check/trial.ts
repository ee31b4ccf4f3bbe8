/**
 * A trial on a real router: a statement that does nothing is put there on trial, watched, confirmed and removed, by the same code that puts
 * gateways there. Each step is a line of the report. If the trial ends before its last step, `cleanUp` in `trial-run.ts` removes what may stand.
 */

import { randomBytes } from 'node:crypto';
import { commitHistoryReader } from '../../activities/router/commit-history.ts';
import { permanentLogLine, trialLogLine } from '../../activities/router/log-line.ts';
import { noSecrets } from '../../activities/router/secrets.ts';
import { LockedRouter } from '../../activities/router/locked-router.ts';
import { isBefore } from '../../activities/router/presence.ts';
import type { GatewayChange } from '../../activities/router/presence.ts';
import type { RouterSession } from '../../activities/router/router-sessions.ts';
import { inverseOf } from '../../gateway/change.ts';
import { hasConfirmedCommit } from '../../netconf/hello.ts';
import { commit, commitInformation } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import type { RouterRecord } from '../../pair/router-record.ts';
import { failed, LOGIN_CLASS, ok, warning } from './check.ts';
import type { CheckedRouter, CheckResult } from './check.ts';
import { newMemory } from './list.ts';
import { macroUnder, refusedSorts, SORTS, STANZAS } from './statements.ts';

export type TrialRouter = Omit<CheckedRouter, 'session' | 'record'> & { readonly record: RouterRecord };

/** Opens a further session. Throws if that fails. */
export type OpenSession = () => Promise<Session>;
export class RouterTrial {
  readonly router: TrialRouter;
  readonly #open: OpenSession;
  /** The id of the trial's reservation. It has the form of a pair's, so that a pair would take the commits for what they are. */
  readonly reservation = `check-${randomBytes(6).toString('hex')}`;
  readonly #memory = newMemory();
  readonly #sessions: string[] = [];
  #session: Session | undefined;
  #locked: LockedRouter | undefined;
  /** The change that is made on the router. Absent: no stanza that takes it was found yet. */
  change: GatewayChange | undefined;
  /** Why the trial must not go on; `undefined`: it may. */
  readonly obstacle: () => Promise<string | undefined>;
  /** Whether the statement may stand: a commit with it was sent, and no look has shown yet that it is gone. */
  mayStand = false;

  constructor(router: TrialRouter, open: OpenSession, obstacle: RouterTrial['obstacle']) {
    this.router = router;
    this.#open = open;
    this.obstacle = obstacle;
  }

  /** The log line of a commit that is permanent at once. `what`: `kept` or `reverted`. */
  log(what: string): string {
    return permanentLogLine(this.reservation, what, []);
  }

  get locked(): LockedRouter {
    if (this.#locked === undefined) throw new Error('expected a locked router, got none');
    return this.#locked;
  }

  /** Locks the router in the session that is open, or in a new one. */
  async lock(): Promise<LockedRouter> {
    const session = await this.#routerSession();
    this.#locked = await LockedRouter.lock(session, this.change === undefined ? [] : [this.change]);
    return this.#locked;
  }

  async unlock(): Promise<void> {
    await this.#locked?.unlock();
    this.#locked = undefined;
  }

  async endSession(): Promise<void> {
    await this.unlock();
    await this.#session?.close();
    this.#session = undefined;
  }

  /** The commit history, read without the lock. */
  async history(): Promise<readonly { readonly rollbackPending: boolean; readonly log?: string }[]> {
    const { netconf } = await this.#routerSession();
    return [...(await netconf.request(commitInformation()))];
  }

  async #routerSession(): Promise<RouterSession> {
    if (this.#session?.isOpen !== true) {
      this.#session = await this.#open();
      this.#sessions.push(this.#session.sessionId);
    }
    const { id, name, policy } = this.router;
    const { username } = this.router.target;
    const record: RouterRecord = { ...this.router.record, reservation: this.#reservationRecord() };
    const reader = commitHistoryReader(this.reservation, record, policy, this.#memory);
    return { id, name, username, netconf: this.#session, record, reader, revealersOf: noSecrets };
  }

  /** A reservation that is not in etcd. It names the sessions of this trial, so that one that is lost and keeps the lock may be ended. */
  #reservationRecord(): NonNullable<RouterRecord['reservation']> {
    const { reservation: id } = this;
    const since = new Date().toISOString();
    return { id, pair: id, since, token: 0, sessions: this.#sessions, members: [], committedAt: null };
  }
}

export const notTaken = (obstacle: string): CheckResult => failed(`not taken: ${obstacle}`, 'try again');

export interface Step {
  readonly name: string;
  readonly take: (trial: RouterTrial) => Promise<CheckResult>;
}

export const STEPS: readonly Step[] = [
  {
    name: 'trial: lock',
    take: async (trial) => {
      const { look } = await trial.lock();
      return ok(look.pending.kind === 'none' ? 'taken; the candidate is clean, nothing is pending' : 'taken');
    },
  },
  {
    name: 'trial: loads',
    take: async (trial) => {
      const refused = await refusedSorts(trial.locked.session.netconf);
      if (refused.length === 0) return ok(`all sorts of statements, discarded again: ${SORTS.length}`);
      const words = refused.map(({ name, why }) => `${name} (${why})`).join('; ');
      return refused.length === SORTS.length
        ? failed(`refused: ${words}`, LOGIN_CLASS)
        : warning(`refused: ${words}`, `if your kinds own such statements, ${LOGIN_CLASS}`);
    },
  },
  { name: 'trial: statement', take: chooseStatement },
  { name: 'trial: commit', take: commitOnTrial },
  {
    name: 'trial: session',
    take: async (trial) => {
      await trial.endSession();
      const [newest] = await trial.history();
      const isOurs = newest?.log?.includes(trial.reservation) === true;
      const { look } = await trial.lock();
      if (!isOurs || look.pending.kind !== 'ours')
        return failed(
          'the commit did not outlive its session, or is not seen as pending',
          'do not use this router, and report it with the transcript',
        );
      return ok(
        `the commit outlives its session; ${newest.rollbackPending ? 'it is marked as pending' : 'it has no mark: the clock tells that it is pending'}`,
      );
    },
  },
  { name: 'trial: confirm', take: confirm },
  {
    name: 'trial: removal',
    take: async (trial) => {
      await remove(trial);
      const { look } = await trial.lock();
      const presence = trial.change && trial.locked.presence(trial.change).kind;
      await trial.endSession();
      if (presence !== 'before' || look.pending.kind !== 'none')
        return failed(
          `expected it gone and nothing pending, got ${presence}, ${look.pending.kind}`,
          'see below',
        );
      trial.mayStand = false;
      return ok('removed; nothing is pending');
    },
  },
];

/** Loads the statement, and has the router check it. The first stanza in which the router accepts it is used. */
async function chooseStatement(trial: RouterTrial): Promise<CheckResult> {
  const reasons: string[] = [];
  for (const stanza of STANZAS) {
    const change = macroUnder(stanza, trial.reservation);
    const result = await trial.locked.load([change], 'checked on every engine');
    if (result.kind === 'accepted') {
      trial.change = change;
      return ok(`apply-macro under "${stanza}" is loaded; its diff and its check are as expected`);
    }
    const [error] = result.kind === 'refused' ? result.culprits.values() : [result.error];
    reasons.push(`${stanza}: ${error?.message.replace(/^router .*?\): /, '') ?? 'refused'}`);
  }
  return failed(`refused under each stanza: ${reasons.join('; ')}`, LOGIN_CLASS);
}

async function commitOnTrial(trial: RouterTrial): Promise<CheckResult> {
  const { policy } = trial.router;
  const { session } = trial.locked;
  if (!hasConfirmedCommit(session.netconf.capabilities))
    return failed('confirmed commits are not offered: nothing is committed', 'see "confirmed commits"');
  // The change was not known when the lock was taken, so it was not looked at.
  await trial.unlock();
  const locked = await trial.lock();
  const { change } = trial;
  if (change === undefined || !isBefore(locked.presence(change)))
    return failed(
      'the statement is there already',
      'remove what an earlier trial has left: see docs/routers.md',
    );
  const loaded = await locked.load([change], 'checked on every engine');
  if (loaded.kind !== 'accepted') return failed('the statement is refused now', 'try again');
  const obstacle = await trial.obstacle();
  if (obstacle !== undefined) return notTaken(obstacle);
  const until = Date.now() + policy.confirmMinutes * policy.minuteMs;
  const confirmed = { minutes: policy.confirmMinutes };
  trial.mayStand = true;
  const state = await locked.commitAndUnlock(
    commit({ log: trialLogLine(trial.reservation, until, []), confirmed }),
  );
  return state.pending.kind === 'ours'
    ? ok(
        `made on trial${locked.isSynchronized ? ' on both routing engines' : ''}, and seen as pending, for ${policy.confirmMinutes} minutes`,
      )
    : failed(
        `made on trial, but not seen as pending (${state.pending.kind})`,
        'do not use this router, and report it with the transcript',
      );
}

async function confirm(trial: RouterTrial): Promise<CheckResult> {
  const { locked, change } = trial;
  const tried: string[] = [];
  const isPending = () => locked.look.pending.kind === 'ours';
  for (const operation of locked.look.confirmations(trial.log('kept'))) {
    if (!isPending()) break;
    tried.push(operation.name);
    await locked.act(operation);
    await locked.lookAgain();
  }
  const presence = change && locked.presence(change).kind;
  if (isPending() || presence !== 'after')
    return failed(
      `after ${tried.join(' and ')}: ${isPending() ? 'still pending' : 'not pending'}, ${presence}`,
      'do not use this router, and report it with the transcript',
    );
  return ok(`confirmed by a ${tried.join(', then a ')}; the statement stands as it was loaded`);
}

/** Removes the statement by a commit, under the lock that is held. That commit also confirms what is pending. */
export async function remove(trial: RouterTrial): Promise<void> {
  const { locked, change } = trial;
  if (change === undefined) return;
  const inverse = { ...change, change: inverseOf(change.change) };
  // Not checked: a check would confirm what is pending.
  const result = await locked.load([inverse], 'unchecked');
  if (result.kind !== 'accepted') {
    const [error] = result.kind === 'refused' ? result.culprits.values() : [result.error];
    throw error ?? new Error('the removal was refused');
  }
  await locked.commitAndUnlock(commit({ log: trial.log('reverted') }));
  await trial.unlock();
}
