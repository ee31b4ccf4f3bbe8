import { isGrpcServiceError } from '@temporalio/client';

/** gRPC's status codes that the client tells apart (github.com/grpc/grpc, doc/statuscodes.md). */
export const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unavailable: 14,
} as const;

/** The server's own answer inside an error, also if the SDK has wrapped it; `null` if the error has another cause. */
export function grpcErrorIn(error: unknown): { readonly code: number; readonly details: string } | null {
  if (isGrpcServiceError(error)) return { code: error.code, details: error.details };
  return error instanceof Error && error.cause !== undefined ? grpcErrorIn(error.cause) : null;
}
