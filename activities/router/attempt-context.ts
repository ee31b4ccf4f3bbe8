/**
 * What a router transaction knows of the activity that it runs in. It is passed in, so that a test can run a transaction without an
 * activity.
 */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ActivityCall } from '../../pair/router-record.ts';
import { StoreRefusedError, StoreUnavailableError } from '../../etcd/errors.ts';
import { causeOf, classified, isOfLogin, failureOf } from '../classify.ts';
import type { ClassifyOptions } from '../classify.ts';
import { heartbeating } from '../heartbeat.ts';
import { NotNowError } from '../refused.ts';
import { serverClock } from '../server-clock.ts';
import type { ServerClock } from '../server-clock.ts';
import { OvertakenError } from './fence.ts';

export interface AttemptContext {
  /** Aborts when the activity is cancelled, or when its worker shuts down and the grace period is over. */
  readonly signal: AbortSignal;
  /** When the activity was scheduled, by the server's clock, in ms since the epoch. The time limits of a transaction count from then. */
  readonly since: number;
  /** The time now, by the same clock. */
  readonly now: ServerClock;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
}

/**
 * Whether a transaction may end without success: its time limit has passed, or no further attempt can mend the error. Never after a cancel,
 * after a newer attempt has taken over, or while etcd fails.
 */
export function mayGiveUp(
  { signal, since, now, attempt }: AttemptContext,
  error: unknown,
  patienceMs: number,
  { waitsForLogin = false }: ClassifyOptions = {},
): boolean {
  if (signal.aborted || error instanceof OvertakenError || isOfStore(error)) return false;
  const { type, again } = failureOf(error, () => attempt);
  return !(again || (waitsForLogin && isOfLogin(type))) || now() - since >= patienceMs;
}

/** Whether etcd failed. Only etcd knows what was permitted, so without it a transaction can only wait. */
export function isOfStore(error: unknown): boolean {
  return error instanceof StoreUnavailableError || error instanceof StoreRefusedError;
}

/** Identifies the activity call, so that etcd can refuse a token to a late call ("fencing token", T3). */
export function activityCallOf({ since, attempt }: AttemptContext): ActivityCall {
  return { scheduled: since, attempt };
}

/** Thrown when a router must be left alone for a known time. */
export class WaitError extends NotNowError {
  readonly waitMs: number;

  constructor(type: NotNowError['type'], message: string, waitMs: number) {
    super(type, message);
    this.name = 'WaitError';
    this.waitMs = waitMs;
  }
}

/**
 * Runs a transaction as an activity. The transaction itself decides when to give up. Temporal retries every error that another attempt
 * could mend.
 */
export function transaction<T>(
  run: (context: AttemptContext) => Promise<T>,
  options: ClassifyOptions = {},
): Promise<T> {
  const { cancellationSignal: signal, info } = Context.current();
  const context = {
    signal,
    since: info.scheduledTimestampMs,
    now: serverClock(info),
    attempt: info.attempt,
  };
  return heartbeating(() =>
    classified(async () => {
      try {
        return await run(context);
      } catch (error) {
        if (!(error instanceof NotNowError) || signal.aborted) throw error;
        throw ApplicationFailure.create({
          type: error.type,
          message: error.message,
          nextRetryDelay: delayOf(error, context.attempt),
          cause: causeOf(error),
        });
      }
    }, options),
  );
}

/**
 * The pause before the next attempt. After a `WaitError` it lasts as long as the error says; otherwise it grows with each attempt, from 0.3 to
 * 10 s. A random part keeps two transactions from colliding again and again.
 */
function delayOf(error: NotNowError, attempt: number): number {
  if (error instanceof WaitError) return error.waitMs;
  const base = Math.min(300 * 1.5 ** (attempt - 1), 8_000);
  return Math.round(base * (1 + Math.random() / 4));
}
