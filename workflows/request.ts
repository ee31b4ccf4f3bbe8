import { ApplicationFailure } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import type { CreateGatewayInput } from '../gateway/plan.ts';
import { workflowIdOf } from '../gateway/resource.ts';

/**
 * Checks what a person typed. Throws an `ApplicationFailure` of type `InvalidRequest` that names the field, what was
 * expected and what came. The workflow id is checked too: one gateway, one workflow.
 */
export function checkRequest(input: unknown, workflowId: string): CreateGatewayInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid(`input: expected an object {"resourceType":"…","resourceId":"…"}, got ${show(input)}`);
  }
  const { resourceType, resourceId, version } = input as Record<string, unknown>;
  if (typeof resourceType !== 'string' || !/^[a-z][a-z0-9_]{0,62}$/.test(resourceType)) {
    throw invalid(`input.resourceType: expected a word like "vpn_gateway", got ${show(resourceType)}`);
  }
  if (typeof resourceId !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(resourceId)) {
    throw invalid(`input.resourceId: expected letters, digits, "_", "." or "-", got ${show(resourceId)}`);
  }
  if (version !== undefined && version !== null && !(Number.isSafeInteger(version) && Number(version) >= 0)) {
    throw invalid(`input.version: expected a whole number from 0, or none, got ${show(version)}`);
  }
  const expected = workflowIdOf({ resourceType, resourceId });
  if (workflowId !== expected)
    throw invalid(`workflow id: expected ${show(expected)}, got ${show(workflowId)}`);
  return typeof version === 'number' ? { resourceType, resourceId, version } : { resourceType, resourceId };
}

function invalid(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: FAILURES.InvalidRequest, message, nonRetryable: true });
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
