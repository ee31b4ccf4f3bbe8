import type { Connection } from '@temporalio/client';
import { GRPC, grpcErrorIn } from '../client/grpc.ts';
import { versionOf } from '../command/version.ts';
import { TASK_QUEUE } from '../gateway/messages.ts';
import type { Policy } from '../gateway/policies.ts';
import { type ChildProgram, startChild, untilReady } from './child.ts';
import { openConnection } from './connection.ts';
import { ROOT } from './folders.ts';
import type { Stack } from './stack.ts';
import { workflowBundle } from './workflow-bundle.ts';

export interface LocalWorkerOptions {
  /** Limits and intervals that differ from the stack's policy and from the defaults. */
  readonly policy?: Partial<Policy>;
  /** Path of the `gateway-saga.mjs` to run, such as that of an installed package. Default: this checkout's. */
  readonly command?: string;
  /** Folder of the kinds. Default: those that come with the program. */
  readonly templates?: string;
  /** Whether it serves the watch over `/config`. */
  readonly watch?: boolean;
  /** The version of a Worker Deployment as which it serves. Default of `buildId`: the package's version. Default: it serves unversioned. */
  readonly deployment?: { readonly name: string; readonly buildId?: string };
  /** Whether that version becomes the current one. Default: true. */
  readonly becomesCurrent?: boolean;
  /**
   * For other times than the product's. `program`: a module of this checkout that runs the command with them. `module`: the module that sets them, which
   * each workflow loads first.
   */
  readonly times?: { readonly program: string; readonly module: string };
  /** Variables beside those of the stack. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Further options of `gateway-saga worker`. */
  readonly args?: readonly string[];
  /** Further modules of this checkout that each workflow loads first. */
  readonly interceptors?: readonly string[];
  /** Distinguishes several workers of one stack, such as `worker` and `worker-2`. Default: `worker`. */
  readonly name?: string;
}

const READY_MS = 60_000;
/** A worker needs up to 5 s to hand over its activities. */
const GRACE_MS = 10_000;

/** Starts `gateway-saga worker` for this stack, and waits until the worker polls for tasks. The worker ends with the stack. */
export async function startWorker(stack: Stack, options: LocalWorkerOptions = {}): Promise<ChildProgram> {
  const name = options.name ?? 'worker';
  const { times } = options;
  const program = options.command ?? times?.program ?? `${ROOT}command/gateway-saga.mjs`;
  const args = [program, 'worker', ...(options.args ?? [])];
  if (times !== undefined) args.unshift('--import=tsx');
  // An installed package has a bundle of its own.
  if (options.command === undefined)
    args.push(
      `--workflow-bundle=${await workflowBundle([...(times ? [times.module] : []), ...(options.interceptors ?? [])])}`,
    );
  if (options.watch === true) args.push('--watch');
  const { deployment } = options;
  if (deployment !== undefined) args.push(`--deployment=${deployment.name}`);
  if (deployment?.buildId !== undefined) args.push(`--build-id=${deployment.buildId}`);
  if (options.templates !== undefined) args.push(`--templates=${options.templates}`);
  if (stack.policy !== undefined || options.policy !== undefined) {
    const policy = { ...stack.policy, ...options.policy };
    args.push(`--policy=${await stack.run.write(`${name}.policy.json`, JSON.stringify(policy))}`);
  }
  const child = await startChild({
    name,
    program: process.execPath,
    args,
    env: { ...stack.environment, ...options.env },
    cwd: ROOT,
    log: `${stack.logs}/${name}.log`,
    graceMs: GRACE_MS,
  });
  await stack.run.adopt(child, program);
  const connection = await openConnection(stack.temporal.address);
  try {
    const { namespace } = stack.temporal;
    await untilReady(child, READY_MS, () => polls(connection, namespace, child.pid));
    if (deployment !== undefined && options.becomesCurrent !== false)
      await untilReady(child, READY_MS, () => makeCurrent(connection, namespace, deployment));
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

/**
 * Makes the version the current one: no other version gets new workflows. `false`: the server does not know this version yet, or not all of its task
 * queues.
 */
async function makeCurrent(
  connection: Connection,
  namespace: string,
  { name, buildId = versionOf() }: NonNullable<LocalWorkerOptions['deployment']>,
): Promise<boolean> {
  try {
    await connection.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName: name,
      buildId,
      identity: 'embedded stack',
    });
    return true;
  } catch (error) {
    const code = grpcErrorIn(error)?.code;
    if (code === GRPC.notFound || code === GRPC.failedPrecondition) return false;
    throw error;
  }
}
