/** A real Temporal server for these tests, started once, and workers that run the stub of the saga. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType as indexedValueType } from '@temporalio/common/lib/search-attributes.js';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../../gateway/messages.ts';
import { freePorts } from '../../local/ports.ts';
import { openRun } from '../../local/run.ts';
import { startTemporal } from '../../local/temporal-process.ts';
import { installQuietRuntime } from '../world/quiet-runtime.ts';

/** The activities of a pair that these workers have. Each fails, and is tried again. */
export const RETRIED = ['reserve', 'apply', 'settle', 'pay', 'endReservation'] as const;
const refused = () => Promise.reject(new Error('etcd takes no writes'));

interface Server {
  readonly address: string;
  readonly connection: Connection;
  readonly bundle: WorkflowBundleWithSourceMap;
  stop(): Promise<void>;
}

let server: Promise<Server> | undefined;

/** In the namespace `default` no search attribute of ours is registered. */
export function temporal(): Promise<Server> {
  server ??= start();
  return server;
}

after(async () => {
  await (await server)?.stop();
});

async function start(): Promise<Server> {
  const run = await openRun();
  const [port, uiPort] = await freePorts(2);
  const { child, address } = await startTemporal(run, {
    port: port as number,
    uiPort: uiPort as number,
    searchAttributes: false,
  });
  const connection = await Connection.connect({ address });
  const bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('stub-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  return {
    address,
    connection,
    bundle,
    stop: async () => {
      await connection.close();
      await child.stop();
      await run.close();
    },
  };
}

/** A new namespace that knows the saga's search attributes, or none. */
export async function newNamespace(attributes: 'with attributes' | 'without attributes'): Promise<string> {
  const { connection } = await temporal();
  const namespace = `test-${randomUUID()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  if (attributes === 'with attributes') await register(connection, namespace);
  return namespace;
}

async function register(connection: Connection, namespace: string): Promise<void> {
  const wanted = Object.values(SEARCH_ATTRIBUTES).map(
    ({ name, type }) => [name, indexedValueType(type)!] as const,
  );
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(wanted),
  });
}

/** A plain Temporal client for a namespace. */
export async function clientFor(namespace: string): Promise<Client> {
  return new Client({ connection: (await temporal()).connection, namespace });
}

/** Runs the stub in a namespace until the returned function is called. After it, nothing of the SDK's native runtime is left. */
export async function startStubWorker(namespace: string): Promise<() => Promise<void>> {
  const { address, bundle } = await temporal();
  installQuietRuntime();
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: bundle,
    activities: Object.fromEntries(RETRIED.map((activity) => [activity, refused])),
    shutdownGraceTime: 1,
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}
