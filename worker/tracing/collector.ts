/** Posts to a collector of OpenTelemetry, with a login and certificates where it wants them. */
import { request as requestInClear } from 'node:http';
import { request as requestOverTls } from 'node:https';
import type { RequestOptions } from 'node:https';

export interface CollectorOptions {
  /** Where to POST to. */
  readonly url: string;
  /** Sent with each request, by names in small letters. They may be a login: nothing shows them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM texts, for https. Without authorities those of Node.js are trusted. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

const DEADLINE_MS = 5_000;

/** Resolves to the status of the answer. A redirection is not followed: the login is for this collector. */
export function post({ url, headers, tls }: CollectorOptions, body: string): Promise<number> {
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
