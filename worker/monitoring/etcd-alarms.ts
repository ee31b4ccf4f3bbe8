/** Asks again and again which alarms members of etcd have raised, for the metric and for `/readyz`. */
import { setTimeout } from 'node:timers/promises';
import type { Store } from '../../etcd/store.ts';
import type { Meter } from '../../gateway/meter.ts';

/** The alarms that are told apart. With either, etcd takes no writes. */
const ALARMS = ['NOSPACE', 'CORRUPT'] as const;

export interface EtcdAlarmsOptions {
  /** Absent: the worker serves no metrics. */
  readonly meter?: Meter | undefined;
  readonly store: Pick<Store, 'alarms'>;
  /** The pause between two questions, in ms. */
  readonly pauseMs: number;
}

export class EtcdAlarms {
  readonly #options: EtcdAlarmsOptions;
  #raised: readonly string[] = [];

  constructor(options: EtcdAlarmsOptions) {
    this.#options = options;
  }

  /** Why etcd takes no writes, in one line. `undefined`: no alarm that stops writes is known. */
  get cause(): string | undefined {
    const raised = ALARMS.filter((alarm) => this.#raised.includes(alarm));
    return raised.length === 0 ? undefined : `etcd takes no writes: it has the alarm ${raised.join(', ')}`;
  }

  /** Never rejects. While etcd does not answer, its last answer stays. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, pauseMs } = this.#options;
    while (!signal.aborted) {
      const raised = await store.alarms().catch(() => undefined);
      if (signal.aborted) return;
      if (raised !== undefined) this.#tell(raised);
      await setTimeout(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #tell(raised: readonly string[]): void {
    this.#raised = raised;
    const known = new Set<string>(ALARMS);
    const rows: readonly (readonly [string, boolean])[] = [
      ...ALARMS.map((alarm) => [alarm, raised.includes(alarm)] as const),
      ['other', raised.some((alarm) => !known.has(alarm))],
    ];
    this.#options.meter?.replace(
      'etcdAlarm',
      rows.map(([alarm, isRaised]) => ({ labels: { alarm }, value: isRaised ? 1 : 0 })),
    );
  }
}
