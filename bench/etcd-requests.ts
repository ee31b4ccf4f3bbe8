/** Counts a worker's requests to etcd with a gRPC proxy. Only that worker uses the proxy. */
import { connect, constants, createServer } from 'node:http2';
import type {
  ClientHttp2Session,
  Http2Server,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** One request. Times are in milliseconds of this process's monotonic clock. */
export interface EtcdRequest {
  /** The gRPC method, such as `/etcdserverpb.KV/Txn`. */
  readonly method: string;
  readonly started: number;
  /** When the answer was complete, or the request failed. */
  readonly ended: number;
}

export class EtcdRequests {
  /** `127.0.0.1:port`: the address that the worker uses as etcd's. */
  readonly endpoint: string;
  private readonly server: Http2Server;
  private readonly etcd: ClientHttp2Session;
  private readonly sessions = new Set<ServerHttp2Session>();
  private answered: EtcdRequest[] = [];

  private constructor(server: Http2Server, etcd: ClientHttp2Session) {
    this.server = server;
    this.etcd = etcd;
    this.endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('session', (session) => this.sessions.add(session));
    server.on('stream', (stream, headers) => this.pass(stream, headers));
  }

  /** `target`: etcd's own `host:port`. Rejects when nothing answers there. */
  static async open(target: string): Promise<EtcdRequests> {
    const etcd = connect(`http://${target}`);
    await once(etcd, 'connect');
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EtcdRequests(server, etcd);
  }

  /** The requests answered since the last call, in the order of their answers. */
  take(): readonly EtcdRequest[] {
    const taken = this.answered;
    this.answered = [];
    return taken;
  }

  async close(): Promise<void> {
    this.etcd.destroy();
    for (const session of this.sessions) session.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const started = performance.now();
    let noted = false;
    // A request's end is noted before the end of its answer is sent. So it is never later than the start of the worker's next request.
    const note = () => {
      if (!noted) this.answered.push({ method: String(headers[':path']), started, ended: performance.now() });
      noted = true;
    };
    const request = this.etcd.request(headers);
    let trailers: IncomingHttpHeaders = {};
    stream.pipe(request);
    request.on('response', (answer, flags) => {
      const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      if (endStream) note();
      stream.respond(answer, endStream ? { endStream } : { waitForTrailers: true });
      if (!endStream) request.pipe(stream);
    });
    request.on('trailers', (received) => (trailers = received));
    stream.on('wantTrailers', () => {
      note();
      stream.sendTrailers(trailers);
    });
    // If the worker gives up its request, the proxy cancels its own request to etcd. If etcd resets the proxy's request, the proxy resets the worker's.
    stream.on('close', () => {
      note();
      request.close(constants.NGHTTP2_CANCEL);
    });
    request.on('close', () => {
      if (request.rstCode !== constants.NGHTTP2_NO_ERROR) stream.close(request.rstCode);
    });
    for (const side of [stream, request]) side.on('error', () => undefined);
  }
}

/**
 * How many of the requests are made in sequence: the length of the longest chain of requests in which each request starts after the
 * end of the one before it.
 */
export function sequential(requests: readonly Pick<EtcdRequest, 'started' | 'ended'>[]): number {
  let count = 0;
  let end = -Infinity;
  // The longest chain is found by always taking the request that ends first among those that start late enough.
  for (const { started, ended } of requests.toSorted((one, other) => one.ended - other.ended)) {
    if (started < end) continue;
    count += 1;
    end = ended;
  }
  return count;
}
