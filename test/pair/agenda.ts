/** What happens when, on virtual time: a heap, earliest first, and first come first served. */
interface Entry {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

export class Agenda {
  now = 1_000;
  readonly #heap: Entry[] = [];
  #order = 0;

  in(ms: number, happen: () => void): void {
    this.#heap.push({ at: this.now + ms, order: (this.#order += 1), happen });
    for (let index = this.#heap.length - 1; index > 0;) {
      const above = (index - 1) >> 1;
      if (!this.#isBefore(index, above)) return;
      this.#swap(index, above);
      index = above;
    }
  }

  /** Lets everything happen that is due until then. */
  run(until: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#remove();
      this.now = next.at;
      next.happen();
    }
    if (Number.isFinite(until)) this.now = until;
  }

  #remove(): void {
    this.#swap(0, this.#heap.length - 1);
    this.#heap.pop();
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let least = index;
      for (const below of [left, right])
        if (below < this.#heap.length && this.#isBefore(below, least)) least = below;
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one] as Entry, this.#heap[other] as Entry];
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#heap[one] as Entry, this.#heap[other] as Entry];
    [this.#heap[one], this.#heap[other]] = [b, a];
  }
}
