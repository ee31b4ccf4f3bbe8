/** The public interface of `gateway-saga/client`. */
export { GatewayClient } from './gateway-client.ts';
export { GatewayRun } from './gateway-run.ts';
export { readCodecKeys } from './codec/keys.ts';
export { payloadCodec, PayloadKeyError } from './codec/payload-codec.ts';
export {
  AlreadyRunningError,
  ClientClosedError,
  ChangeNotFoundError,
  CreationNotFoundError,
  InvalidRequestError,
  TemporalUnavailableError,
} from './errors.ts';
export type { CodecKey } from './codec/keys.ts';
export type { SecretCodec } from './codec/payload-codec.ts';
export type { ConnectOptions } from './connect.ts';
export type { PairStatus } from './pairs.ts';
export type { ChangeRequest, CreateRequest } from './request.ts';
export type {
  CancelledOutcome,
  ChangeOutcome,
  CreatedOutcome,
  DeletedOutcome,
  FailedOutcome,
  GatewayOutcome,
  SupersededOutcome,
  UnchangedOutcome,
  UpdatedOutcome,
} from './outcome.ts';
export type { GatewayStatus } from './status.ts';
export type { CancelAnswer, CancelOptions } from './version-run.ts';
export type { WatchOptions } from './watch.ts';

export { FAILURES } from '../gateway/failures.ts';
export {
  APPLY_GATEWAY,
  CREATE_GATEWAY,
  PROGRESS_QUERY,
  SEARCH_ATTRIBUTES,
  TASK_QUEUE,
  WORKFLOWS,
} from '../gateway/messages.ts';
export type { Action } from '../gateway/change.ts';
export { workflowIdOf } from '../gateway/resource.ts';
export type { FailureType } from '../gateway/failures.ts';
export type { GatewayFailure, Progress, StepName, StepProgress } from '../gateway/messages.ts';
export type { PairQueue } from '../pair/messages.ts';
export type {
  GatewayRequest,
  GatewayRequest as CreateGatewayInput,
  GatewayResult,
  GatewayResult as CreateGatewayResult,
} from '../gateway/plan.ts';
export type { GatewayRef, GatewayVersion, Role } from '../gateway/resource.ts';
