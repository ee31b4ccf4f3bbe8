import type { CreateGatewayInput } from '../gateway/plan.ts';
import { InvalidRequestError } from './errors.ts';

/** Names one gateway, whichever its version. */
export interface GatewayRef {
  /** Its kind, as in `/config/v2.0/<kind>s/`: `vpn_gateway`. */
  readonly resourceType: string;
  readonly resourceId: string;
}

/** Which gateway to create. */
export interface CreateRequest extends GatewayRef {
  /** Version of its configuration. Default: the one that stands in etcd when the creation starts. */
  readonly version?: number;
}

/** Temporal's limit for an id is 1000; a type and an id within these stay far below. */
const LONGEST = 255;

/**
 * The request as the workflow's input, with nothing else in it.
 *
 * @throws {InvalidRequestError} naming the field, what was expected and what came.
 */
export function validCreateRequest(request: CreateRequest): CreateGatewayInput {
  const { resourceType, resourceId } = validRef(request);
  const { version } = request;
  if (version === undefined) return { resourceType, resourceId };
  if (!Number.isSafeInteger(version) || version < 0)
    throw new InvalidRequestError('version', 'an integer of 0 or more', version);
  return { resourceType, resourceId, version };
}

/** @throws {InvalidRequestError} as `validCreateRequest` does. */
export function validRef(ref: GatewayRef): GatewayRef {
  if (typeof ref !== 'object' || ref === null)
    throw new InvalidRequestError('request', 'an object with resourceType and resourceId', ref);
  // Type and id become one workflow id, `<type>:<id>`: the first colon has to be the one between them.
  const resourceType = validWord('resourceType', ref.resourceType, ' or colons', /[:/\s\p{C}]/u);
  const resourceId = validWord('resourceId', ref.resourceId, '', /[/\s\p{C}]/u);
  return { resourceType, resourceId };
}

function validWord(field: string, value: unknown, also: string, forbidden: RegExp): string {
  if (typeof value !== 'string' || value === '' || value.length > LONGEST || forbidden.test(value))
    throw new InvalidRequestError(
      field,
      `1 to ${LONGEST} characters without slashes, spaces, control characters${also}`,
      value,
    );
  return value;
}
