/** A proxy in front of a Temporal server, which refuses one call for want of a right, as a server with roles does. */
import { once } from 'node:events';
import { connect, createServer, type ClientHttp2Session, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

export interface RefusingProxy {
  /** `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/** `call`: the last part of its path, `RequestCancelWorkflowExecution`. */
export async function refusingProxy(to: string, call: string): Promise<RefusingProxy> {
  const upstream: ClientHttp2Session = connect(`http://${to}`);
  upstream.on('error', () => {});
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    if (headers[':path']?.endsWith(`/${call}`) === true) {
      // gRPC's PERMISSION_DENIED, as a reply without a message.
      const status = { 'grpc-status': '7', 'grpc-message': 'Request unauthorized.' };
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...status }, { endStream: true });
      return;
    }
    const request = upstream.request(headers);
    request.on('response', (reply) => stream.respond(reply, { waitForTrailers: true }));
    let last: Record<string, string | string[] | undefined> = {};
    request.on('trailers', (trailers) => (last = { ...trailers }));
    stream.on('wantTrailers', () => stream.sendTrailers(last));
    pipeline(stream, request, () => {});
    pipeline(request, stream, () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const session of sessions) session.destroy();
      upstream.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
