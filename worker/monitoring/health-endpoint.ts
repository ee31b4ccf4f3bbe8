/** The health endpoint: `/healthz` answers as long as the process works at all, `/readyz` says whether the worker can do its work. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostAndPort } from './address.ts';

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The listener stays after the start, when `reject` does nothing any more: an error then is no reason to end a worker.
    server.on('error', reject);
    server.listen(hostAndPort(address), resolve);
  });
}

export interface HealthEndpoint {
  readonly port: number;
  close(): void;
}

/**
 * `causes`: why the worker is not ready, each in one line for a person, without a secret. If there are none, the worker is ready. Rejects if the address
 * can't be used.
 */
export async function serveHealth(address: string, causes: () => readonly string[]): Promise<HealthEndpoint> {
  const server = createServer((request, response) => {
    const send = (status: number, lines: readonly string[]) => {
      response.writeHead(status, {
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
      });
      response.end(`${lines.join('\n')}\n`);
    };
    request.resume();
    const [path] = (request.url ?? '').split('?');
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, ['expected GET']);
    if (path === '/healthz') return send(200, ['alive']);
    if (path !== '/readyz') return send(404, ['expected /healthz or /readyz']);
    const found = causes();
    return found.length === 0 ? send(200, ['ready']) : send(503, found);
  });
  await listen(server, address);
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
