/** Runs the trial of `routers check`: keeps pairs away from the router, takes the steps, and removes what the trial has put there, whatever happens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isBefore } from '../../activities/router/presence.ts';
import { StoreCorruptError } from '../../etcd/errors.ts';
import { isSameHold } from '../../etcd/maintenance-holds.ts';
import type { Store } from '../../etcd/store.ts';
import { messageOf } from '../../gateway/display.ts';
import { NetconfError } from '../../netconf/errors.ts';
import { failed, ok, reasonOf } from './check.ts';
import type { CheckedRouter, ReportLine, CheckResult } from './check.ts';
import { notTaken, remove, STEPS, RouterTrial, type OpenSession, type Step } from './trial.ts';

/** How long the clean-up is tried, in ms. A lost session may keep its lock for a while. */
const CLEAN_UP_MS = 60_000;
const PAUSE_MS = 1_000;

export interface TrialOptions {
  readonly store: Store;
  readonly router: Omit<CheckedRouter, 'session'>;
  readonly open: OpenSession;
  /** Aborted when somebody interrupts: the step that runs goes to its end, and what stands is removed. */
  readonly signal: AbortSignal;
  readonly cleanUpMs?: number;
  /** Who holds the router for the trial. */
  readonly by: string;
}

/** Runs a trial, and resolves to its lines. If something may be left on the router, one of the last lines says so. */
export async function trialLines(options: TrialOptions): Promise<readonly ReportLine[]> {
  const { store, router } = options;
  const { record } = router;
  if (record instanceof StoreCorruptError)
    return [{ name: 'trial', ...failed(record.message, 'gateway-saga doctor') }];
  const trial = new RouterTrial({ ...router, record }, options.open, () => obstacleOn(router.id, store));
  const reason = `routers check --trial ${trial.reservation}`;
  const hold = { reason, by: options.by, since: new Date().toISOString() };
  // `record` was read before the checks. Whoever holds the router by now keeps it away from pairs, and goes on to hold it.
  const held = await store.beginMaintenance(router.id, hold, { onlyIfFree: true });
  const obstacle = await trial.obstacle();
  const lines =
    obstacle === undefined
      ? await stepLines(trial, options)
      : [{ name: 'trial', ...failed(`not begun: ${obstacle}`, 'try again') }];
  if (!held.maintenance || !isSameHold(held.maintenance, hold)) return lines;
  // If somebody has taken the hold over meanwhile, it stays.
  const left = await store.endMaintenance(router.id, undefined, hold).then(() => undefined, messageOf);
  if (left === undefined) return lines;
  const result = failed(`the hold could not be ended: ${left}`, `gateway-saga routers release ${router.id}`);
  return [...lines, { name: 'trial: hold', ...result }];
}

/**
 * Why the trial must not go on. Under a hold, whoever's it is, no reservation begins, but one that began before the hold may still be there. Without a
 * hold a pair may reserve the router at any moment.
 */
async function obstacleOn(routerId: string, store: Store): Promise<string | undefined> {
  const found = await store.router(routerId).catch(messageOf);
  if (typeof found === 'string') return found;
  if (found.reservation !== null) return `${found.reservation.pair} is on the router`;
  if (found.maintenance !== null) return undefined;
  return `${found.freed?.by ?? 'somebody'} has ended the hold of the router`;
}

async function stepLines(
  trial: RouterTrial,
  { signal, cleanUpMs = CLEAN_UP_MS }: TrialOptions,
): Promise<readonly ReportLine[]> {
  const lines: ReportLine[] = [];
  try {
    for (const { name, take } of STEPS) {
      const result = signal.aborted
        ? failed('not taken: interrupted', 'see the line below')
        : await taken(take, trial).catch(resultOf);
      lines.push({ name, ...result });
      if (result.result === 'failed') break;
    }
  } finally {
    const result = await cleanUp(trial, Date.now() + cleanUpMs);
    if (lines.some(({ result }) => result === 'failed') || result.result !== 'ok')
      lines.push({ name: 'trial: clean-up', ...result });
  }
  return lines;
}

async function taken(take: Step['take'], trial: RouterTrial): Promise<CheckResult> {
  const obstacle = await trial.obstacle();
  return obstacle === undefined ? take(trial) : notTaken(obstacle);
}

/** The result of a step that has thrown. Refusals and lost sessions are expected outcomes of a step; any other error is to be reported. */
function resultOf(error: unknown): CheckResult {
  if (!(error instanceof Error)) throw error;
  const text = reasonOf(error);
  return error instanceof NetconfError || 'type' in error
    ? failed(text, 'mend that, then try again')
    : failed(`unexpected: ${text}`, 'report it, with the transcript');
}

/** Tries until the deadline to remove what the trial may have left. */
async function cleanUp(trial: RouterTrial, deadline: number): Promise<CheckResult> {
  let last = 'nothing was seen';
  while (trial.mayStand) {
    try {
      await trial.endSession();
      await removeWhatStands(trial);
      if (!trial.mayStand) break;
    } catch (error) {
      last = reasonOf(error as Error);
    }
    if (Date.now() > deadline) return leftover(trial, last);
    await sleep(PAUSE_MS);
  }
  await trial.endSession();
  return ok('nothing of the trial is on the router');
}

async function removeWhatStands(trial: RouterTrial): Promise<void> {
  const locked = await trial.lock();
  if (trial.change === undefined || !isBefore(locked.presence(trial.change))) await remove(trial);
  else
    for (const operation of locked.look.confirmations(trial.log('kept'))) {
      if (locked.look.pending.kind !== 'ours') break;
      await locked.act(operation);
      await locked.lookAgain();
    }
  await trial.unlock();
  const { look } = await trial.lock();
  const isGone = trial.change === undefined || isBefore(trial.locked.presence(trial.change));
  if (isGone && look.pending.kind === 'none') trial.mayStand = false;
  await trial.unlock();
}

function leftover({ change }: RouterTrial, last: string): CheckResult {
  const commands = [...(change?.change.after?.remove ?? []), 'commit'].join('; ');
  return failed(
    `THE STATEMENT MAY STILL BE ON THE ROUTER: ${last}`,
    `on the router: configure exclusive; ${commands}`,
  );
}
