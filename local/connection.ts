import { Connection } from '@temporalio/client';
import { safeInterceptors } from '../client/closed-channel.ts';

/**
 * Opens a connection to a Temporal server for tests, benchmarks and the embedded stack. When the connection is closed, calls that wait for their
 * next attempt fail, as they do on the client's own connections. With the SDK's defaults, the next attempt on a closed connection would end the
 * process.
 */
export function openConnection(address: string, connectTimeoutMs?: number): Promise<Connection> {
  return Connection.connect({
    address,
    interceptors: [...safeInterceptors],
    ...(connectTimeoutMs === undefined ? {} : { connectTimeout: connectTimeoutMs }),
  });
}
