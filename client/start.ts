import type { WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { CREATE_GATEWAY, SEARCH_ATTRIBUTES, TASK_QUEUE } from '../gateway/messages.ts';
import type { GatewayRequest } from '../gateway/plan.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import { GRPC, grpcErrorIn } from './grpc.ts';
import type { Temporal } from './temporal.ts';

/**
 * Starts a creation, or joins the one that runs. The workflow has no time-out: a time-out would end it before it could revert anything.
 * Resolves to a handle that is bound to the run that was started or joined.
 */
export async function startCreation(temporal: Temporal, input: GatewayRequest): Promise<WorkflowHandle> {
  const { workflow } = temporal.client;
  const workflowId = workflowIdOf(input);
  const options: WorkflowStartOptions = {
    taskQueue: TASK_QUEUE,
    workflowId,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [input],
    staticSummary: `create ${input.resourceType} ${input.resourceId}`,
    staticDetails: detailsOf(input),
  };
  const searchable = { ...options, typedSearchAttributes: searchAttributesOf(input) };
  const { firstExecutionRunId } = await temporal.call(async () => {
    try {
      return await workflow.start(CREATE_GATEWAY, searchable);
    } catch (error) {
      if (!isRefusedSearchAttribute(error)) throw error;
      return workflow.start(CREATE_GATEWAY, options);
    }
  });
  return workflow.getHandle(workflowId, firstExecutionRunId, { firstExecutionRunId });
}

/** Markdown for the Web UI. */
function detailsOf({ resourceType, resourceId, version }: GatewayRequest): string {
  return [
    `Creates \`${resourceType}\` \`${resourceId}\` on both edge routers of its pair, or on neither.`,
    '',
    `* Version: ${version ?? 'the current one'}`,
    '* Cancelling reverts what was configured already. Once the confirm is requested, a cancel changes nothing.',
    '* Terminating leaves that to the router pair: it reverts the gateway, or keeps it if it was confirmed, and publishes which.',
    '* Terminated before `apply`: no router was touched, and nothing is published.',
    '* Terminated together with its router pair: nobody reverts or publishes until the creation is started again, or another gateway needs one of its routers.',
  ].join('\n');
}

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
