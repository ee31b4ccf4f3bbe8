/** What etcd refuses for good by its default limits: requests with too many operations, and requests that are too large. */
import { GRPCInvalidArgumentError, GRPCResourceExhastedError } from 'etcd3';
import type { ITxnRequest } from 'etcd3';

/** etcd's `--max-txn-ops`. It limits comparisons and operations alike. */
const OPERATIONS = 128;
/** etcd's `--max-request-bytes`. */
const WRITE_BYTES = 1.5 * 1024 * 1024;
/** The limit of etcd's gRPC server, which is half a MiB larger. */
const MESSAGE_BYTES = WRITE_BYTES + 512 * 1024;
/** How many bytes the encoding adds to each key and value, roughly. */
const OVERHEAD_BYTES = 16;

export function refuseTooLarge({ compare = [], success = [] }: ITxnRequest): void {
  const bytes =
    compare.reduce((sum, { key }) => sum + sizeOf(key), 0) +
    success.reduce((sum, { request_put: put, request_range: range, request_delete_range: remove }) => {
      const { key } = put ?? range ?? remove ?? {};
      return sum + sizeOf(key) + sizeOf(put?.value);
    }, 0);
  if (bytes > MESSAGE_BYTES)
    throw new GRPCResourceExhastedError(
      `8 RESOURCE_EXHAUSTED: grpc: received message larger than max (${bytes} vs. ${MESSAGE_BYTES})`,
    );
  if (Math.max(compare.length, success.length) > OPERATIONS)
    throw new GRPCInvalidArgumentError('3 INVALID_ARGUMENT: etcdserver: too many operations in txn request');
  if (bytes > WRITE_BYTES)
    throw new GRPCInvalidArgumentError('3 INVALID_ARGUMENT: etcdserver: request is too large');
}

function sizeOf(octets: Buffer | undefined): number {
  return octets === undefined ? 0 : octets.length + OVERHEAD_BYTES;
}
