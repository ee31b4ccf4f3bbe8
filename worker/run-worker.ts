/** The composition root: the one place where the parts are put together. */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from '@temporalio/common';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Kinds } from '../activities/dependencies.ts';
import { createActivities } from '../activities/index.ts';
import { openStore } from '../etcd/store.ts';
import { openWatchStore } from '../etcd/watch-store.ts';
import type { WatchStore } from '../etcd/watch-store.ts';
import type { ChangeEnd } from '../gateway/change-end.ts';
import { ROUTER_DEADLINES } from '../gateway/policies.ts';
import { TASK_QUEUE } from '../gateway/messages.ts';
import { SessionPool } from '../netconf/pool.ts';
import { loadKinds } from '../templates/load.ts';
import { warnOfSkew } from './clock-skew.ts';
import { fieldsOfEnd } from './log/fields.ts';
import { loggingOptions } from './log/logger.ts';
import { numericAddress } from './monitoring/address.ts';
import { bucketsOf } from './monitoring/core-meter.ts';
import { Monitoring } from './monitoring/index.ts';
import type { WorkerOptions } from './options.ts';
import { sinksOf } from './sinks.ts';
import { untilAnswers } from './until-answers.ts';
import { searchAttributesOf } from './search-attributes.ts';
import { WORKER_SETTINGS, deploymentOf } from './settings.ts';
import { wakeOwingPairs } from './wake-owing-pairs.ts';
import { keepWatching, watchWorker } from './watch.ts';
import { dataConverterOf, workflowsOf } from './workflows.ts';

/** How long the start waits for etcd before the worker serves without it, in ms. */
const ETCD_MS = 4_000;
/** What ends a worker. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Serves the task queue until SIGTERM or SIGINT. Then the worker ends its steps or leaves them to another worker, and this resolves. While Temporal or
 * etcd is away at the start, the worker says so and waits. Rejects if the templates can't be loaded. If Temporal fails with an error that waiting can't
 * help, rejects with what `refusal` makes of that error.
 */
export async function runWorker(
  options: WorkerOptions,
  refusal: (error: unknown) => Promise<Error | undefined>,
): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  // The SDK listens for these signals, too, but only once a worker runs. So a signal that came earlier would be lost.
  for (const name of SIGNALS) process.once(name, end);
  try {
    const logger = await installRuntime(options);
    await start(options, { logger, refusal, signal: ended.signal });
  } finally {
    end();
    for (const name of SIGNALS) process.off(name, end);
    // As long as a runtime is there, its thread for log lines keeps the process alive.
    await Runtime._instance?.shutdown();
  }
}

async function start(
  options: WorkerOptions,
  {
    logger,
    refusal,
    signal,
  }: Pick<Parts, 'logger' | 'signal'> & {
    readonly refusal: (error: unknown) => Promise<Error | undefined>;
  },
): Promise<void> {
  const kinds = await loadKinds(options.templates);
  const monitoring = await Monitoring.open(options);
  const warn = (words: string) => logger.warn(words);
  try {
    const { address = 'localhost:7233' } = options.temporal.connection;
    const connection = await untilAnswers(() => NativeConnection.connect(options.temporal.connection), {
      name: `Temporal at ${address}`,
      warn,
      signal,
      refusal,
    });
    await serve(options, { kinds, connection, monitoring, logger, warn, signal });
  } catch (error) {
    // The worker was told to end while it waited for Temporal.
    if (!signal.aborted || error !== signal.reason) throw error;
  } finally {
    await monitoring.close();
  }
}

interface Parts {
  readonly kinds: Kinds;
  readonly connection: NativeConnection;
  readonly monitoring: Monitoring;
  readonly logger: Logger;
  readonly warn: (words: string) => void;
  readonly signal: AbortSignal;
}

async function serve(
  options: WorkerOptions,
  { kinds, connection, monitoring, logger, warn, signal }: Parts,
): Promise<void> {
  const store = openStore(options.etcd);
  let watched: WatchStore | undefined;
  const over = new AbortController();
  const end = () => over.abort();
  signal.addEventListener('abort', end, { once: true });
  const { knownHosts, connectTo, privateKey, agent } = options;
  const { meter, observer } = monitoring;
  const routers = new SessionPool({
    knownHosts,
    connectTo,
    privateKey,
    agent,
    observer,
    ...ROUTER_DEADLINES,
  });
  monitoring.watchEtcd(store, routers);
  const workers: Worker[] = [];
  try {
    const name = `etcd at ${options.etcd.endpoints.join(', ')}`;
    // The worker also runs without etcd: its activities are tried again. But then it says at once that etcd is away, so that nobody has to find that
    // out.
    const answered = untilAnswers(() => store.ping(), { name, warn, signal }).catch(() => undefined);
    await Promise.race([answered, setTimeout(ETCD_MS, undefined, { ref: false })]);
    const { namespace } = options.temporal;
    const searchAttributes = searchAttributesOf(connection, namespace);
    const shared = { store, kinds, policy: options.policy, meter };
    const { changes = [], pairs = [] } = monitoring.listeners(kinds.keys());
    const tellChange = (end: ChangeEnd) => logger.info('change ended', fieldsOfEnd(end));
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: TASK_QUEUE,
      ...(await workflowsOf(options.workflowBundle, options.codec?.encrypts === true)),
      dataConverter: dataConverterOf(options.codec),
      activities: createActivities({ ...shared, routers, searchAttributes }),
      sinks: sinksOf({ changes: [tellChange, ...changes], pairs }),
      interceptors: monitoring.interceptors,
      ...WORKER_SETTINGS,
      ...deploymentOf(options),
    });
    workers.push(worker);
    const { identity } = worker.options;
    const startedAt = Date.now();
    if (options.watch === true) {
      watched = openWatchStore(options.etcd);
      workers.push(await watchWorker(options, connection, { ...shared, watched }));
    }
    monitoring.watchTemporal(connection, worker);
    void warnOfSkew(connection, { namespace, identity, startedAt }, warn);
    if (worker.client) void wakeOwingPairs(store, worker.client.workflow, { warn, signal });
    const keeping = options.watch && keepWatching(options, connection, { warn, signal: over.signal });
    await together(workers).finally(() => over.abort());
    await keeping;
  } finally {
    signal.removeEventListener('abort', end);
    await release(workers);
    // The SDK's runtime, which has the meter, ends with the connection.
    await monitoring.close();
    watched?.close();
    await routers.close();
    store.close();
    await connection.close();
  }
}

/** Runs the workers until all have ended. If one fails, the others end, too. */
async function together(workers: readonly Worker[]): Promise<void> {
  const runs = workers.map(async (worker) => {
    try {
      await worker.run();
    } finally {
      for (const other of workers) if (other.getState() === 'RUNNING') other.shutdown();
    }
  });
  await Promise.allSettled(runs);
  await Promise.all(runs);
}

/** Ends those of the workers that have not run. Until a worker has run, it holds the connection, and keeps the process alive. Never rejects. */
async function release(workers: readonly Worker[]): Promise<void> {
  const unused = workers.filter((worker) => worker.getState() === 'INITIALIZED');
  await Promise.allSettled(unused.map((worker) => worker.runUntil(Promise.resolve())));
}

/**
 * Installs the SDK's runtime. Returns the logger itself, not the one that the runtime wraps around it: the SDK ends its runtime with the last
 * connection, even one that failed, and makes a new runtime for the next. What an ended runtime's logger is told is lost.
 */
async function installRuntime({ log, metrics }: WorkerOptions): Promise<Logger> {
  const { logger, logging } = loggingOptions(log);
  const prometheus = metrics === undefined ? {} : { metrics: await prometheusAt(metrics) };
  Runtime.install({ logger, telemetryOptions: { logging, ...prometheus } });
  return logger;
}

/** The SDK looks up no names, so this does. */
async function prometheusAt(address: string) {
  try {
    const bindAddress = await numericAddress(address);
    return { prometheus: { bindAddress, histogramBucketOverrides: bucketsOf() } };
  } catch (cause) {
    throw new Error(`metrics at ${address}`, { cause });
  }
}
