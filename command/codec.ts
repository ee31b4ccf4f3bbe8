import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { keysOf, KEYS_VARIABLE, readCodecKeys } from '../client/codec/keys.ts';
import { payloadCodec } from '../client/codec/payload-codec.ts';
import { codecEndpoint } from './codec-endpoint.ts';
import { EXIT, type CommandIo } from './io.ts';
import { textOf } from './setting.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

export const HELP = `Usage: gateway-saga codec [options]

Decrypts histories for the Temporal Web UI and the Temporal CLI, with the keys of the workers. Every program that reaches it can
read everything. So it listens on this machine only, unless it is given a token.
Stays until it is interrupted.

  --listen HOST:PORT  where to listen; port 0 for any free one (default 127.0.0.1:8234)
  --codec-keys FILE   the keys of the workers (default: the file in ${KEYS_VARIABLE})
  --origin URL        where the Web UI is, so that its pages are answered; may be repeated
  --token-file FILE   a secret that every request has to bring: "Authorization: Bearer …"
  --help              shows this

Exit code: 0 ended by a signal; 1 can't listen; 2 not understood.

Examples:
  gateway-saga codec --codec-keys /etc/gateway-saga/codec-keys --origin http://127.0.0.1:8233
  temporal workflow show --workflow-id vpn_gateway:ID --codec-endpoint http://127.0.0.1:8234
`;

export const OPTIONS = {
  listen: { type: 'string', default: '127.0.0.1:8234' },
  'codec-keys': { type: 'string' },
  origin: { type: 'string', multiple: true },
  'token-file': { type: 'string' },
} as const;

/** Runs until SIGINT or SIGTERM. */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseUsage(argv, OPTIONS, []);
  const keyFile = values['codec-keys'];
  const keys = keyFile ? readCodecKeys(keyFile, '--codec-keys') : keysOf(io.env);
  if (keys.length === 0) throw new UsageError(`--codec-keys: expected a file, or ${KEYS_VARIABLE}, got none`);
  const tokenFile = values['token-file'];
  const token = tokenFile === undefined ? undefined : tokenOf(tokenFile);
  const { host, port } = addressOf(values.listen);
  if (token === undefined && !isLoopback(host))
    throw new UsageError(`--listen: expected 127.0.0.1 or --token-file, got ${quoted(host)} without a token`);
  const origins = (values.origin ?? []).map(originOf);
  const server = codecEndpoint({ codec: payloadCodec(keys), origins, ...(token && { token }) });
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    server.listen(port, host);
    await once(server, 'listening');
    io.stdout.write(
      `codec endpoint http://${values.listen.replace(/\d+$/, String((server.address() as AddressInfo).port))}\n`,
    );
    await stopped;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    server.closeAllConnections();
    server.close();
  }
  return EXIT.ok;
}

function addressOf(text: string): { readonly host: string; readonly port: number } {
  const [, host = '', digits = ''] = /^(?:\[?([^\s\]]+)\]?):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === '' || port > 65_535) throw new UsageError(`--listen: expected HOST:PORT, got ${quoted(text)}`);
  return { host, port };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new UsageError(`--origin: expected http://HOST:PORT or https://…, got ${quoted(text)}`);
}

function tokenOf(path: string): string {
  const text = textOf({ by: '--token-file', value: path }).trim();
  if (text.length >= 16) return text;
  throw new UsageError(`--token-file: expected at least 16 characters in ${path}, got ${text.length}`);
}
