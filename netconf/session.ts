/**
 * A NETCONF session: requests out, their replies in. RFC 6241 §3, §4.1, §4.5 (pipelining).
 *
 * 1. Replies come in the order of their requests, each with the id of the oldest that is unanswered. Anything else drops the session.
 * 2. Every request has a deadline, counted from when it became the oldest. A session that missed one is closed: a late reply has nobody to go to.
 * 3. Once closed, it stays closed; whoever waits is told whether the request had been written.
 */
import { ProtocolError, RequestTimeoutError, SessionLostError, UnreachableError } from './errors.ts';
import type { NetconfError, Peer } from './errors.ts';
import { CAPABILITIES, NETCONF_NAMESPACE, readHello, writeHello, type ServerHello } from './hello.ts';
import { MessageStream, type Transport } from './message-stream.ts';
import { unwrap, type Operation, type Outcome, type Outcomes, type Reply } from './operation.ts';
import { readRpcErrors } from './rpc-error.ts';
import { closeSession } from './session-operations.ts';
import { readXml } from './xml-reader.ts';
import { writeXml, xml } from './xml.ts';

export interface SessionOptions {
  readonly peer: Peer;
  /** Milliseconds for a request whose operation doesn't say otherwise. */
  readonly deadlineMs: number;
  /** Milliseconds until the router's hello; `deadlineMs` by default. */
  readonly helloDeadlineMs?: number;
  /** Largest message accepted, in octets; 16 MiB by default. */
  readonly maxMessageBytes?: number;
  /** `false`: `pipeline` sends each request after the reply to the one before. */
  readonly pipelining?: boolean | undefined;
}

interface Pending {
  readonly id: string;
  readonly name: string;
  readonly deadlineMs: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: NetconfError) => void;
}

interface End {
  readonly reason: string;
  readonly cause?: Error | undefined;
  /** For the oldest request, whose fault it was. */
  readonly error?: NetconfError;
}

export class Session {
  readonly peer: Peer;
  readonly #stream: MessageStream;
  readonly #options: SessionOptions;
  readonly #pending: Pending[] = [];
  readonly #closedListeners: (() => void)[] = [];
  #hello: ServerHello | undefined;
  #opening: { readonly resolve: () => void; readonly reject: (error: NetconfError) => void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;
  #end: End | undefined;

  private constructor(transport: Transport, options: SessionOptions) {
    this.peer = options.peer;
    this.#options = options;
    this.#stream = new MessageStream(transport, {
      maxMessageBytes: options.maxMessageBytes ?? 16 * 1024 * 1024,
    });
  }

  /**
   * Exchanges hellos.
   *
   * @throws {UnreachableError} if the stream ends or the deadline passes before the router's hello.
   * @throws {ProtocolError} if what comes is no hello.
   */
  static async open(transport: Transport, options: SessionOptions): Promise<Session> {
    const session = new Session(transport, options);
    await session.#exchangeHellos();
    return session;
  }

  get capabilities(): ReadonlySet<string> {
    return this.#hello?.capabilities ?? new Set();
  }

  /** The router's number for this session, by which it names a lock's holder. */
  get sessionId(): string {
    return this.#hello?.sessionId ?? '';
  }

  /** Whether requests can be made. */
  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Whether no request is in the air. */
  get isIdle(): boolean {
    return this.#pending.length === 0;
  }

  /** Calls back once, when the session has ended; at once if it has. */
  onClosed(listener: () => void): void {
    if (this.isOpen) this.#closedListeners.push(listener);
    else listener();
  }

  /**
   * Asks one thing.
   *
   * @throws what the operation's `read` throws; {RequestTimeoutError}, {SessionLostError}, {ProtocolError}; {XmlError} before anything is sent.
   */
  async request<Result>(operation: Operation<Result>): Promise<Result> {
    const [outcome] = await this.#send([operation]);
    return unwrap(outcome as Outcome<Result>);
  }

  /**
   * Asks several things in one write, and waits for all replies. Failures are outcomes, as a commit that was carried out must not be hidden
   * by the unlock that was not.
   *
   * What changes something only behind a lock that is known to be ours: a load sent along with a lock that is then denied goes into
   * somebody else's candidate.
   *
   * @example
   * const [load, compare, check] = await session.pipeline([loadText(text, 'merge'), compareWithRunning(), check()]);
   * @throws {XmlError} if a request can't be written; nothing was sent then.
   */
  async pipeline<const Operations extends readonly Operation<unknown>[]>(
    operations: Operations,
  ): Promise<Outcomes<Operations>> {
    if (this.#options.pipelining !== false) return (await this.#send(operations)) as Outcomes<Operations>;
    const outcomes: Outcome<unknown>[] = [];
    for (const operation of operations) outcomes.push(...(await this.#send([operation])));
    return outcomes as Outcomes<Operations>;
  }

  /** Takes leave of the router, which releases what the session held, and closes. Never throws. */
  async close(deadlineMs = 5_000): Promise<void> {
    if (this.isOpen) await this.#send([{ ...closeSession(), deadlineMs }]);
    this.destroy('closed by us');
  }

  /** Closes at once, without a word to the router. */
  destroy(reason: string): void {
    this.#endWith({ reason });
  }

  async #exchangeHellos(): Promise<void> {
    const opened = new Promise<void>((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
    const afterMs = this.#options.helloDeadlineMs ?? this.#options.deadlineMs;
    this.#timer = setTimeout(() => this.#endWith({ reason: `no hello within ${afterMs} ms` }), afterMs);
    this.#stream.start({
      received: (message) =>
        this.#hello === undefined ? this.#takeHello(message) : this.#takeReply(message),
      failed: (cause) => this.#endWith(this.#protocolFailure(cause)),
      lost: (reason, cause) => this.#endWith({ reason, cause }),
    });
    if (this.isOpen) this.#stream.send([writeHello()]);
    await opened;
  }

  #takeHello(message: string): void {
    this.#hello = readHello(message);
    clearTimeout(this.#timer);
    // RFC 6242 §4.1: chunked as soon as both have offered base:1.1, which we always do.
    if (this.#hello.capabilities.has(CAPABILITIES.base11)) this.#stream.switchTo('chunked');
    this.#opening?.resolve();
    this.#opening = undefined;
  }

  async #send(operations: readonly Operation<unknown>[]): Promise<Outcome<unknown>[]> {
    const requests = operations.map((operation, index) => {
      const id = String(this.#lastId + 1 + index);
      return {
        operation,
        id,
        message: writeXml(xml('rpc', [operation.request], { xmlns: NETCONF_NAMESPACE, 'message-id': id })),
      };
    });
    const end = this.#end;
    if (end !== undefined)
      return operations.map(({ name }) => ({ kind: 'failed', error: this.#lost(name, end, false) }));
    this.#lastId += requests.length;
    const outcomes = requests.map(async ({ operation, id }): Promise<Outcome<unknown>> => {
      try {
        return { kind: 'done', value: operation.read(await this.#reply(operation, id)) };
      } catch (error) {
        return { kind: 'failed', error };
      }
    });
    this.#stream.send(requests.map(({ message }) => message));
    return Promise.all(outcomes);
  }

  #reply(operation: Operation<unknown>, id: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const deadlineMs = operation.deadlineMs ?? this.#options.deadlineMs;
      this.#pending.push({ id, name: operation.name, deadlineMs, resolve, reject });
      if (this.#pending.length === 1) this.#startTimer();
    });
  }

  #startTimer(): void {
    clearTimeout(this.#timer);
    const [oldest] = this.#pending;
    if (oldest === undefined) return;
    this.#timer = setTimeout(() => {
      const error = new RequestTimeoutError(this.peer, oldest.name, oldest.deadlineMs);
      this.#endWith({ reason: `no reply to ${oldest.name} in time`, error });
    }, oldest.deadlineMs);
  }

  #takeReply(message: string): void {
    const [oldest] = this.#pending;
    const body = readXml(message);
    const id = body.attributes['message-id'];
    const expected = oldest === undefined ? 'nothing' : `<rpc-reply> ${oldest.id} to ${oldest.name}`;
    if (oldest === undefined || body.name !== 'rpc-reply' || id !== oldest.id) {
      throw this.#protocolError(`expected ${expected}, got <${body.name}> with message-id ${id ?? 'none'}`);
    }
    this.#pending.shift();
    this.#startTimer();
    oldest.resolve({ peer: this.peer, body, ...readRpcErrors(body) });
  }

  #protocolFailure(cause: unknown): End {
    const error =
      cause instanceof ProtocolError ? cause : this.#protocolError((cause as Error).message, cause);
    return { reason: error.message, error };
  }

  #protocolError(reason: string, cause?: unknown): ProtocolError {
    return new ProtocolError(this.peer, reason, { sent: this.#pending.length > 0 }, { cause });
  }

  #lost(operation: string, { reason, error, cause }: End, sent: boolean): SessionLostError {
    return new SessionLostError(this.peer, { operation, sent, reason }, { cause: error ?? cause });
  }

  #endWith(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    clearTimeout(this.#timer);
    this.#stream.close();
    this.#opening?.reject(
      end.error ?? new UnreachableError(this.peer, 'hello', end.reason, { cause: end.cause }),
    );
    this.#pending.splice(0).forEach(({ name, reject }, index) => {
      reject(index === 0 && end.error !== undefined ? end.error : this.#lost(name, end, true));
    });
    for (const listener of this.#closedListeners.splice(0)) listener();
  }
}
