/**
 * The gateways that wait to be asked for, in groups: usually one for each pair of routers (`View.groupOf`). The next gateway is of the group with the
 * fewest under way: a pair with ten thousand gateways, or one whose router does not answer, does not make the others wait.
 */
export class AskQueue {
  /** By group. Of groups with equally many under way, the one that was served longest ago stands first. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #groups = new Map<string, string>();

  get size(): number {
    return this.#groups.size;
  }

  get ids(): Iterable<string> {
    return this.#groups.keys();
  }

  /** Adds a gateway behind all of its group, unless it waits there already. */
  add(id: string, group: string): void {
    if (this.#groups.get(id) === group) return;
    this.remove(id);
    this.#groups.set(id, group);
    const others = this.#waiting.get(group);
    if (others === undefined) this.#waiting.set(group, new Set([id]));
    else others.add(id);
  }

  remove(id: string): void {
    const group = this.#groups.get(id);
    if (group === undefined) return;
    this.#groups.delete(id);
    const waiting = this.#waiting.get(group);
    waiting?.delete(id);
    if (waiting?.size === 0) this.#waiting.delete(group);
  }

  /** Takes the next gateway out. `underWay`: how many gateways of each group are under way; `most`: how many may be. Returns `undefined` if none may go. */
  next(underWay: ReadonlyMap<string, number>, most: number): string | undefined {
    let chosen: string | undefined;
    let fewest = most;
    for (const group of this.#waiting.keys()) {
      const count = underWay.get(group) ?? 0;
      if (count >= fewest) continue;
      chosen = group;
      fewest = count;
      if (count === 0) break;
    }
    if (chosen === undefined) return undefined;
    const waiting = this.#waiting.get(chosen);
    const [id] = waiting ?? [];
    if (waiting === undefined || id === undefined) return undefined;
    this.#waiting.delete(chosen);
    this.#waiting.set(chosen, waiting);
    this.remove(id);
    return id;
  }
}
