import type { WorkflowStartOptions } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import {
  APPLY_GATEWAY,
  APPLY_SIGNAL,
  SEARCH_ATTRIBUTES,
  TASK_QUEUE,
  WORKFLOWS,
} from '../gateway/messages.ts';
import type { WantedVersion } from '../gateway/messages.ts';
import type { GatewayRequest } from '../gateway/plan.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import { AlreadyRunningError } from './errors.ts';
import { GRPC, grpcErrorIn } from './grpc.ts';
import type { RequestedAction } from './request.ts';
import type { Temporal } from './temporal.ts';

/** The workflow type for what is asked. */
export const WORKFLOW_TYPES: Readonly<Record<RequestedAction, string>> = {
  ...WORKFLOWS,
  apply: APPLY_GATEWAY,
};

/** A run of a gateway's workflow. It may go on as further runs. */
export interface RunRef {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * Starts a change, or joins the workflow that runs for this gateway, whatever that workflow was asked for. Resolves to the run that was started or
 * joined.
 *
 * A signal goes with the start: a joined run that works on an older version then goes on with the newer one. A start alone would be forgotten by a run
 * that is just ending. The workflow has no time-out, because a time-out would end it before it could revert anything.
 *
 * A deletion that one router is to owe joins nothing.
 *
 * @throws {AlreadyRunningError} if such a deletion is asked for, and something runs for the gateway.
 */
export async function startChange(
  temporal: Temporal,
  asked: RequestedAction,
  input: GatewayRequest,
): Promise<RunRef> {
  const { workflow } = temporal.client;
  const workflowId = workflowIdOf(input);
  const { version } = input;
  const wanted: WantedVersion = version === undefined ? {} : { version };
  const options: WorkflowStartOptions = {
    taskQueue: TASK_QUEUE,
    workflowId,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [input],
    staticSummary: `${asked} ${input.resourceType} ${input.resourceId}`,
    staticDetails: detailsOf(asked, input),
  };
  const searchable = { ...options, typedSearchAttributes: searchAttributesOf(asked, input) };
  const type = WORKFLOW_TYPES[asked];
  const joinOrStart = async (given: WorkflowStartOptions): Promise<string> => {
    const signalled = { ...given, signal: APPLY_SIGNAL, signalArgs: [wanted] };
    const policy = { workflowIdConflictPolicy: 'USE_EXISTING' } as const;
    return (await workflow.signalWithStart(type, { ...signalled, ...policy })).signaledRunId;
  };
  // A workflow that runs already knows nothing of the router that is to owe the deletion, so it can't be joined.
  const startAlone = async (given: WorkflowStartOptions): Promise<string> => {
    const policy = { workflowIdConflictPolicy: 'FAIL' } as const;
    try {
      return (await workflow.start(type, { ...given, ...policy })).firstExecutionRunId;
    } catch (error) {
      throw isRunningAlready(error) ? new AlreadyRunningError(workflowId, error) : error;
    }
  };
  const start = input.owe === undefined ? joinOrStart : startAlone;
  const runId = await temporal.call(async () => {
    try {
      return await start(searchable);
    } catch (error) {
      if (!isRefusedSearchAttribute(error)) throw error;
      return start(options);
    }
  });
  return { workflowId, runId };
}

/** Markdown for the Web UI. */
function detailsOf(
  asked: RequestedAction,
  { resourceType, resourceId, version, again, owe }: GatewayRequest,
): string {
  return [
    PURPOSES[asked](`\`${resourceType}\` \`${resourceId}\``),
    '',
    `* Version: ${version ?? 'the current one'}${again === true ? ', once more if it has failed' : ''}`,
    ...(owe === undefined
      ? []
      : [`* Made without router \`${owe.router}\`, which owes it: ${owe.reason} (${owe.by})`]),
    '* A newer version of the configuration, once it is asked for, takes the place of this one: the workflow reverts this one and goes on with the newer one.',
    '* Cancelling reverts the change: both routers are left as they were before it. Once the confirm is requested, a cancel changes nothing.',
    '* Terminating leaves that to the router pair: it reverts the change, or keeps it if it was confirmed, and publishes which.',
    '* Terminated before `apply`: no router was touched, and nothing is published.',
    '* Terminated together with its router pair: nobody reverts or publishes until it is started again, or another gateway needs one of its routers.',
  ].join('\n');
}

const PURPOSES: Readonly<Record<RequestedAction, (gateway: string) => string>> = {
  create: (gateway) => `Creates ${gateway} on both edge routers of its pair, or on neither.`,
  update: (gateway) =>
    `Updates ${gateway} on both edge routers of its pair to what its configuration has now, or leaves both as they are.`,
  delete: (gateway) =>
    `Deletes ${gateway} from both edge routers of its pair, or from neither. Its configuration must be marked for deletion.`,
  apply: (gateway) =>
    `Creates, updates or deletes ${gateway}, whichever its configuration asks for, on both edge routers of its pair, or on neither.`,
};

function searchAttributesOf(
  asked: RequestedAction,
  { resourceType, resourceId, version }: GatewayRequest,
): TypedSearchAttributes {
  const { type, id, action, version: versionAttribute } = SEARCH_ATTRIBUTES;
  const attributes = new TypedSearchAttributes([
    { key: defineSearchAttributeKey(type.name, type.type), value: resourceType },
    { key: defineSearchAttributeKey(id.name, id.type), value: resourceId },
    ...(asked === 'apply' ? [] : [{ key: defineSearchAttributeKey(action.name, action.type), value: asked }]),
  ]);
  if (version === undefined) return attributes;
  return attributes.updateCopy([
    { key: defineSearchAttributeKey(versionAttribute.name, versionAttribute.type), value: version },
  ]);
}

function isRunningAlready(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
}

/** Whether the namespace lacks a search attribute, or has it with another type. Then the workflow starts without them: only searches need them. */
function isRefusedSearchAttribute(error: unknown): boolean {
  const answer = grpcErrorIn(error);
  return answer?.code === GRPC.invalidArgument && /search attribute/i.test(answer.details);
}
