import { Connection } from '@temporalio/client';
import { safeInterceptors } from '../client/closed-channel.ts';

/**
 * Opens a connection to a Temporal server for tests, benchmarks and the embedded stack. As with the client's own connections, closing
 * it ends the calls that are still being tried again; with the SDK's defaults such a call would end the process instead.
 */
export function openConnection(address: string, connectTimeoutMs?: number): Promise<Connection> {
  return Connection.connect({
    address,
    interceptors: [...safeInterceptors],
    ...(connectTimeoutMs === undefined ? {} : { connectTimeout: connectTimeoutMs }),
  });
}
