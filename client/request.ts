import type { Action } from '../gateway/change.ts';
import type { GatewayRequest, OweRequest } from '../gateway/plan.ts';
import { readRequest } from '../gateway/request.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { InvalidRequestError } from './errors.ts';

/** Which gateway to change. */
export interface ChangeRequest extends GatewayRef {
  /** Version of its configuration. Default: the one that etcd has when the change starts. */
  readonly version?: number;
  /** Tries the version once more if it has failed. Default: the outcome is how it has failed. A version that was made is never made again. */
  readonly again?: boolean;
  /**
   * Deletes the gateway although the router that is named here is away for long, or dead: the gateway is removed from the other router, and the named
   * one owes the removal. Only possible if nothing runs for the gateway. Default: a deletion is made on both routers, or on neither.
   */
  readonly owe?: OweRequest;
}

/** Which gateway to create. */
export interface CreateRequest extends ChangeRequest {}

/** What is asked for: one action, or with `apply` whichever the configuration asks for. */
export type RequestedAction = Action | 'apply';

/**
 * The request as the workflow's input, with nothing else in it.
 *
 * @throws {InvalidRequestError} that names the field, the expected value and the given one.
 */
export function validRequest(request: ChangeRequest): GatewayRequest {
  const read = readRequest(request);
  if (read.kind === 'request') return read.request;
  throw new InvalidRequestError(read.field === '' ? 'request' : read.field, read.expected, read.got);
}

/** @throws {InvalidRequestError} as `validRequest` does. */
export function validRef(ref: GatewayRef): GatewayRef {
  const { resourceType, resourceId } = validRequest(ref);
  return { resourceType, resourceId };
}
