/** Reads at intervals the facts that stand in etcd and that no event tells: owed changes, maintenance holds, and how many routers there are. */
import { setTimeout } from 'node:timers/promises';
import type { Upkeep } from '../../etcd/upkeep.ts';
import type { Store } from '../../etcd/store.ts';
import type { Meter } from '../../gateway/meter.ts';
import { METRICS_TIMES } from '../settings.ts';

/** If there are more routers than this, routers and pairs have no series of their own, unless somebody wants them. */
export const ROUTERS_APART = 200;
/** The label of the owed changes beyond the bound up to which they are read one by one. */
const OTHERS = 'others';

export interface CollectorOptions {
  readonly meter: Meter;
  readonly store: Pick<Store, 'upkeep'>;
  readonly pauseMs?: number;
}

export class Collector {
  readonly #options: CollectorOptions;
  /** `undefined`: not known yet. */
  #routers: number | undefined;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Whether there are so few routers that each may have series of its own. `false` as long as their number is not known. */
  get areFew(): boolean {
    return this.#routers !== undefined && this.#routers <= ROUTERS_APART;
  }

  /** Never rejects. While etcd does not answer, its last facts stay. The metric `upkeepReadAt` says how old they are. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, pauseMs = METRICS_TIMES.collectMs } = this.#options;
    while (!signal.aborted) {
      const upkeep = await store.upkeep().catch(() => undefined);
      if (signal.aborted) return;
      if (upkeep !== undefined) this.#tell(upkeep);
      await setTimeout(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #tell({ routers, owed, owedSince, holds }: Upkeep): void {
    const { meter } = this.#options;
    this.#routers = routers;
    const now = Date.now();
    const only = (value: number) => [{ labels: {}, value }];
    const ageOf = (since: string) => Math.max(0, now - Date.parse(since)) / 1000 || 0;
    meter.replace(
      'owedChanges',
      [...owed].map(([router, value]) => ({ labels: { router: router ?? OTHERS }, value })),
    );
    meter.replace('oldestOwed', only(owedSince === undefined ? 0 : ageOf(owedSince)));
    meter.replace(
      'maintenanceHolds',
      [...holds.keys()].map((router) => ({ labels: { router }, value: 1 })),
    );
    meter.replace('oldestHold', only(Math.max(0, ...[...holds.values()].map(ageOf))));
    meter.replace('upkeepReadAt', only(now / 1000));
  }
}
