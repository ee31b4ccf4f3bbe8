import { ApplicationFailure, patched } from '@temporalio/workflow';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import type { GatewayRequest } from '../gateway/plan.ts';
import { readRequest } from '../gateway/request.ts';
import type { ReadRequest } from '../gateway/request.ts';
import { workflowIdOf } from '../gateway/resource.ts';

/** The patch that marks runs which began with an older release: in those `owe.by` may be longer. */
const SHORT_WHO = 'who asks for an owed deletion is a short text';

/**
 * Checks what a person typed, and that the workflow id is the one that the gateway must have: one gateway, one workflow. Returns the request, or an
 * `ApplicationFailure` of type `InvalidRequest` that names the field, what was expected and what came.
 */
export function checkRequest(input: unknown, workflowId: string): GatewayRequest | ApplicationFailure {
  const read = readAsBefore(input);
  if (read.kind === 'problem')
    return invalid(read.field === '' ? 'input' : `input.${read.field}`, read.expected, read.got);
  const expected = workflowIdOf(read.request);
  return workflowId === expected
    ? read.request
    : invalid('workflow id', JSON.stringify(expected), workflowId);
}

/** Earlier releases took a longer `owe.by`. A run that began under one of them goes on. */
function readAsBefore(input: unknown): ReadRequest {
  const read = readRequest(input);
  const isTooLong = read.kind === 'problem' && read.field === 'owe.by';
  return isTooLong && !patched(SHORT_WHO) ? readRequest(input, LENGTHS.hold) : read;
}

function invalid(field: string, expected: string, got: unknown): ApplicationFailure {
  const shown = got === undefined ? 'nothing' : oneLine(JSON.stringify(got), LENGTHS.value);
  const message = `${field}: expected ${expected}, got ${shown}`;
  return ApplicationFailure.create({ type: FAILURES.InvalidRequest, message, nonRetryable: true });
}
