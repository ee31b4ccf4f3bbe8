import { ApplicationFailure } from '@temporalio/workflow';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import type { GatewayRequest } from '../gateway/plan.ts';
import { readRequest } from '../gateway/request.ts';
import { workflowIdOf } from '../gateway/resource.ts';

/**
 * Checks what a person typed, and that the workflow id is the one that the gateway must have: one gateway, one workflow. Returns the request, or an
 * `ApplicationFailure` of type `InvalidRequest` that names the field, what was expected and what came.
 */
export function checkRequest(input: unknown, workflowId: string): GatewayRequest | ApplicationFailure {
  const read = readRequest(input);
  if (read.kind === 'problem')
    return invalid(read.field === '' ? 'input' : `input.${read.field}`, read.expected, read.got);
  const expected = workflowIdOf(read.request);
  return workflowId === expected
    ? read.request
    : invalid('workflow id', JSON.stringify(expected), workflowId);
}

function invalid(field: string, expected: string, got: unknown): ApplicationFailure {
  const shown = got === undefined ? 'nothing' : oneLine(JSON.stringify(got), LENGTHS.value);
  const message = `${field}: expected ${expected}, got ${shown}`;
  return ApplicationFailure.create({ type: FAILURES.InvalidRequest, message, nonRetryable: true });
}
