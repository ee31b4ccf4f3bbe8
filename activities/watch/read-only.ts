/** Says `READ_COMPLETE` of resources for which nothing is to be done: gateways refer to them, and there is no kind for them. */
import { CALLS_AT_ONCE } from '../../gateway/config-watch.ts';
import type { WatchStore } from '../../etcd/watch-store.ts';
import { configDifferenceOf } from './difference.ts';
import { inOrder } from './in-order.ts';
import type { SeenResource, View } from './view.ts';

export class ReadOnlyResources {
  readonly #store: Pick<WatchStore, 'publishRead'>;
  readonly #fresh: () => void;
  readonly #open = new Set<string>();
  #view: View;
  #draining: Promise<void> | undefined;
  #halted = true;

  constructor(store: Pick<WatchStore, 'publishRead'>, fresh: () => void, view: View) {
    this.#store = store;
    this.#fresh = fresh;
    this.#view = view;
  }

  set halted(halted: boolean) {
    this.#halted = halted;
    this.#drain();
  }

  relisted(view: View): void {
    this.#view = view;
    this.#open.clear();
    for (const [id, seen] of view.all) this.#judge(id, seen);
    this.#drain();
  }

  changed(id: string): void {
    this.#judge(id, this.#view.all.get(id));
    this.#drain();
  }

  #judge(id: string, seen: SeenResource | undefined): void {
    const isOpen = seen?.isGateway === false && configDifferenceOf(seen.config, seen.state) === 'differs';
    // A `/state` that can't be read is not overwritten.
    if (isOpen && seen.state?.version !== null) this.#open.add(id);
    else this.#open.delete(id);
  }

  #drain(): void {
    if (this.#halted || this.#draining !== undefined || this.#open.size === 0) return;
    const ids = [...this.#open];
    this.#draining = inOrder(ids, CALLS_AT_ONCE, async (id) => {
      const seen = this.#view.all.get(id);
      if (this.#halted || seen === undefined || !this.#open.delete(id)) return;
      this.#fresh();
      await this.#store.publishRead({ type: seen.resourceType, id: seen.resourceId });
    })
      // Whatever has failed is found again by the next listing.
      .catch(() => undefined)
      .finally(() => {
        this.#draining = undefined;
        this.#drain();
      });
  }
}
