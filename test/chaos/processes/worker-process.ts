/** A worker like that of `gateway-saga worker`, but with other times: `node worker-process.ts <bundle> <policy file> <folder of kinds>`. */
import { readFileSync } from 'node:fs';
import './times.ts';
import { TransportError } from '@temporalio/worker';
import { workerOptions } from '../../../command/worker-options.ts';
import { runWorker } from '../../../worker/run-worker.ts';
import { WORKER_SETTINGS } from '../../../worker/settings.ts';
import { CAN_NOT_START } from './program.ts';

const [workflowBundle = '', policyFile = '', templates = ''] = process.argv.slice(2);
const options = workerOptions([], process.env);
// How long a task waits for a killed worker that has its workflow cached, in ms.
Object.assign(WORKER_SETTINGS, { stickyQueueScheduleToStartTimeout: 2_000 });
try {
  await runWorker(
    {
      ...options,
      // Not compressed, so that a proxy can recognize a message by its text.
      temporal: {
        ...options.temporal,
        connection: { ...options.temporal.connection, grpcCompression: { codec: 'none' } },
      },
      etcd: { ...options.etcd, deadlineMs: 2_000 },
      policy: JSON.parse(readFileSync(policyFile, 'utf8')),
      workflowBundle,
      templates,
    },
    // The harness starts it again.
    async (error) => (error instanceof Error ? error : new Error(String(error))),
  );
} catch (error) {
  console.error(error);
  process.exit(error instanceof TransportError ? CAN_NOT_START : 1);
}
