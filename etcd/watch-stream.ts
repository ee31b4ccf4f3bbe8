/**
 * Tells what is written under some keys, from a revision on, without a gap. etcd3's own `Watcher` can't be used for that. After a break it goes on from the
 * revision in the header of an answer. That revision is the store's and not the last event's. So the `Watcher` loses events whenever it is cut off while it
 * still catches up.
 *
 * 1. After a break, each range goes on behind the last event that was told of it. The revision in a header is never taken for that.
 * 2. On any doubt the stream ends, and its caller lists again: events were compacted, another cluster answers, the store has gone back (it was restored from
 *    an older copy), or no stream can be opened.
 * 3. The stream has an etcd client of its own, because etcd3 closes the host's other services, too, when a stream breaks. Each `follow` makes a new one, because
 *    etcd3 never logs in again for a stream: a login ends after a while, and when etcd starts again.
 */
import { setTimeout } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import type { IWatchResponse } from 'etcd3';
import { entryOf, rangeOf } from './requests.ts';
import type { Entry } from './client.ts';
import { clientOptions } from './options.ts';
import type { StoreOptions } from './options.ts';

/** A prefix, which ends in "/", or else one key. */
export type Watched = string;

/** The revision up to which something is known, and the id of the cluster that told it. */
export interface Position {
  readonly revision: string;
  readonly cluster: string;
}

/** Why the caller must list again, in words for a person. */
export type Doubt = string;

/** How often in a row a stream is opened before the caller lists again. */
const TRIES = 3;
/** The pause before the second try. Each further pause is twice as long. */
const PAUSE_MS = 200;
/** How long etcd may take to answer that it watches. */
const CREATED_MS = 5_000;

interface Range {
  readonly watched: Watched;
  /** Revision from which on nothing was told yet. */
  next: bigint;
}

export class WatchStream {
  readonly #options: StoreOptions;
  #etcd: Etcd3 | undefined;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /**
   * Yields what is written after `position`, for each of the watched in the order of the revisions. A deleted key has no value. Returns the reason when it
   * is in doubt; returns, too, when `signal` is aborted.
   */
  async *follow(
    watched: readonly Watched[],
    position: Position,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Entry[], Doubt> {
    const from = BigInt(position.revision) + 1n;
    const ranges = watched.map((one): Range => ({ watched: one, next: from }));
    const etcd = new Etcd3(clientOptions(this.#options));
    this.#etcd = etcd;
    let last: unknown = 'nothing was answered';
    try {
      for (let tries = 0; tries < TRIES && !signal.aborted; tries += 1) {
        try {
          for await (const answer of this.#answers(etcd, ranges, signal)) {
            const doubt = doubtOf(answer, ranges, position.cluster);
            if (doubt !== undefined) return doubt;
            const entries = told(answer, ranges);
            if (entries.length === 0) continue;
            tries = 0;
            yield entries;
          }
        } catch (error) {
          last = error;
        }
        if (!signal.aborted)
          await setTimeout(PAUSE_MS * 2 ** tries, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      etcd.close();
    }
    return `etcd's watch broke off: ${last instanceof Error ? last.message : String(last)}`;
  }

  close(): void {
    this.#etcd?.close();
  }

  /** The answers of one stream, until it breaks or is aborted. */
  async *#answers(
    etcd: Etcd3,
    ranges: readonly Range[],
    signal: AbortSignal,
  ): AsyncGenerator<IWatchResponse> {
    const stream = await etcd.watchClient.watch();
    const answers: IWatchResponse[] = [];
    let created = 0;
    let end: { readonly error?: Error } | undefined;
    let wake = () => {};
    const ends = (error?: Error) => {
      end ??= error === undefined ? {} : { error };
      wake();
    };
    const leave = () => ends();
    const timer = globalThis.setTimeout(() => {
      if (created < ranges.length) ends(new Error(`no answer within ${CREATED_MS / 1000} s`));
    }, CREATED_MS);
    stream.on('data', (answer: IWatchResponse) => {
      if (answer.created) created += 1;
      answers.push(answer);
      wake();
    });
    stream.on('error', ends);
    stream.on('end', () => ends(new Error('etcd has ended it')));
    signal.addEventListener('abort', leave, { once: true });
    try {
      for (const [index, { watched, next }] of ranges.entries())
        stream.write({
          create_request: {
            ...(watched.endsWith('/') ? rangeOf(watched) : { key: Buffer.from(watched) }),
            start_revision: String(next),
            watch_id: String(index + 1),
            progress_notify: true,
          },
        });
      for (;;) {
        for (let answer = answers.shift(); answer !== undefined; answer = answers.shift()) {
          if (signal.aborted) return;
          yield answer;
        }
        if (signal.aborted) return;
        if (end !== undefined) throw end.error ?? new Error('it was left');
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
      // What the stream says from now on, such as that it was canceled, is of no interest. But without a listener an error would end the process.
      stream.on('error', () => undefined);
      stream.cancel();
    }
  }
}

/** `undefined`: nothing speaks against going on. */
function doubtOf(answer: IWatchResponse, ranges: readonly Range[], cluster: string): Doubt | undefined {
  if (answer.header.cluster_id !== cluster) return 'another etcd cluster answers';
  if (answer.canceled) {
    const { compact_revision: compacted, cancel_reason: reason } = answer;
    if (compacted !== '0') return `etcd has compacted what was not told yet, up to revision ${compacted}`;
    return `etcd has ended the watch${reason === '' ? '' : `: ${reason}`}`;
  }
  const range = ranges[Number(answer.watch_id) - 1];
  if (answer.created && range !== undefined && BigInt(answer.header.revision) < range.next - 1n)
    return `etcd has gone back to revision ${answer.header.revision}`;
  return undefined;
}

/** The events of an answer, as entries. Notes in `ranges` how far they go. */
function told({ watch_id: id, events }: IWatchResponse, ranges: readonly Range[]): readonly Entry[] {
  const range = ranges[Number(id) - 1];
  if (range === undefined) return [];
  const entries = events.map(({ type, kv }): Entry => {
    const key = kv.key.toString();
    const entry = entryOf(key, kv);
    return type === 'Delete' ? { ...entry, value: undefined } : entry;
  });
  for (const { modRevision } of entries) {
    const after = BigInt(modRevision) + 1n;
    if (after > range.next) range.next = after;
  }
  return entries;
}
