import type { WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { APPLY_GATEWAY, SEARCH_ATTRIBUTES, TASK_QUEUE, WORKFLOWS } from '../gateway/messages.ts';
import type { GatewayRequest } from '../gateway/plan.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import { GRPC, grpcErrorIn } from './grpc.ts';
import type { Asked } from './request.ts';
import type { Temporal } from './temporal.ts';

/** The workflow type for what is asked. */
export const WORKFLOW_TYPES: Readonly<Record<Asked, string>> = { ...WORKFLOWS, apply: APPLY_GATEWAY };

/**
 * Starts a change, or joins the one of this gateway that runs, whatever that was asked for. The workflow has no time-out: a time-out would end it before it could revert anything.
 * Resolves to a handle that is bound to the run that was started or joined.
 */
export async function startChange(
  temporal: Temporal,
  asked: Asked,
  input: GatewayRequest,
): Promise<WorkflowHandle> {
  const { workflow } = temporal.client;
  const workflowId = workflowIdOf(input);
  const options: WorkflowStartOptions = {
    taskQueue: TASK_QUEUE,
    workflowId,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [input],
    staticSummary: `${asked} ${input.resourceType} ${input.resourceId}`,
    staticDetails: detailsOf(asked, input),
  };
  const searchable = { ...options, typedSearchAttributes: searchAttributesOf(input) };
  const { firstExecutionRunId } = await temporal.call(async () => {
    try {
      return await workflow.start(WORKFLOW_TYPES[asked], searchable);
    } catch (error) {
      if (!isRefusedSearchAttribute(error)) throw error;
      return workflow.start(WORKFLOW_TYPES[asked], options);
    }
  });
  return workflow.getHandle(workflowId, firstExecutionRunId, { firstExecutionRunId });
}

/** Markdown for the Web UI. */
function detailsOf(asked: Asked, { resourceType, resourceId, version }: GatewayRequest): string {
  return [
    PURPOSES[asked](`\`${resourceType}\` \`${resourceId}\``),
    '',
    `* Version: ${version ?? 'the current one'}`,
    '* Cancelling reverts the change: both routers are left as they were before it. Once the confirm is requested, a cancel changes nothing.',
    '* Terminating leaves that to the router pair: it reverts the change, or keeps it if it was confirmed, and publishes which.',
    '* Terminated before `apply`: no router was touched, and nothing is published.',
    '* Terminated together with its router pair: nobody reverts or publishes until it is started again, or another gateway needs one of its routers.',
  ].join('\n');
}

const PURPOSES: Readonly<Record<Asked, (gateway: string) => string>> = {
  create: (gateway) => `Creates ${gateway} on both edge routers of its pair, or on neither.`,
  update: (gateway) =>
    `Updates ${gateway} on both edge routers of its pair to what its configuration has now, or leaves both as they are.`,
  delete: (gateway) =>
    `Deletes ${gateway} from both edge routers of its pair, or from neither. Its configuration must be marked for deletion.`,
  apply: (gateway) =>
    `Creates, updates or deletes ${gateway}, whichever its configuration asks for, on both edge routers of its pair, or on neither.`,
};

function searchAttributesOf({ resourceType, resourceId, version }: GatewayRequest): TypedSearchAttributes {
  const { type, id, version: versionAttribute } = SEARCH_ATTRIBUTES;
  const attributes = new TypedSearchAttributes([
    { key: defineSearchAttributeKey(type.name, type.type), value: resourceType },
    { key: defineSearchAttributeKey(id.name, id.type), value: resourceId },
  ]);
  if (version === undefined) return attributes;
  return attributes.updateCopy([
    { key: defineSearchAttributeKey(versionAttribute.name, versionAttribute.type), value: version },
  ]);
}

/** Whether the namespace lacks a search attribute, or has it with another type. Then the workflow starts without them: only searches need them. */
function isRefusedSearchAttribute(error: unknown): boolean {
  const answer = grpcErrorIn(error);
  return answer?.code === GRPC.invalidArgument && /search attribute/i.test(answer.details);
}
