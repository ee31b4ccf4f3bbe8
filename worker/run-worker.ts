/** The composition root: the one place where the parts are put together. */
import { setTimeout } from 'node:timers/promises';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Kinds } from '../activities/dependencies.ts';
import { createActivities } from '../activities/index.ts';
import { openStore } from '../etcd/store.ts';
import { openWatchStore } from '../etcd/watch-store.ts';
import type { WatchStore } from '../etcd/watch-store.ts';
import { ROUTER_DEADLINES } from '../gateway/policies.ts';
import { TASK_QUEUE } from '../gateway/messages.ts';
import { SessionPool } from '../netconf/pool.ts';
import { loadKinds } from '../templates/load.ts';
import { warnOfSkew } from './clock-skew.ts';
import type { WorkerOptions } from './options.ts';
import { untilAnswers } from './until-answers.ts';
import { searchAttributesOf } from './search-attributes.ts';
import { WORKER_SETTINGS } from './settings.ts';
import { wakeOwingPairs } from './wake-owing-pairs.ts';
import { keepWatching, watchWorker } from './watch.ts';
import { dataConverterOf, workflowsOf } from './workflows.ts';

/** How long the start waits for etcd before the worker serves without it, in ms. */
const ETCD_MS = 4_000;
/** What ends a worker. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Serves the task queue until SIGTERM or SIGINT. Then it ends its steps or leaves them to another worker, and resolves. While Temporal or etcd
 * is away at the start, it says so and waits. Rejects if the templates can't be loaded, and with what `refusal` makes of an error of
 * Temporal's, if waiting can't help.
 */
export async function runWorker(
  options: WorkerOptions,
  refusal: (error: unknown) => Promise<Error | undefined>,
): Promise<void> {
  installRuntime(options.metrics);
  const kinds = await loadKinds(options.templates);
  const ended = new AbortController();
  const { logger } = Runtime.instance();
  const warn = (words: string) => logger.warn(words);
  const end = () => ended.abort();
  // The SDK listens, too, but not while it tries to connect.
  for (const name of SIGNALS) process.once(name, end);
  const { signal } = ended;
  try {
    const { address = 'localhost:7233' } = options.temporal.connection;
    const connection = await untilAnswers(() => NativeConnection.connect(options.temporal.connection), {
      name: `Temporal at ${address}`,
      warn,
      signal,
      refusal,
    });
    await serve(options, { kinds, connection, warn, signal });
  } catch (error) {
    // It was told to end while it waited for Temporal.
    if (!signal.aborted || error !== signal.reason) throw error;
  } finally {
    end();
    for (const name of SIGNALS) process.off(name, end);
  }
}

interface Parts {
  readonly kinds: Kinds;
  readonly connection: NativeConnection;
  readonly warn: (words: string) => void;
  readonly signal: AbortSignal;
}

async function serve(options: WorkerOptions, { kinds, connection, warn, signal }: Parts): Promise<void> {
  const store = openStore(options.etcd);
  let watched: WatchStore | undefined;
  const over = new AbortController();
  const end = () => over.abort();
  signal.addEventListener('abort', end, { once: true });
  const { knownHosts, connectTo, privateKey, agent } = options;
  const routers = new SessionPool({ knownHosts, connectTo, privateKey, agent, ...ROUTER_DEADLINES });
  try {
    const name = `etcd at ${options.etcd.endpoints.join(', ')}`;
    // The worker runs without etcd, too: its activities are tried again. But nobody should have to find that out.
    const answered = untilAnswers(() => store.ping(), { name, warn, signal }).catch(() => undefined);
    await Promise.race([answered, setTimeout(ETCD_MS, undefined, { ref: false })]);
    const { namespace } = options.temporal;
    const searchAttributes = searchAttributesOf(connection, namespace);
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: TASK_QUEUE,
      ...(await workflowsOf(options.workflowBundle, options.codec?.encrypts === true)),
      dataConverter: dataConverterOf(options.codec),
      activities: createActivities({ store, routers, kinds, policy: options.policy, searchAttributes }),
      ...WORKER_SETTINGS,
    });
    const { identity } = worker.options;
    const startedAt = Date.now();
    const workers = [worker];
    if (options.watch === true) {
      watched = openWatchStore(options.etcd);
      workers.push(await watchWorker(options, connection, { store, watched, kinds, policy: options.policy }));
    }
    void warnOfSkew(connection, { namespace, identity, startedAt }, warn);
    if (worker.client) void wakeOwingPairs(store, worker.client.workflow, { warn, signal });
    const keeping = options.watch && keepWatching(connection, namespace, { warn, signal: over.signal });
    await together(workers).finally(() => over.abort());
    await keeping;
  } finally {
    signal.removeEventListener('abort', end);
    watched?.close();
    await routers.close();
    store.close();
    await connection.close();
  }
}

/** Runs them until all have ended. If one fails, the others end, too. */
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

function installRuntime(metrics: string | undefined): void {
  Runtime.install({
    logger: new DefaultLogger('INFO'),
    ...(metrics === undefined
      ? {}
      : { telemetryOptions: { metrics: { prometheus: { bindAddress: metrics } } } }),
  });
}
