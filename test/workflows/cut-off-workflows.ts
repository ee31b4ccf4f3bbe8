/** The workflow of the watch, with a signal whose handler does not end. */
import { defineSignal, setHandler } from '@temporalio/workflow';
import { configWatch } from '../../workflows/index.ts';

/** A task with this signal is cut off by the worker, after 5 s by default. By then the watch wants to write its page. */
export function cutOffWatch(): Promise<void> {
  const watch = configWatch();
  setHandler(defineSignal('never end'), () => {
    for (;;);
  });
  return watch;
}

export function other(): Promise<string> {
  return Promise.resolve('served');
}
