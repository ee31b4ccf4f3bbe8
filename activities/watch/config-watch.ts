/**
 * The watch over `/config`: asks the saga of each gateway whose configuration differs from `/state`. What counts is the difference, not the event:
 * all is listed at one revision at the start, on a timer and on any doubt, and between two listings etcd tells what is written.
 *
 * 1. It keeps what it knows in memory only. Whoever takes over lists, and finds what is left to do.
 * 2. It changes nothing itself but `READ_COMPLETE`. Two watches at once, for a moment after a freeze, do no harm.
 * 3. While the reference system's job manager is alive, it asks for nothing, unless its policy says otherwise.
 */
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Entry } from '../../etcd/client.ts';
import { StoreRefusedError, StoreUnavailableError } from '../../etcd/errors.ts';
import type { Store } from '../../etcd/store.ts';
import { WAITING } from '../../etcd/keys.ts';
import { CONFIG, JOB_MANAGER } from '../../etcd/watch-store.ts';
import type { WatchStore } from '../../etcd/watch-store.ts';
import type { Doubt, Position } from '../../etcd/watch-stream.ts';
import { WATCH_TIMES } from '../../gateway/config-watch.ts';
import type { WatchBeat, WatchPolicy, WatchReport } from '../../gateway/config-watch.ts';
import { LENGTHS, oneLine } from '../../gateway/display.ts';
import { pluralOf } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import type { Kinds } from '../dependencies.ts';
import type { Client } from '../executions.ts';
import { Dispatcher } from './dispatcher.ts';
import { configDifferenceOf } from './difference.ts';
import { ReadOnlyResources } from './read-only.ts';
import { watchedTypes } from './types.ts';
import { View } from './view.ts';

export interface ConfigWatchOptions {
  readonly store: Pick<Store, 'publishedKinds' | 'snapshot'>;
  readonly watched: WatchStore;
  readonly kinds: Kinds;
  readonly policy: WatchPolicy;
  readonly client: Client;
  /** How often sagas were asked before. */
  readonly asked: number;
  /** Throws if this worker may have lost the watch to another one. */
  readonly fresh: () => void;
  /** The facts have changed; `line`: what is worth a line in the log book. */
  readonly tell: (line?: string) => void;
  /** The server's clock. */
  readonly now: () => number;
}

/** How many keys a report names. */
const SHOWN = 10;

export class ConfigWatch {
  readonly #options: ConfigWatchOptions;
  readonly #dispatcher: Dispatcher;
  readonly #readOnly: ReadOnlyResources;
  #view = new View(new Map());
  /** Of the last full listing. */
  #position: Position | undefined;
  #listed: number | undefined;
  #gateways = 0;
  /** The newest revision that is known. */
  #heard = 0n;
  /** By workflow id: the key of a value that can't be read, and why. */
  readonly #unreadable = new Map<string, string>();
  /** Why etcd can't be listed. */
  #away: string | null = null;
  /** What stands under the job manager's key. */
  #manager: string | undefined;
  #over = false;

  constructor(options: ConfigWatchOptions) {
    const { client, policy, fresh, tell, asked, watched } = options;
    this.#options = options;
    this.#dispatcher = new Dispatcher({ client, policy, fresh, changed: () => tell() }, this.#view, asked);
    this.#readOnly = new ReadOnlyResources(watched, fresh, this.#view);
  }

  get beat(): WatchBeat {
    const oldest = this.#dispatcher.oldestWaiting;
    const revision = oldest === undefined || oldest > this.#heard ? this.#heard : oldest - 1n;
    const { cluster = null } = this.#position ?? {};
    return { revision: cluster === null ? null : String(revision), cluster, asked: this.#dispatcher.total };
  }

  get facts(): Omit<WatchReport, 'worker' | 'since' | 'lines'> {
    const { differing, inFlight, silent, total: asked, away } = this.#dispatcher;
    const unreadable = [...this.#unreadable.values()].slice(0, SHOWN);
    return {
      listed: this.#listed === undefined ? null : new Date(this.#listed).toISOString(),
      revision: this.beat.revision,
      gateways: this.#gateways,
      asked,
      differing,
      inFlight,
      silent: { count: silent.size, first: [...silent].slice(0, SHOWN) },
      unreadable: { count: this.#unreadable.size, first: unreadable },
      waits: this.#away ?? this.#givesWay ?? away,
    };
  }

  /** Runs until the signal is aborted. Rejects for a defect only. */
  async run(signal: AbortSignal): Promise<void> {
    const { policy, tell } = this.#options;
    const relistMs = policy.relistSeconds * 1_000;
    while (!signal.aborted) {
      const position = await this.#list(signal);
      if (position === undefined) return;
      const listedAt = performance.now();
      const doubt = await this.#follow(position, relistMs, signal);
      if (doubt !== undefined) tell(`lists again: ${doubt}`);
      // What this look can't find out, the next one does.
      await this.#dispatcher.checkRuns(relistMs).catch(() => undefined);
      // A member of etcd that lags behind may end every stream at once. So two listings are at least this far apart.
      const waitMs = listedAt + WATCH_TIMES.pauseMs - performance.now();
      if (waitMs > 0) await setTimeout(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** From now on it asks for nothing and writes nothing. */
  end(): void {
    this.#over = true;
    this.#haltOrGoOn();
  }

  /** Tries to list until etcd answers. Resolves to `undefined` if the signal was aborted before. */
  async #list(signal: AbortSignal): Promise<Position | undefined> {
    const { store, kinds, watched, tell } = this.#options;
    while (!signal.aborted) {
      try {
        const types = await watchedTypes(store, kinds);
        const view = new View(types);
        let manager: Entry | undefined;
        const position = await watched.list((entry) => {
          if (entry.key === JOB_MANAGER) manager = entry;
          else view.note(entry);
        });
        if (signal.aborted) return undefined;
        // The listing may have missed a kind that was published meanwhile: then it is made again. Of what is written from here on, the stream tells.
        if (!isDeepStrictEqual(types, await watchedTypes(store, kinds))) continue;
        this.#adopt(view, position, manager);
        return position;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError || error instanceof StoreRefusedError)) throw error;
        if (this.#away === null) tell(oneLine(error.message));
        this.#away = oneLine(error.message);
        await setTimeout(WATCH_TIMES.pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  #adopt(view: View, position: Position, manager: Entry | undefined): void {
    const { fresh, now, tell } = this.#options;
    fresh();
    const isFirst = this.#position === undefined;
    if (this.#away !== null) tell('etcd answers again');
    this.#away = null;
    this.#view = view;
    this.#position = position;
    this.#heard = BigInt(position.revision);
    this.#listed = now();
    const all = [...view.all].filter(([, { isGateway, config }]) => isGateway && config !== undefined);
    this.#gateways = all.length;
    this.#unreadable.clear();
    for (const [id] of all) this.#noteUnreadable(id);
    // Nothing is asked for until the manager is noted, who may have begun its work since the last listing.
    this.#dispatcher.halted = true;
    this.#readOnly.halted = true;
    this.#dispatcher.relisted(view);
    this.#readOnly.relisted(view);
    this.#noteManager(manager);
    const { differing } = this.#dispatcher;
    tell(
      isFirst
        ? `listed ${this.#gateways} gateways, ${differing} differ, revision ${position.revision}`
        : undefined,
    );
  }

  /** Follows what is written. Resolves to the doubt that ends this, or to `undefined` when the time is over. */
  async #follow(position: Position, ms: number, signal: AbortSignal): Promise<Doubt | undefined> {
    const { watched, fresh, tell } = this.#options;
    const over = new AbortController();
    const leave = () => over.abort();
    const timer = globalThis.setTimeout(leave, ms);
    signal.addEventListener('abort', leave, { once: true });
    const following = watched.follow(position, over.signal);
    try {
      if (signal.aborted) return undefined;
      for (;;) {
        const { done, value } = await following.next();
        if (over.signal.aborted) return undefined;
        if (done === true) return value;
        fresh();
        if (this.#note(value)) return 'a kind was published, or removed';
        tell();
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
      await following.return('it was left');
    }
  }

  /** Whether kinds may have changed. */
  #note(entries: readonly Entry[]): boolean {
    let kinds = false;
    for (const entry of entries) {
      const revision = BigInt(entry.modRevision);
      if (revision > this.#heard) this.#heard = revision;
      if (entry.key.startsWith(this.#options.watched.templates)) kinds = true;
      else if (entry.key === JOB_MANAGER) this.#noteManager(entry);
      else this.#changed(entry, this.#view.note(entry));
    }
    return kinds;
  }

  #changed({ key }: Entry, id: string | undefined): void {
    if (id === undefined) return;
    if (key.startsWith(WAITING)) return this.#dispatcher.waitChanged(id);
    this.#noteUnreadable(id);
    this.#dispatcher.changed(id);
    this.#readOnly.changed(id);
  }

  #noteUnreadable(id: string): void {
    const seen = this.#view.all.get(id);
    if (seen?.isGateway === true && configDifferenceOf(seen.config, seen.state) === 'unreadable')
      this.#unreadable.set(id, `${keyOf(seen)}: ${seen.config?.reason ?? 'it has no version'}`);
    else this.#unreadable.delete(id);
  }

  #noteManager(entry: Entry | undefined): void {
    const before = this.#givesWay;
    this.#manager = entry?.value === undefined ? undefined : oneLine(entry.value.toString(), LENGTHS.value);
    const now = this.#givesWay;
    if (before !== now) this.#options.tell(now ?? `${JOB_MANAGER} is gone: asks again`);
    this.#haltOrGoOn();
  }

  /** Why it leaves the work to the reference system. `null`: it doesn't. */
  get #givesWay(): string | null {
    if (this.#manager === undefined || this.#options.policy.besideJobManager) return null;
    return `a job manager is alive (${JOB_MANAGER} is ${JSON.stringify(this.#manager)}): nothing is asked for; policy watch.besideJobManager`;
  }

  #haltOrGoOn(): void {
    const halted = this.#over || this.#position === undefined || this.#givesWay !== null;
    this.#dispatcher.halted = halted;
    this.#readOnly.halted = halted || !this.#options.policy.readComplete;
  }
}

/** The key for a message. It may be none that a gateway can have, because anybody may have written it. */
function keyOf({ resourceType, resourceId }: GatewayRef): string {
  return oneLine(`${CONFIG}${pluralOf(resourceType)}/${resourceId}`);
}
