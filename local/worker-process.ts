import type { Connection } from '@temporalio/client';
import { TASK_QUEUE } from '../gateway/messages.ts';
import type { Policy } from '../gateway/policies.ts';
import { type Child, startChild, untilReady } from './child.ts';
import { openConnection } from './connection.ts';
import { ROOT } from './folders.ts';
import type { Stack } from './stack.ts';
import { workflowBundle } from './workflow-bundle.ts';

export interface WorkerOptions {
  /** Limits and intervals other than the default ones. */
  readonly policy?: Partial<Policy>;
  /** The `gateway-saga.mjs` to run: an installed package's instead of this checkout's. */
  readonly command?: string;
  /** Tells several workers of one stack apart: `worker`, `worker-2`. */
  readonly name?: string;
}

const READY_MS = 60_000;
/** A worker hands over what it works on within 5 s. */
const GRACE_MS = 10_000;

/** Starts `gateway-saga worker` for this stack and waits until it polls. It ends with the stack. */
export async function startWorker(stack: Stack, options: WorkerOptions = {}): Promise<Child> {
  const name = options.name ?? 'worker';
  const program = options.command ?? `${ROOT}command/gateway-saga.mjs`;
  const args = [program, 'worker'];
  // A package brings its own.
  if (options.command === undefined) args.push(`--workflow-bundle=${await workflowBundle()}`);
  if (options.policy !== undefined) {
    args.push(`--policy=${await stack.run.write(`${name}.policy.json`, JSON.stringify(options.policy))}`);
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

/** The SDK names its pollers `<process id>@<host>`. */
async function polls(connection: Connection, namespace: string, pid: number): Promise<boolean> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
  });
  return pollers?.some(({ identity }) => identity?.startsWith(`${pid}@`)) ?? false;
}
