/**
 * How far this machine's clock is from the clock of Temporal's server. Waiting does not depend on it (`activities/server-clock.ts`). But the
 * deadline of a commit on trial is written into the router's commit history by one worker's clock, and read by another's.
 */
import { setTimeout } from 'node:timers/promises';
import type { NativeConnection } from '@temporalio/worker';
import { lastPoll } from './monitoring/polls.ts';

/** More than this is worth a warning, in ms. Machines that use NTP differ by milliseconds. */
const WORTH_A_WARNING_MS = 5_000;
/** How many times at most the server is asked whether it knows this worker, and the pause between two questions, in ms. */
const [TRIES, PAUSE_MS] = [20, 250];

/** This machine's clock is ahead of the server's by at least `from` and at most `to` ms; negative: behind. */
export interface ClockSkew {
  readonly from: number;
  readonly to: number;
}

/**
 * Measures the skew. The server tells when this worker polled last, by the server's clock; the worker must have polled for the first time
 * after `startedAt`, by this machine's clock. `undefined`: the server doesn't know this worker yet.
 */
export async function clockSkew(
  connection: NativeConnection,
  { startedAt, ...worker }: Parameters<typeof warnOfSkew>[1],
): Promise<ClockSkew | undefined> {
  const polledAt = await lastPoll(connection, worker);
  if (!polledAt) return undefined;
  const server = Number(polledAt.seconds ?? 0) * 1_000 + Math.floor((polledAt.nanos ?? 0) / 1e6);
  return { from: startedAt - server, to: Date.now() - server };
}

/** Warns once if this machine's clock is far from the server's, as soon as the server knows this worker. Never rejects: it is a convenience. */
export async function warnOfSkew(
  connection: NativeConnection,
  worker: { readonly namespace: string; readonly identity: string; readonly startedAt: number },
  warn: (words: string) => void,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const skew = await clockSkew(connection, worker).catch(() => undefined);
    const warning = skew && warningOf(skew);
    if (warning !== undefined) warn(warning);
    if (skew !== undefined) return;
    await setTimeout(PAUSE_MS, undefined, { ref: false });
  }
}

/** A warning for a person; `undefined`: the skew may be nothing. */
export function warningOf({ from, to }: ClockSkew): string | undefined {
  const [least, way] = from > 0 ? [from, 'ahead of'] : [-to, 'behind'];
  if (least < WORTH_A_WARNING_MS) return undefined;
  return `this machine's clock is ${Math.round(least / 1000)} s ${way} Temporal's server; deadlines of commits need the clocks of all workers within confirmMarginMs: use NTP`;
}
