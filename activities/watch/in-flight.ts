/** The gateways that were asked for and whose version has not ended in `/state`. */

export interface UnderWay {
  readonly group: string;
  /** When it was asked for, or checked, by the process's monotonic clock, in ms. */
  since: number;
}

export class InFlight {
  readonly #entries = new Map<string, UnderWay>();
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#entries.size;
  }

  /** How many there are, by group. */
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

  add(id: string, group: string): UnderWay {
    this.remove(id);
    const entry: UnderWay = { group, since: performance.now() };
    this.#entries.set(id, entry);
    this.#counts.set(group, (this.#counts.get(group) ?? 0) + 1);
    return entry;
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    const left = (this.#counts.get(entry.group) ?? 1) - 1;
    if (left === 0) this.#counts.delete(entry.group);
    else this.#counts.set(entry.group, left);
  }

  /** Those that nobody has checked for so long, in ms. */
  uncheckedFor(ms: number): readonly (readonly [string, UnderWay])[] {
    const before = performance.now() - ms;
    return [...this.#entries].filter(([, { since }]) => since < before);
  }
}
