/** Tells the meter of sessions on routers, and of requests to them. */
import type { Meter } from '../../gateway/meter.ts';
import type { ObservedRequest, RouterObserver } from '../../netconf/observer.ts';

/** How many routers' names are kept at most. If a router is renamed, the series with its old name becomes 0. */
const MOST_NAMES = 1_000;

export class RouterRequests implements RouterObserver {
  readonly #meter: Meter;
  /** By router id. */
  readonly #names = new Map<string, string>();

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  readonly request = ({ peer, operation, ms, outcome }: ObservedRequest): void => {
    const seconds = ms / 1000;
    this.#meter.record('requestDuration', seconds, { operation, outcome });
    if (operation === 'commit') this.#meter.record('commitDuration', seconds, { router: peer.id, outcome });
    if (operation === 'check') this.#meter.record('checkDuration', seconds, { router: peer.id, outcome });
  };

  readonly opened: RouterObserver['opened'] = ({ id, name }, outcome) => {
    this.#meter.record('sessionOpens', 1, { router: id, outcome });
    if (name === undefined || this.#names.get(id) === name) return;
    if (this.#names.size < MOST_NAMES || this.#names.has(id)) this.#names.set(id, name);
  };

  show(sessions: ReadonlyMap<string, number>): void {
    this.#meter.replace(
      'routerInfo',
      [...this.#names].map(([router, router_name]) => ({ labels: { router, router_name }, value: 1 })),
    );
    this.#meter.replace(
      'sessionsOpen',
      [...sessions].map(([router, value]) => ({ labels: { router }, value })),
    );
  }
}
