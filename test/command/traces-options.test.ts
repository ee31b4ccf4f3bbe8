import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { collectorOf } from '../../command/traces-options.ts';
import { UsageError } from '../../command/usage.ts';
import { SpanExporter } from '../../worker/tracing/otlp.ts';
import { newAuthority } from '../world/certificates.ts';
import { openCollector } from '../world/collector.ts';
import type { Collector } from '../world/collector.ts';

type Env = Readonly<Record<string, string>>;

const HEADERS = 'OTEL_EXPORTER_OTLP_HEADERS';
const TOKEN = 'canary-0815';
const SPAN = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'commit',
  kind: 'client',
  startMs: 1,
  endMs: 2,
  attributes: {},
  isError: false,
} as const;

describe('a collector that wants a login', () => {
  const authority = newAuthority();
  const own = authority.issue('worker');
  let folder: string;
  let collector: Collector;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-saga-'));
    const files = { ca: authority.cert, other: newAuthority('other').cert, ...own };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  });
  after(() => rm(folder, { recursive: true }));
  const file = (name: string) => join(folder, name);
  const optionsOf = (env: Env, value = 'http://127.0.0.1:4318') =>
    collectorOf({ by: '--traces', value }, env);
  /** What the worker warns of, when it sends a span with these variables. */
  const warningsOf = async (env: Env): Promise<readonly string[]> => {
    const warnings: string[] = [];
    const spans = new SpanExporter({
      collector: optionsOf(env, collector.url),
      resource: {},
      warn: (words) => void warnings.push(words),
    });
    spans.add(SPAN);
    await spans.close();
    return warnings;
  };

  it('gets it from the variables of OpenTelemetry, and refuses without; no warning shows it', async () => {
    collector = await openCollector({ header: ['authorization', `Bearer ${TOKEN}`] });
    try {
      const refused = [`traces are lost: the collector at ${collector.url} answers 401`];
      assert.deepEqual(await warningsOf({}), refused);
      assert.deepEqual(await warningsOf({ [HEADERS]: `Authorization=Bearer%20${TOKEN}x` }), refused);
      assert.equal(collector.spans.length, 0);
      assert.deepEqual(await warningsOf({ [HEADERS]: `Authorization=Bearer%20${TOKEN}` }), []);
      assert.equal(collector.spans.length, 1);
    } finally {
      await collector.close();
    }
  });

  it('over TLS is trusted by the authority in a file alone, and gets a certificate', async () => {
    const tls = { ...authority.issue('collector'), ca: authority.cert, requestCert: true };
    collector = await openCollector({ header: ['x-key', TOKEN], tls: { ...tls, rejectUnauthorized: true } });
    const trust = { [HEADERS]: `x-key=${TOKEN}`, OTEL_EXPORTER_OTLP_CERTIFICATE: file('ca') };
    const both = {
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: file('cert'),
      OTEL_EXPORTER_OTLP_CLIENT_KEY: file('key'),
    };
    try {
      const distrusted = await warningsOf({
        ...trust,
        ...both,
        OTEL_EXPORTER_OTLP_CERTIFICATE: file('other'),
      });
      const unknown = await warningsOf({ ...trust });
      for (const [warning = '', ...more] of [distrusted, unknown, await warningsOf(both)]) {
        assert.match(warning, /^traces are lost: the collector at https:\S+ does not answer: .+/);
        assert.doesNotMatch(warning, new RegExp(TOKEN));
        assert.deepEqual(more, []);
      }
      assert.match(distrusted[0] ?? '', /certificate|signature/);
      assert.deepEqual(await warningsOf({ ...trust, ...both }), []);
      assert.equal(collector.spans.length, 1);
    } finally {
      await collector.close();
    }
  });

  it('gets several headers, and values as in a URL; the variables for traces win, and empty ones are none', () => {
    const general = { [HEADERS]: 'a=1' };
    assert.deepEqual(optionsOf({ [HEADERS]: ' A-b = 1==%2C%C3%A9+ ,, c=%20d;e' }).headers, {
      'a-b': '1==,é+',
      c: ' d;e',
    });
    assert.deepEqual(optionsOf({ ...general, OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=2' }).headers, { b: '2' });
    assert.deepEqual(optionsOf({ ...general, OTEL_EXPORTER_OTLP_TRACES_HEADERS: '' }).headers, { a: '1' });
    assert.deepEqual(optionsOf({ [HEADERS]: '' }), { url: 'http://127.0.0.1:4318/v1/traces' });
    const files = {
      OTEL_EXPORTER_OTLP_CERTIFICATE: file('other'),
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: file('ca'),
    };
    assert.deepEqual(optionsOf(files, 'https://collector').tls, { ca: authority.cert });
    // As the specification says, they are for TLS only.
    assert.equal(optionsOf({ OTEL_EXPORTER_OTLP_CERTIFICATE: '/absent' }).tls, undefined);
  });

  const wrong: readonly (readonly [env: Env, message: RegExp])[] = [
    ...[TOKEN, `${TOKEN} x=1`, `=${TOKEN}`, `a=%${TOKEN}`, `a=${TOKEN}%0d%0ab: c`, `a=${TOKEN}%00`].map(
      (headers) =>
        [
          { [HEADERS]: `good=1,${headers}` },
          /^OTEL_EXPORTER_OTLP_HEADERS: expected name=value, .*; got something else as number 2$/,
        ] as const,
    ),
    [
      { OTEL_EXPORTER_OTLP_CERTIFICATE: '/absent' },
      /^OTEL_EXPORTER_OTLP_CERTIFICATE: expected a readable PEM file, got \/absent$/,
    ],
    [
      { OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: '/absent' },
      /^OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: expected a readable PEM file/,
    ],
  ];
  for (const [env, message] of wrong)
    it(`is refused with the variable's name and not its value: ${JSON.stringify(env).replace(TOKEN, '…')}`, () => {
      assert.throws(
        () => optionsOf(env, 'https://collector'),
        (error) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, message);
          assert.doesNotMatch(inspect(error), new RegExp(TOKEN));
          return true;
        },
      );
    });

  it('is refused with a login in its URL, which is not shown', () => {
    for (const value of [`https://me:${TOKEN}@collector`, `me:${TOKEN}@collector:4318`])
      assert.throws(
        () => optionsOf({}, value),
        new UsageError(
          '--traces: expected http://host:port or https://…, without a login, got one with a login, which belongs into OTEL_EXPORTER_OTLP_HEADERS',
        ),
      );
  });
});
