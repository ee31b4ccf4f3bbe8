/**
 * Sends spans to a collector, in OTLP's JSON over HTTP (opentelemetry.io/docs/specs/otlp). Traces are a convenience: what the collector does not
 * take in time is dropped, and no work waits for it.
 */
import { randomBytes } from 'node:crypto';
import { post } from './collector.ts';
import type { TraceCollectorOptions } from './collector.ts';

export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly name: string;
  readonly kind: 'internal' | 'client';
  /** In ms since the epoch, with a fraction. */
  readonly startMs: number;
  readonly endMs: number;
  /** No payload, no message of an error, no secret. */
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly isError: boolean;
}

export interface ExporterOptions {
  readonly collector: TraceCollectorOptions;
  /** Attributes of this worker. */
  readonly resource: Readonly<Record<string, string>>;
  readonly warn: (words: string) => void;
  readonly pauseMs?: number;
}

/** How many spans wait, and how many go into one request, at most. */
const [MOST_WAITING, MOST_AT_ONCE] = [4_096, 512];
/** The pause between two requests, in ms. */
const PAUSE_MS = 2_000;
/** Numbers of OTLP's enumerations `SpanKind` and `StatusCode`. */
const KINDS = { internal: 1, client: 3 } as const;
const STATUS_ERROR = 2;

export function newSpanId(): string {
  return randomBytes(8).toString('hex');
}

export class SpanExporter {
  readonly #options: ExporterOptions;
  readonly #timer: NodeJS.Timeout;
  #waiting: Span[] = [];
  #sending: Promise<void> | undefined;
  #isAway = false;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.flush(), options.pauseMs ?? PAUSE_MS).unref();
  }

  /** Never throws. If too many spans wait, the span is dropped. */
  add(span: Span): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(span);
  }

  /** Sends the spans that wait. Never rejects: what the collector does not take is lost. */
  async flush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
    await this.#sending;
  }

  /** Sends the spans that wait, and ends. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sending;
    await this.flush();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const some = this.#waiting.splice(0, MOST_AT_ONCE);
      const problem = await this.#send(some).catch((error: unknown) => causeOf(error));
      if (problem !== undefined && !this.#isAway)
        this.#options.warn(`traces are lost: the collector at ${this.#options.collector.url} ${problem}`);
      this.#isAway = problem !== undefined;
      if (this.#isAway) return;
    }
  }

  /** What is wrong, in words. `undefined`: nothing. */
  async #send(spans: readonly Span[]): Promise<string | undefined> {
    const { collector, resource } = this.#options;
    const status = await post(collector, JSON.stringify(requestOf(spans, resource)));
    return status >= 200 && status < 300 ? undefined : `answers ${status}`;
  }
}

/** `ExportTraceServiceRequest`. */
function requestOf(spans: readonly Span[], resource: ExporterOptions['resource']) {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'gateway-saga' }, spans: spans.map(wireOf) }],
      },
    ],
  };
}

function wireOf({ traceId, spanId, parentSpanId, name, kind, startMs, endMs, attributes, isError }: Span) {
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanosOf(startMs),
    endTimeUnixNano: nanosOf(Math.max(startMs, endMs)),
    attributes: attributesOf(attributes),
    status: isError ? { code: STATUS_ERROR } : {},
  };
}

function attributesOf(attributes: Span['attributes']) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}

/** Nanoseconds in decimal digits. A JavaScript number can't hold the nanoseconds since the epoch exactly. */
function nanosOf(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}

/** What is wrong with the collector, in words. If a name has several addresses, the error for all of them has a code and no message. */
function causeOf(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const { message = String(cause), code } = cause as { message?: string; code?: string };
  return `does not answer: ${message || code}`;
}
