/**
 * Asks the sagas of gateways whose configuration differs from `/state`, at most so many at a time.
 *
 * 1. A gateway is asked for once per configuration, and again only if its run has ended without a word in `/state`. Asking twice does no harm: the
 *    saga reads the configuration itself.
 * 2. `/state` ends what is under way, and so does a run that has ended. What takes long is checked, so that nobody holds a place for ever.
 * 3. A gateway that is under way is asked for its newer version at once: that needs no further place.
 * 4. A gateway that waits for another one holds no place. Otherwise those that wait could hold all of them, and the one that they wait for would get none.
 */
import type { Client } from '../executions.ts';
import { executionOf } from '../executions.ts';
import { ASKED_AT_MOST, CALLS_AT_ONCE, WATCH_TIMES } from '../../gateway/config-watch.ts';
import type { WatchPolicy } from '../../gateway/config-watch.ts';
import { oneLine } from '../../gateway/display.ts';
import { askFor, isRefused } from './ask.ts';
import { AskQueue } from './ask-queue.ts';
import { configDifferenceOf } from './difference.ts';
import { InFlight } from './in-flight.ts';
import { inOrder } from './in-order.ts';
import type { View } from './view.ts';

/** The last ask for a gateway. */
interface LastAsk {
  /** `mod_revision` of the configuration that it was for. */
  readonly of: string;
  readonly times: number;
  /** Its run has ended without a word in `/state`. */
  readonly ended: boolean;
}

export interface DispatcherOptions {
  readonly client: Client;
  readonly policy: WatchPolicy;
  /** Throws if this worker may have lost the watch to another one. */
  readonly fresh: () => void;
  /** Something is to be told, or has to be seen to by whoever runs the watch. */
  readonly changed: () => void;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #queue = new AskQueue();
  /** Gateways that are under way, and are to be asked for their newer versions. */
  readonly #newer = new Set<string>();
  readonly #inFlight = new InFlight();
  readonly #asked = new Map<string, LastAsk>();
  readonly #silent = new Set<string>();
  #view: View;
  #calls = 0;
  #away: string | null = null;
  #halted = true;
  /** How often sagas were asked. */
  total: number;

  constructor(options: DispatcherOptions, view: View, total: number) {
    this.#options = options;
    this.#view = view;
    this.total = total;
  }

  /** Why nothing is asked. `null`: nothing is in the way. */
  get away(): string | null {
    return this.#away;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Workflow ids. */
  get silent(): ReadonlySet<string> {
    return this.#silent;
  }

  get differing(): number {
    return this.#queue.size + this.#inFlight.size + this.#silent.size;
  }

  /** The oldest `mod_revision` that has not been asked for. */
  get oldestWaiting(): bigint | undefined {
    let oldest: bigint | undefined;
    for (const id of [...this.#queue.ids, ...this.#newer]) {
      const revision = BigInt(this.#view.all.get(id)?.config?.modRevision ?? '0');
      if (oldest === undefined || revision < oldest) oldest = revision;
    }
    return oldest;
  }

  /** Halted, it asks for nothing. */
  set halted(halted: boolean) {
    this.#halted = halted;
    this.#pump();
  }

  /** Everything was listed anew. */
  relisted(view: View): void {
    this.#view = view;
    const known = [...this.#queue.ids, ...this.#newer, ...this.#asked.keys()];
    for (const id of known) if (!view.all.has(id)) this.#judge(id);
    for (const id of view.all.keys()) this.#judge(id);
    for (const id of this.#inFlight.ids) this.#inFlight.setWaits(id, view.waits(id));
    this.#pump();
  }

  /** Something was written about a resource. */
  changed(id: string): void {
    this.#judge(id);
    this.#pump();
  }

  /** A gateway begins to wait for another one, or waits no more. */
  waitChanged(id: string): void {
    this.#inFlight.setWaits(id, this.#view.waits(id));
    this.#pump();
  }

  #judge(id: string): void {
    const seen = this.#view.all.get(id);
    if (seen?.isGateway !== true || configDifferenceOf(seen.config, seen.state) !== 'differs') {
      this.#queue.remove(id);
      this.#newer.delete(id);
      this.#asked.delete(id);
      this.#silent.delete(id);
      // Without a configuration that can be read, `/state` says nothing about what is under way: a look finds its end.
      if (seen?.config?.version !== undefined) this.#inFlight.remove(id);
      return;
    }
    const last = this.#asked.get(id);
    if (last?.of === seen.config?.modRevision && !this.#isToBeAskedAgain(last)) return;
    this.#silent.delete(id);
    if (this.#inFlight.has(id)) this.#newer.add(id);
    else this.#queue.add(id, this.#view.groupOf(seen));
  }

  #isToBeAskedAgain(last: LastAsk | undefined): boolean {
    return last?.ended === true && last.times < ASKED_AT_MOST;
  }

  #pump(): void {
    while (!this.#halted && this.#away === null && this.#calls < CALLS_AT_ONCE) {
      const id = this.#next();
      if (id === undefined) return;
      this.#calls += 1;
      void this.#ask(id).finally(() => {
        this.#calls -= 1;
        this.#options.changed();
        this.#pump();
      });
    }
  }

  #next(): string | undefined {
    const [newer] = this.#newer;
    if (newer !== undefined) {
      this.#newer.delete(newer);
      return newer;
    }
    const { inFlight } = this.#options.policy;
    if (this.#inFlight.places >= inFlight) return undefined;
    return this.#queue.next(this.#inFlight.counts, Math.ceil(inFlight / 2));
  }

  async #ask(id: string): Promise<void> {
    const seen = this.#view.all.get(id);
    const config = seen?.config;
    if (seen === undefined || config?.version === undefined) return;
    const last = this.#asked.get(id);
    const of = config.modRevision;
    const asked: LastAsk = { of, times: last?.of === of ? last.times + 1 : 1, ended: false };
    const wasUnderWay = this.#inFlight.has(id);
    this.#asked.set(id, asked);
    const underWay = this.#inFlight.add(id, this.#view.groupOf(seen), this.#view.waits(id));
    try {
      this.#options.fresh();
      await askFor(this.#options.client, seen, config.version);
      this.total += 1;
    } catch (error) {
      // If the request is refused for good, the gateway counts as asked, and its run as ended.
      const refused: LastAsk = { of, times: ASKED_AT_MOST, ended: true };
      if (this.#asked.get(id) === asked) {
        if (isRefused(error)) this.#asked.set(id, refused);
        else if (last === undefined) this.#asked.delete(id);
        else this.#asked.set(id, last);
      }
      // The place is kept for a newer version that was asked for meanwhile.
      if (!wasUnderWay && this.#inFlight.isSame(id, underWay)) this.#inFlight.remove(id);
      this.#judge(id);
      if (isRefused(error)) this.#giveUp(id, refused);
      else this.#pause(error);
    }
  }

  #pause(error: unknown): void {
    if (this.#away !== null) return;
    this.#away = `Temporal does not answer: ${error instanceof Error ? oneLine(error.message) : String(error)}`;
    setTimeout(() => {
      this.#away = null;
      this.#pump();
    }, WATCH_TIMES.pauseMs).unref();
  }

  /** Checks the runs of gateways that were asked for, or checked, more than `ms` ms ago, and of which `/state` has no word yet. */
  async checkRuns(ms: number): Promise<void> {
    const unchecked = this.#inFlight.uncheckedFor(ms, this.#options.policy.inFlight);
    await inOrder(unchecked, CALLS_AT_ONCE, async ([id, underWay]) => {
      const run = await executionOf(this.#options.client, id);
      // It has ended meanwhile, or was asked again.
      if (!this.#inFlight.isSame(id, underWay)) return;
      if (run?.isRunning === true) underWay.since = performance.now();
      else this.#ended(id);
    });
    this.#pump();
  }

  /** A run has ended, and `/state` has no word of it. */
  #ended(id: string): void {
    this.#inFlight.remove(id);
    const last = this.#asked.get(id);
    if (last === undefined) return;
    const ended = { ...last, ended: true };
    this.#asked.set(id, ended);
    this.#judge(id);
    if (!this.#isToBeAskedAgain(ended)) this.#giveUp(id, ended);
  }

  /** The run that was asked for last has ended, and no other is asked for. Does nothing if the gateway has vanished since, or is asked for another version. */
  #giveUp(id: string, last: LastAsk): void {
    const isLast = this.#asked.get(id) === last && this.#view.all.get(id)?.config?.modRevision === last.of;
    if (isLast) this.#silent.add(id);
  }
}
