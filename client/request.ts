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

/** As the workflow has it: type and id make up its id, the keys in etcd and names on the routers. */
const TYPE = /^[a-z][a-z0-9_]{0,62}$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

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
    throw new InvalidRequestError('version', 'a whole number from 0', version);
  return { resourceType, resourceId, version };
}

/** @throws {InvalidRequestError} as `validCreateRequest` does. */
export function validRef(ref: GatewayRef): GatewayRef {
  if (typeof ref !== 'object' || ref === null)
    throw new InvalidRequestError('request', 'an object with resourceType and resourceId', ref);
  const { resourceType, resourceId } = ref;
  if (typeof resourceType !== 'string' || !TYPE.test(resourceType))
    throw new InvalidRequestError(
      'resourceType',
      'a word like "vpn_gateway", at most 63 characters',
      resourceType,
    );
  if (typeof resourceId !== 'string' || !ID.test(resourceId))
    throw new InvalidRequestError('resourceId', 'letters, digits, "_", "." or "-", at most 128', resourceId);
  return { resourceType, resourceId };
}
