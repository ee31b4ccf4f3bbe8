/** Runs the `temporal` command, as an operator would type it, against a stack of the tests. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CREATE_GATEWAY, TASK_QUEUE } from '../../gateway/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { programOf } from '../../local/programs.ts';
import type { Stack } from '../../local/stack.ts';

const run = promisify(execFile);

/** Runs the command. Resolves to what it prints. Rejects when it fails. */
export async function temporalCommand(
  stack: Pick<Stack, 'environment'>,
  args: readonly string[],
): Promise<string> {
  const env = { ...process.env, ...stack.environment };
  const { stdout } = await run(await programOf('temporal'), [...args], { env, maxBuffer: 64 << 20 });
  return stdout;
}

/** Starts a creation, or joins the one that runs; resolves with the run's id. */
export async function startByCommand(
  stack: Stack,
  { resourceType, resourceId }: GatewayRef,
): Promise<string> {
  const printed = await temporalCommand(stack, [
    'workflow',
    'start',
    `--type=${CREATE_GATEWAY}`,
    `--task-queue=${TASK_QUEUE}`,
    `--workflow-id=${workflowIdOf({ resourceType, resourceId })}`,
    `--input=${JSON.stringify({ resourceType, resourceId })}`,
    '--id-conflict-policy=UseExisting',
    '--output=json',
  ]);
  return (JSON.parse(printed) as { runId: string }).runId;
}

/** A run's whole history, as JSON. Default: of the last run. */
export function historyByCommand(
  stack: Pick<Stack, 'environment'>,
  workflowId: string,
  runId?: string,
): Promise<string> {
  const ofRun = runId === undefined ? [] : [`--run-id=${runId}`];
  return temporalCommand(stack, [
    'workflow',
    'show',
    `--workflow-id=${workflowId}`,
    ...ofRun,
    '--output=json',
  ]);
}
