/** What a transaction knows of the activity that it runs in: given, so that it can be run without one. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ActivityCall } from '../../pair/transactions.ts';
import { StoreRefusedError, StoreUnavailableError } from '../../etcd/errors.ts';
import { classified, isOfLogin, sort } from '../classify.ts';
import type { ClassifyOptions } from '../classify.ts';
import { heartbeating } from '../heartbeat.ts';
import { NotNowError } from '../refused.ts';
import { OvertakenError } from './fence.ts';

export interface AttemptContext {
  /** Ends when the activity is cancelled, or its worker shuts down. */
  readonly signal: AbortSignal;
  /** When the first attempt was scheduled, in ms since the epoch: patience counts from it. */
  readonly since: number;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
}

/** Whether it is time to end without success: no further attempt could mend it, or patience is over. Not for one that was overtaken. */
export function mayGiveUp(
  { signal, since, attempt }: AttemptContext,
  error: unknown,
  patienceMs: number,
  { stubborn = false }: ClassifyOptions = {},
): boolean {
  if (signal.aborted || error instanceof OvertakenError || isOfStore(error)) return false;
  const { type, again } = sort(error, () => attempt);
  return !(again || (stubborn && isOfLogin(type))) || Date.now() - since >= patienceMs;
}

/** Without etcd nobody knows what was permitted: there is nothing else to do than to wait for it. */
function isOfStore(error: unknown): boolean {
  return error instanceof StoreUnavailableError || error instanceof StoreRefusedError;
}

/** By which etcd knows a late call from the one that counts (T3). */
export function activityCallOf({ since, attempt }: AttemptContext): ActivityCall {
  return { scheduled: since, attempt };
}

/** Thrown where a router must be left alone until a time that is known. */
export class WaitError extends NotNowError {
  /** In ms since the epoch. */
  readonly until: number;

  constructor(type: NotNowError['type'], message: string, until: number) {
    super(type, message);
    this.name = 'WaitError';
    this.until = until;
  }
}

/** Runs a transaction as an activity. It decides by itself how long it is patient: whatever it throws is tried again, if it can be mended. */
export function transaction<T>(run: (here: AttemptContext) => Promise<T>, options: ClassifyOptions = {}): Promise<T> {
  const { cancellationSignal: signal, info } = Context.current();
  const here = { signal, since: info.scheduledTimestampMs, attempt: info.attempt };
  return heartbeating(() =>
    classified(
      Infinity,
      async () => {
        try {
          return await run(here);
        } catch (error) {
          if (!(error instanceof NotNowError) || signal.aborted) throw error;
          throw ApplicationFailure.create({
            type: error.type,
            message: error.message,
            nextRetryDelay: delayOf(error, here.attempt),
            cause: error,
          });
        }
      },
      options,
    ),
  );
}

/** Until the time that is known; else longer each time, 0.3 to 10 s, and never in step with somebody else's. */
function delayOf(error: NotNowError, attempt: number): number {
  if (error instanceof WaitError) return Math.max(error.until - Date.now(), 100);
  const base = Math.min(300 * 1.5 ** (attempt - 1), 8_000);
  return Math.round(base * (1 + Math.random() / 4));
}
