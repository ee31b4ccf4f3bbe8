import assert from 'node:assert/strict';
import { SpanExporter } from '../../../worker/tracing/otlp.ts';
import type { Span } from '../../../worker/tracing/otlp.ts';
import { openCollector } from '../../world/collector.ts';
import type { Collector } from '../../world/collector.ts';

const SPAN: Span = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  parentSpanId: 'c'.repeat(16),
  name: 'commit',
  kind: 'client',
  startMs: 1_796_000_000_000.25,
  endMs: 1_796_000_000_001.5,
  attributes: { 'router.id': 'r-1', 'temporal.attempt': 2 },
  isError: true,
};

describe('the exporter of spans', () => {
  let collector: Collector;
  let spans: SpanExporter;
  let warnings: string[];
  const open = (url = collector.url) => {
    warnings = [];
    const warn = (words: string) => void warnings.push(words);
    return new SpanExporter({ collector: { url }, resource: { 'service.name': 'x' }, warn, pauseMs: 60_000 });
  };
  beforeEach(async () => {
    collector = await openCollector();
    spans = open();
  });
  afterEach(async () => {
    await spans.close();
    await collector.close();
  });

  it("sends them in OTLP's JSON", async () => {
    spans.add(SPAN);
    await spans.close();
    assert.deepEqual(JSON.parse(collector.bodies[0] ?? ''), {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'x' } }] },
          scopeSpans: [
            {
              scope: { name: 'gateway-saga' },
              spans: [
                {
                  traceId: SPAN.traceId,
                  spanId: SPAN.spanId,
                  parentSpanId: SPAN.parentSpanId,
                  name: 'commit',
                  kind: 3,
                  startTimeUnixNano: '1796000000000250000',
                  endTimeUnixNano: '1796000000001500000',
                  attributes: [
                    { key: 'router.id', value: { stringValue: 'r-1' } },
                    { key: 'temporal.attempt', value: { intValue: '2' } },
                  ],
                  status: { code: 2 },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('sends many in several requests, and drops what is too much', async () => {
    for (let number = 0; number < 10_000; number += 1) spans.add(SPAN);
    await spans.flush();
    assert.equal(collector.bodies.length, 8);
    assert.equal(collector.spans.length, 4_096);
  });

  it('warns once while a collector refuses or is away, and goes on', async () => {
    collector.status = 503;
    for (const _ of [1, 2]) {
      spans.add(SPAN);
      await spans.flush();
    }
    assert.deepEqual(warnings, [`traces are lost: the collector at ${collector.url} answers 503`]);
    collector.status = 200;
    spans.add(SPAN);
    await spans.flush();
    assert.equal(collector.spans.length, 1);

    const away = open('http://127.0.0.1:1/v1/traces');
    away.add(SPAN);
    await away.close();
    assert.match(warnings[0] ?? '', /^traces are lost: the collector at \S+ does not answer: .+/);
    assert.equal(warnings.length, 1);
  });
});
