/**
 * The gateways that were asked for and whose version has not ended in `/state`. One that waits for another gateway holds no place, so the one that it waits
 * for gets one.
 */

export interface UnderWay {
  readonly group: string;
  /** When it was asked for, or checked, by the process's monotonic clock, in ms. */
  since: number;
}

export class InFlight {
  readonly #entries = new Map<string, UnderWay>();
  /** Ids of those that wait for another gateway. */
  readonly #waiting = new Set<string>();
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#entries.size;
  }

  get ids(): Iterable<string> {
    return this.#entries.keys();
  }

  /** How many places are held. */
  get places(): number {
    return this.#entries.size - this.#waiting.size;
  }

  /** How many places are held, by group. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** Whether the gateway was neither asked for again nor ended since this entry was made. */
  isSame(id: string, entry: UnderWay): boolean {
    return this.#entries.get(id) === entry;
  }

  /** `waits`: whether it waits for another gateway. */
  add(id: string, group: string, waits: boolean): UnderWay {
    this.remove(id);
    const entry: UnderWay = { group, since: performance.now() };
    this.#entries.set(id, entry);
    this.#count(group, 1);
    this.setWaits(id, waits);
    return entry;
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.setWaits(id, false);
    this.#entries.delete(id);
    this.#count(entry.group, -1);
  }

  /** Notes whether a gateway waits for another one. Does nothing for one that is not under way. */
  setWaits(id: string, waits: boolean): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || waits === this.#waiting.has(id)) return;
    if (waits) this.#waiting.add(id);
    else this.#waiting.delete(id);
    this.#count(entry.group, waits ? -1 : 1);
  }

  #count(group: string, more: 1 | -1): void {
    const count = (this.#counts.get(group) ?? 0) + more;
    if (count === 0) this.#counts.delete(group);
    else this.#counts.set(group, count);
  }

  /**
   * Those that nobody has checked for so long, in ms. Any number may wait for other gateways, so of these it names `most` at most: those that were checked
   * longest ago.
   */
  uncheckedFor(ms: number, most: number): readonly (readonly [string, UnderWay])[] {
    const before = performance.now() - ms;
    const late = [...this.#entries].filter(([, { since }]) => since < before);
    const waiting = late.filter(([id]) => this.#waiting.has(id)).sort(([, a], [, b]) => a.since - b.since);
    return [...late.filter(([id]) => !this.#waiting.has(id)), ...waiting.slice(0, most)];
  }
}
