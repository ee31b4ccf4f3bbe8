/** The composition root: the one place where the parts are put together. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { openStore } from '../etcd/store.ts';
import { ROUTER_DEADLINES } from '../gateway/policies.ts';
import { TASK_QUEUE } from '../gateway/messages.ts';
import { SessionPool } from '../netconf/pool.ts';
import { loadKinds } from '../templates/load.ts';
import { warnOfSkew } from './clock-skew.ts';
import type { WorkerOptions } from './options.ts';
import { searchAttributesOf } from './search-attributes.ts';
import { WORKER_SETTINGS } from './settings.ts';
import { dataConverterOf, workflowsOf } from './workflows.ts';

/**
 * Serves the task queue until SIGTERM or SIGINT. Then it ends its steps or leaves them to another worker, and resolves. Rejects if the
 * templates can't be loaded or Temporal can't be reached.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  installRuntime(options.metrics);
  const kinds = await loadKinds(options.templates);
  const connection = await NativeConnection.connect(options.temporal.connection);
  const store = openStore(options.etcd);
  const { knownHosts, connectTo, privateKey, agent } = options;
  const routers = new SessionPool({ knownHosts, connectTo, privateKey, agent, ...ROUTER_DEADLINES });
  try {
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
    const running = worker.run();
    void warnOfSkew(connection, { namespace, identity, startedAt }, (words) =>
      Runtime.instance().logger.warn(words),
    );
    await running;
  } finally {
    await routers.close();
    store.close();
    await connection.close();
  }
}

function installRuntime(metrics: string | undefined): void {
  Runtime.install({
    logger: new DefaultLogger('INFO'),
    ...(metrics === undefined
      ? {}
      : { telemetryOptions: { metrics: { prometheus: { bindAddress: metrics } } } }),
  });
}
