import type { Connection } from '@temporalio/client';
import { TASK_QUEUE } from '../gateway/messages.ts';
import type { Policy } from '../gateway/policies.ts';
import { type Child, startChild, untilReady } from './child.ts';
import { openConnection } from './connection.ts';
import { ROOT } from './folders.ts';
import type { Stack } from './stack.ts';
import { workflowBundle } from './workflow-bundle.ts';

export interface WorkerOptions {
  /** Limits and intervals that differ from the stack's policy and from the defaults. */
  readonly policy?: Partial<Policy>;
  /** Path of the `gateway-saga.mjs` to run, such as that of an installed package. Default: this checkout's. */
  readonly command?: string;
  /** Folder of the kinds. Default: those that come with the program. */
  readonly templates?: string;
  /** Whether it serves the watch over `/config`. */
  readonly watch?: boolean;
  /** For other times than the product's: a module of this checkout that runs the command, and the one that sets them, which each workflow loads first. */
  readonly times?: { readonly program: string; readonly module: string };
  /** Distinguishes several workers of one stack, such as `worker` and `worker-2`. Default: `worker`. */
  readonly name?: string;
}

const READY_MS = 60_000;
/** A worker needs up to 5 s to hand over its activities. */
const GRACE_MS = 10_000;

/** Starts `gateway-saga worker` for this stack, and waits until the worker polls for tasks. The worker ends with the stack. */
export async function startWorker(stack: Stack, options: WorkerOptions = {}): Promise<Child> {
  const name = options.name ?? 'worker';
  const { times } = options;
  const program = options.command ?? times?.program ?? `${ROOT}command/gateway-saga.mjs`;
  const args = [program, 'worker'];
  if (times !== undefined) args.unshift('--import=tsx');
  // An installed package has a bundle of its own.
  if (options.command === undefined)
    args.push(`--workflow-bundle=${await workflowBundle(times === undefined ? [] : [times.module])}`);
  if (options.watch === true) args.push('--watch');
  if (options.templates !== undefined) args.push(`--templates=${options.templates}`);
  if (stack.policy !== undefined || options.policy !== undefined) {
    const policy = { ...stack.policy, ...options.policy };
    args.push(`--policy=${await stack.run.write(`${name}.policy.json`, JSON.stringify(policy))}`);
  }
  const child = await startChild({
    name,
    program: process.execPath,
    args,
    env: stack.environment,
    cwd: ROOT,
    log: `${stack.logs}/${name}.log`,
    graceMs: GRACE_MS,
  });
  await stack.run.adopt(child, program);
  const connection = await openConnection(stack.temporal.address);
  try {
    await untilReady(child, READY_MS, () => polls(connection, stack.temporal.namespace, child.pid));
  } finally {
    await connection.close();
  }
  return child;
}

/** Whether the process polls for tasks. The SDK names its pollers `<process id>@<host>`. */
async function polls(connection: Connection, namespace: string, pid: number): Promise<boolean> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
  });
  return pollers?.some(({ identity }) => identity?.startsWith(`${pid}@`)) ?? false;
}
