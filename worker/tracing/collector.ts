/** Posts to an OpenTelemetry collector, with a login and certificates if the collector wants them. */
import { request as requestInClear } from 'node:http';
import { request as requestOverTls } from 'node:https';
import type { RequestOptions } from 'node:https';

export interface TraceCollectorOptions {
  /** Where to POST to. */
  readonly url: string;
  /** Headers of each request, by name in lower case. They may hold a login, so nothing shows them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM texts, for https. Without `ca`, the authorities of Node.js are trusted. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** How long a request may take, in ms. */
const DEADLINE_MS = 5_000;

/**
 * Resolves to the HTTP status of the answer. Rejects if none comes within 5 s. A redirection is not followed, because the login is for this collector
 * only.
 */
export function post({ url, headers, tls }: TraceCollectorOptions, body: string): Promise<number> {
  const request = new URL(url).protocol === 'https:' ? requestOverTls : requestInClear;
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.timeout(DEADLINE_MS),
    agent: false,
    ...tls,
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (answer) => {
      answer.on('error', reject);
      answer.on('end', () => resolve(answer.statusCode ?? 0));
      answer.resume();
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
