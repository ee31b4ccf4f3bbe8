/** Temporal's remote codec protocol (docs.temporal.io/codec-server) over a payload codec: POST /encode and /decode. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Payload, PayloadCodec } from '@temporalio/common';

export interface EndpointOptions {
  readonly codec: PayloadCodec;
  /** Origins of web pages whose requests are answered: `http://127.0.0.1:8233`. Programs send no origin and are answered. */
  readonly origins: readonly string[];
  /** The bearer token that every request must carry. Absent: none is needed. */
  readonly token?: string;
}

/** A payload of `temporal.api.common.v1.Payloads` as JSON: bytes are written in base64. */
interface WirePayload {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly data?: string;
}

/** The largest body that is read, in bytes. A page of a history has at most 256 events, of at most 4 MB in all. */
const MOST_BYTES = 16 << 20;

export function codecEndpoint(options: EndpointOptions): Server {
  return createServer((request, response) => {
    void answer(options, request, response).catch(() => response.destroy());
  });
}

async function answer(
  options: EndpointOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { origin, authorization = '' } = request.headers;
  // Without this refusal the request would be carried out: a browser only hides the answer from a page of another origin.
  if (origin !== undefined && !options.origins.includes(origin)) return refuse(response, 403, 'origin');
  if (origin !== undefined) allow(response, origin);
  if (request.method === 'OPTIONS') return void response.writeHead(204).end();
  const path = new URL(request.url ?? '', 'http://localhost').pathname;
  const direction = path === '/encode' || path === '/decode' ? path.slice(1) : undefined;
  if (direction === undefined) return refuse(response, 404, 'path');
  if (request.method !== 'POST') return refuse(response, 405, 'method');
  if (options.token !== undefined && !isSame(authorization, `Bearer ${options.token}`))
    return refuse(response, 401, 'token');
  const payloads = await payloadsIn(request);
  if (payloads === undefined) return refuse(response, 400, 'body');
  try {
    const done = await options.codec[direction as 'encode' | 'decode'](payloads);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ payloads: done.map(toWire) }));
  } catch (error) {
    refuse(response, 400, error instanceof Error ? error.message : 'payload');
  }
}

function allow(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader('access-control-allow-headers', 'authorization,content-type,x-namespace');
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('vary', 'origin');
}

function refuse(response: ServerResponse, status: number, what: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`refused: ${what}\n`);
}

/** The payloads in the body. `undefined`: the body is too large, or not as the protocol says. */
async function payloadsIn(request: IncomingMessage): Promise<Payload[] | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    const { payloads } = JSON.parse(Buffer.concat(chunks).toString()) as { payloads: WirePayload[] };
    return payloads.map(fromWire);
  } catch {
    return undefined;
  }
}

function fromWire({ metadata = {}, data = '' }: WirePayload): Payload {
  const bytes = Object.entries(metadata).map(
    ([name, value]) => [name, Buffer.from(value, 'base64')] as const,
  );
  return { metadata: Object.fromEntries(bytes), data: Buffer.from(data, 'base64') };
}

function toWire({ metadata, data }: Payload): WirePayload {
  const texts = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)] as const);
  return { metadata: Object.fromEntries(texts), data: base64(data ?? Buffer.alloc(0)) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
