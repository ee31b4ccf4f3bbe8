/** What a worker tells of itself: metrics, traces and health. Without the options for them it asks nothing of any server, and listens on no port. */
import { hostname } from 'node:os';
import { Runtime } from '@temporalio/worker';
import type { NativeConnection, Worker, WorkerInterceptors } from '@temporalio/worker';
import type { Store } from '../../etcd/store.ts';
import type { Meter } from '../../gateway/meter.ts';
import type { RouterObserver } from '../../netconf/observer.ts';
import type { SessionPool } from '../../netconf/pool.ts';
import type { WorkerOptions } from '../options.ts';
import { METRICS_TIMES } from '../settings.ts';
import type { SinkListeners } from '../sinks.ts';
import type { TraceCollectorOptions } from '../tracing/collector.ts';
import { Tracing } from '../tracing/index.ts';
import { SpanExporter } from '../tracing/otlp.ts';
import { countingChanges } from './changes.ts';
import { Collector } from './collector.ts';
import { CoreMeter } from './core-meter.ts';
import { EtcdAlarms } from './etcd-alarms.ts';
import { serveHealth } from './health-endpoint.ts';
import type { HealthEndpoint } from './health-endpoint.ts';
import { PairQueues } from './pair-queues.ts';
import { Polls } from './polls.ts';
import { PROBE_TIMES, Probe } from './probe.ts';
import type { ProbeTimes } from './probe.ts';
import { RouterRequests } from './router-requests.ts';

type Options = Pick<WorkerOptions, 'metrics' | 'metricsPerRouter' | 'health' | 'traces'>;

export class Monitoring {
  readonly #isAsked: boolean;
  readonly #meter: CoreMeter | undefined;
  readonly #requests: RouterRequests | undefined;
  readonly #queues: PairQueues | undefined;
  readonly #times: ProbeTimes;
  readonly #over = new AbortController();
  #collector: Collector | undefined;
  #health: HealthEndpoint | undefined;
  #spans: SpanExporter | undefined;
  #tracing: Tracing | undefined;
  /** Why the worker is not ready, as far as etcd is the cause; below, as far as Temporal or the worker itself is. */
  #etcd: () => readonly (string | undefined)[] = () => ['etcd was not asked yet'];
  #temporal: () => readonly string[] = () => ['Temporal has not answered yet'];

  private constructor({ metrics, metricsPerRouter = false, health }: Options, times: ProbeTimes) {
    this.#times = times;
    this.#isAsked = metrics !== undefined || health !== undefined;
    if (metrics === undefined) return;
    const isPerRouter = () => metricsPerRouter || this.#collector?.areFew === true;
    this.#meter = new CoreMeter(() => Runtime.instance().metricMeter, isPerRouter);
    this.#requests = new RouterRequests(this.#meter);
    this.#queues = new PairQueues(this.#meter);
  }

  /** To be called once the SDK's runtime is installed. Rejects if the health endpoint's address can't be used. */
  static async open(options: Options, times: ProbeTimes = PROBE_TIMES): Promise<Monitoring> {
    const monitoring = new Monitoring(options, times);
    if (options.traces !== undefined) monitoring.#trace(options.traces);
    if (options.health !== undefined)
      monitoring.#health = await serveHealth(options.health, () => monitoring.#causes);
    return monitoring;
  }

  get meter(): Meter | undefined {
    return this.#meter;
  }

  /** The port of the health endpoint. `undefined`: there is no endpoint. */
  get healthPort(): number | undefined {
    return this.#health?.port;
  }

  get observer(): RouterObserver | undefined {
    const [requests, tracing] = [this.#requests, this.#tracing];
    if (tracing === undefined) return requests;
    return {
      opened: (router, outcome) => requests?.opened(router, outcome),
      request: (request) => {
        requests?.request(request);
        tracing.request(request);
      },
    };
  }

  /** For the worker's options. */
  get interceptors(): WorkerInterceptors {
    return this.#tracing === undefined ? {} : { activity: [this.#tracing.activities] };
  }

  /** `kinds`: those of the worker's folder. */
  listeners(kinds: Iterable<string>): SinkListeners {
    const [meter, queues, tracing] = [this.#meter, this.#queues, this.#tracing];
    return {
      changes: [...(meter ? [countingChanges(meter, kinds)] : []), ...(tracing ? [tracing.ended] : [])],
      pairs: queues ? [(sizes) => queues.tell(sizes)] : [],
    };
  }

  /** Begins to ask etcd. */
  watchEtcd(store: Pick<Store, 'alarms' | 'ping' | 'upkeep'>, routers: Pick<SessionPool, 'sessions'>): void {
    if (!this.#isAsked) return;
    const told = this.#tellerOf('etcdUp', 'etcdLatency');
    const probe = new Probe({ name: 'etcd', ask: () => store.ping(), told, times: this.#times });
    const alarms = new EtcdAlarms({ meter: this.#meter, store, pauseMs: this.#times.goodMs });
    this.#etcd = () => [probe.cause, alarms.cause];
    void probe.run(this.#over.signal);
    void alarms.run(this.#over.signal);
    if (this.#meter === undefined) return;
    const show = () => {
      this.#queues?.show();
      this.#requests?.show(routers.sessions);
    };
    const timer = setInterval(show, METRICS_TIMES.showMs).unref();
    this.#over.signal.addEventListener('abort', () => clearInterval(timer));
    this.#collector = new Collector({ meter: this.#meter, store });
    void this.#collector.run(this.#over.signal);
  }

  /** Begins to ask Temporal whether it answers, and sees the worker poll. */
  watchTemporal(connection: NativeConnection, worker: Pick<Worker, 'getState' | 'options'>): void {
    if (!this.#isAsked) return;
    const { namespace, identity } = worker.options;
    const polls = new Polls(connection, { namespace, identity });
    const told = this.#tellerOf('temporalUp', 'temporalLatency');
    const probe = new Probe({
      name: 'Temporal',
      ask: () => polls.look(this.#times.answerMs),
      times: this.#times,
      told: (ms) => {
        told(ms);
        this.#meter?.replace('workerPolling', [{ labels: {}, value: polls.areSeen ? 1 : 0 }]);
      },
    });
    this.#temporal = () => {
      const state = worker.getState();
      const causes = [
        state === 'RUNNING' ? undefined : `the worker does not run: it is ${state.toLowerCase()}`,
        probe.cause,
        polls.areSeen ? undefined : 'Temporal has not seen the worker poll for 90 s',
      ];
      return causes.filter((cause) => cause !== undefined);
    };
    void probe.run(this.#over.signal);
  }

  /** Ends all telling, and sends the last spans. Never rejects, and may be called again. */
  async close(): Promise<void> {
    this.#over.abort();
    this.#meter?.end();
    this.#health?.close();
    await this.#spans?.close();
  }

  #trace(collector: TraceCollectorOptions): void {
    const { logger } = Runtime.instance();
    const spans = new SpanExporter({
      collector,
      resource: { 'service.name': 'gateway-saga', 'service.instance.id': `${process.pid}@${hostname()}` },
      warn: (words) => logger.warn(words),
    });
    this.#spans = spans;
    this.#tracing = new Tracing((span) => spans.add(span));
  }

  get #causes(): readonly string[] {
    return [...this.#etcd(), ...this.#temporal()].filter((cause) => cause !== undefined);
  }

  #tellerOf(up: 'etcdUp' | 'temporalUp', latency: 'etcdLatency' | 'temporalLatency') {
    return (ms: number | undefined): void => {
      this.#meter?.replace(up, [{ labels: {}, value: ms === undefined ? 0 : 1 }]);
      if (ms !== undefined) this.#meter?.record(latency, ms / 1000, {});
    };
  }
}
