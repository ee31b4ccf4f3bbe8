import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { payloadCodec } from '../../client/codec/payload-codec.ts';
import { codecEndpoint } from '../../command/codec-endpoint.ts';
import { main } from '../../command/run.ts';

const UI = 'http://127.0.0.1:8233';
const TOKEN = 'canary-token-0123456789';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const PLAIN = { payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64('{"name":"x"}') }] };

describe('the codec endpoint', () => {
  let server: Server;
  let url: string;
  before(async () => {
    const codec = payloadCodec([{ id: 'k', bytes: randomBytes(32) }]);
    server = codecEndpoint({ codec, origins: [UI], token: TOKEN });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
    });

  it('encrypts, and decrypts what it encrypted', async () => {
    const sealed = await (await post('/encode', JSON.stringify(PLAIN))).text();
    assert.ok(!sealed.includes(base64('{"name":"x"}')));
    const opened = await post('/decode', sealed);
    assert.deepEqual(await opened.json(), PLAIN);
  });

  it("lets the Web UI's pages in, and no others", async () => {
    const headers = { origin: UI, 'access-control-request-method': 'POST' };
    const preflight = await fetch(`${url}/decode`, { method: 'OPTIONS', headers });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), UI);
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /x-namespace/);
    const answered = await post('/decode', JSON.stringify(PLAIN), { origin: UI, 'x-namespace': 'default' });
    assert.equal(answered.status, 200);
    assert.equal(answered.headers.get('access-control-allow-origin'), UI);
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:8234']) {
      const refused = await post('/decode', JSON.stringify(PLAIN), { origin });
      assert.equal(refused.status, 403);
      assert.equal(refused.headers.get('access-control-allow-origin'), null);
    }
  });

  const refusals: [what: string, status: number, ask: () => Promise<Response>][] = [
    ['without the token', 401, () => post('/decode', JSON.stringify(PLAIN), { authorization: '' })],
    [
      'with another token',
      401,
      () => post('/decode', JSON.stringify(PLAIN), { authorization: `Bearer ${TOKEN}x` }),
    ],
    ['another path', 404, () => post('/keys', '{}')],
    ['another method', 405, () => fetch(`${url}/decode`)],
    ['no JSON', 400, () => post('/decode', 'payloads')],
    ['no payloads', 400, () => post('/decode', '{"payloads":7}')],
    ['too much', 400, () => post('/decode', ' '.repeat(17 << 20))],
    [
      'another key',
      400,
      async () => {
        const other = payloadCodec([{ id: 'other', bytes: randomBytes(32) }]);
        const [sealed] = await other.encode([{ metadata: {}, data: Buffer.from('x') }]);
        const metadata = Object.entries(sealed?.metadata ?? {}).map(([name, value]) => [
          name,
          Buffer.from(value).toString('base64'),
        ]);
        const data = Buffer.from(sealed?.data ?? []).toString('base64');
        return post(
          '/decode',
          JSON.stringify({ payloads: [{ metadata: Object.fromEntries(metadata), data }] }),
        );
      },
    ],
  ];
  for (const [what, status, ask] of refusals)
    it(`refuses ${what}`, async () => {
      const response = await ask();
      assert.equal(response.status, status);
      assert.ok(!(await response.text()).includes(TOKEN));
    });
});

describe('gateway-saga codec', () => {
  let folder: string;
  let keys: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-saga-'));
    keys = join(folder, 'keys');
    await writeFile(keys, `k ${randomBytes(32).toString('base64')}\n`);
    await writeFile(join(folder, 'short'), 'short\n');
  });
  after(() => rm(folder, { recursive: true }));

  const bad: [args: () => string[], message: RegExp][] = [
    [() => [], /--codec-keys: expected a file, or GATEWAY_SAGA_CODEC_KEYS, got none/],
    [() => ['--codec-keys', '/no/keys'], /--codec-keys: expected a readable file, got "\/no\/keys"/],
    [
      () => ['--codec-keys', keys, '--listen', '0.0.0.0:1'],
      /--listen: expected 127\.0\.0\.1 or --token-file/,
    ],
    [() => ['--codec-keys', keys, '--listen', 'here'], /--listen: expected HOST:PORT, got "here"/],
    [() => ['--codec-keys', keys, '--origin', 'evil'], /--origin: expected http:\/\/HOST:PORT/],
    [() => ['--codec-keys', keys, '--token-file', join(folder, 'short')], /at least 16 characters/],
  ];
  for (const [args, message] of bad)
    it(`is refused with ${message.source}`, async () => {
      let printed = '';
      const stream = { write: (text: string) => (printed += text) };
      const io = { stdout: stream, stderr: stream, env: {}, onInterrupt: () => () => undefined };
      assert.equal(await main(['codec', ...args()], io), 2);
      assert.match(printed, message);
    });
});
