/**
 * Virtual time: the process's own clock, timers and chance are replaced while a run lasts, and time moves when nothing is left to
 * do. Nothing of a run may wait for real I/O: it would never come back at the same point twice.
 */
import { AsyncResource } from 'node:async_hooks';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { install } from '@sinonjs/fake-timers';
import type { Clock } from '../../simulator/device/clock.ts';
import { Process } from './process.ts';
import type { Random } from '../chaos/random.ts';

/** How many steps a run may take. A usual run takes a tenth of that; one that takes more counts as endless. */
const MAX_STEPS = 150_000;

/** When every run begins. */
export const BEGINNING = Date.UTC(2024, 4, 6, 7, 8, 9);

const require = createRequire(import.meta.url);
const sleeps = require('node:timers/promises') as Record<'setTimeout' | 'setImmediate', unknown>;
const crypto = require('node:crypto') as { randomUUID: () => string };
const macrotask = setImmediate;

/** Resolves once every promise that can go on has done so. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => macrotask(resolve));
}

export interface VirtualTime {
  readonly now: () => number;
  /** The clock of the world's own code: no process owns its timers. */
  readonly clock: Clock;
  /** Stops time until `work` is done: for work whose promises must be resolved without anything else in between. */
  alone(work: () => Promise<void>): Promise<void>;
  /** Lets things happen until `isOver`, or until `limitMs` have passed, or too much has happened. `false`: it is not over by then. */
  run(isOver: () => boolean, limitMs: number): Promise<boolean>;
  /** How many things happened. */
  readonly steps: number;
  restore(): void;
}

type Timer = ReturnType<typeof setTimeout>;

export function takeTime(chance: Random): VirtualTime {
  const fake = install({
    now: BEGINNING,
    toFake: [
      'Date',
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'performance',
    ],
    loopLimit: 1_000_000,
  });
  const { setTimeout: later } = globalThis;
  const kept = {
    random: Math.random,
    uuid: crypto.randomUUID,
    sleeps: { ...sleeps },
    setTimeout: later,
    setInterval: globalThis.setInterval,
  };
  let steps = 0;
  let work: Promise<void> | undefined;

  const owned = (run: (...args: unknown[]) => void): ((...args: unknown[]) => void) => {
    const owner = Process.current;
    if (owner === undefined) return run;
    // A timer's callback runs in the context that it was set in: the activity's.
    const context = new AsyncResource('timer', { requireManualDestroy: true });
    return (...args) => owner.deliver(() => context.runInAsyncScope(run, undefined, ...args));
  };
  const wait = (ms: number, value: unknown, signal: AbortSignal | undefined): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted(signal));
      const timer = globalThis.setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve(value);
      }, ms);
      const stop = (): void => {
        clearTimeout(timer);
        reject(aborted(signal as AbortSignal));
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  globalThis.setTimeout = ((run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): Timer =>
    later(owned(run), ms, ...args)) as typeof setTimeout;
  const again = kept.setInterval;
  globalThis.setInterval = ((run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): Timer => {
    // A frozen process gets one tick when it goes on, not all the ticks that it has missed.
    let due = false;
    const tick = owned(() => {
      due = false;
      run(...args);
    });
    return again(() => {
      if (due) return;
      due = true;
      tick();
    }, ms);
  }) as typeof setInterval;
  sleeps.setTimeout = (ms: number, value: unknown, options: { signal?: AbortSignal } = {}) =>
    wait(ms, value, options.signal);
  sleeps.setImmediate = (value: unknown) => wait(0, value, undefined);
  Math.random = () => chance.next();
  crypto.randomUUID = () => uuidOf(chance);
  syncBuiltinESMExports();

  return {
    now: () => Date.now(),
    clock: {
      now: () => Date.now(),
      after: (ms, fn) => {
        const timer = later(fn, ms);
        return () => clearTimeout(timer);
      },
    },
    alone: (run) => (work = (work ?? Promise.resolve()).then(run)),
    async run(isOver, limitMs) {
      // A separate timer: time must not advance past the limit to the next event.
      let isLate = false;
      const limit = later(() => (isLate = true), limitMs);
      for (;;) {
        await quiet();
        while (work !== undefined) {
          const mine = work;
          await mine;
          if (work === mine) work = undefined;
          await quiet();
        }
        isLate ||= steps >= MAX_STEPS;
        if (isOver() || isLate) break;
        steps += 1;
        fake.next();
      }
      clearTimeout(limit);
      return !isLate;
    },
    get steps() {
      return steps;
    },
    restore() {
      Math.random = kept.random;
      crypto.randomUUID = kept.uuid;
      Object.assign(sleeps, kept.sleeps);
      globalThis.setTimeout = kept.setTimeout;
      globalThis.setInterval = kept.setInterval;
      fake.uninstall();
      syncBuiltinESMExports();
    },
  };
}

/** The error with which `timers/promises` rejects. */
function aborted(signal: AbortSignal): Error {
  return Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  });
}

function uuidOf(chance: Random): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(chance.next() * 16).toString(16));
  hex[12] = '4';
  hex[16] = '89ab'[Math.floor(chance.next() * 4)] as string;
  return [8, 12, 16, 20, 32].map((end, i) => hex.slice([0, 8, 12, 16, 20][i], end).join('')).join('-');
}
