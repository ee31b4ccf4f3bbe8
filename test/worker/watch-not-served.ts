/** The command, but the SDK can't make the worker that serves the watch. */
import { Worker } from '@temporalio/worker';
import { CONFIG_WATCH_ID } from '../../gateway/config-watch.ts';

const create = Worker.create.bind(Worker);
Worker.create = async (options) => {
  if (options.taskQueue === CONFIG_WATCH_ID) throw new Error('the watch is not served');
  return create(options);
};
await import('../../command/main.ts');
