/**
 * The worker of the do-nothing saga, in a process of its own like the real worker: `worker-process.ts ADDRESS NAMESPACE`. Its workflows
 * are the real ones. Because their activities do nothing, all the time that these workflows take is Temporal's share of a creation.
 */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { WORKER_SETTINGS } from '../../worker/settings.ts';
import { sinksOf } from '../../worker/sinks.ts';
import { idleActivities } from './activities.ts';
import { NOTHING_QUEUE } from './names.ts';

const [address, namespace] = process.argv.slice(2);
if (address === undefined || namespace === undefined)
  throw new TypeError('expected an address and a namespace');
Runtime.install({ logger: new DefaultLogger('INFO') });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: NOTHING_QUEUE,
  workflowsPath: fileURLToPath(new URL('../../workflows/', import.meta.url)),
  activities: idleActivities,
  sinks: sinksOf(),
  ...WORKER_SETTINGS,
});
await worker.run();
await connection.close();
