/**
 * A NETCONF session: sends requests, and gives each one its reply. RFC 6241 §3, §4.1, §4.5 (pipelining).
 *
 * 1. Replies come in the order of their requests: each must have the id of the oldest unanswered request. Anything else ends the session.
 * 2. Every request has a deadline, counted from when it became the oldest unanswered one. A missed deadline ends the session, because a
 *    late reply has no request to go to.
 * 3. A session that has ended can't be used again. Each request that was not answered fails, with an error that says whether it had been sent.
 */
import { ProtocolError, RequestTimeoutError, SessionLostError, UnreachableError } from './errors.ts';
import type { NetconfError, Peer } from './errors.ts';
import { CAPABILITIES, NETCONF_NAMESPACE, readHello, writeHello, type ServerHello } from './hello.ts';
import { MessageStream, type Transport } from './message-stream.ts';
import { unwrap, type Operation, type Outcome, type Outcomes, type Reply } from './operation.ts';
import { readRpcErrors } from './rpc-error.ts';
import { closeSession } from './session-operations.ts';
import { RequestClock, type RouterObserver } from './observer.ts';
import { readXml } from './xml-reader.ts';
import { writeXml, xml } from './xml.ts';

export interface SessionOptions {
  readonly peer: Peer;
  /** Deadline of a request whose operation has none of its own, in milliseconds. */
  readonly deadlineMs: number;
  /** Deadline of the router's hello, in milliseconds. Default: `deadlineMs`. */
  readonly helloDeadlineMs?: number;
  /** Largest message that is accepted, in octets. Default: 16 MiB. */
  readonly maxMessageBytes?: number;
  /** `false`: `pipeline` sends each request only after the reply to the one before. Default: `true`. */
  readonly pipelining?: boolean | undefined;
  /** Is told of each request that was answered, or was sent and failed. Must not throw. */
  readonly observe?: RouterObserver['request'] | undefined;
}

interface PendingRequest {
  readonly id: string;
  readonly name: string;
  readonly deadlineMs: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: NetconfError) => void;
}

interface End {
  readonly reason: string;
  readonly cause?: Error | undefined;
  /** The error of the oldest unanswered request, if the session ended because of that request. */
  readonly error?: NetconfError;
}

export class Session {
  readonly peer: Peer;
  readonly #stream: MessageStream;
  readonly #options: SessionOptions;
  readonly #clock: RequestClock;
  readonly #unanswered: PendingRequest[] = [];
  readonly #closedListeners: (() => void)[] = [];
  #hello: ServerHello | undefined;
  #opening: { readonly resolve: () => void; readonly reject: (error: NetconfError) => void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;
  #end: End | undefined;

  private constructor(transport: Transport, options: SessionOptions) {
    const { peer, maxMessageBytes = 16 * 1024 * 1024 } = options;
    this.peer = peer;
    this.#options = options;
    this.#clock = new RequestClock(peer, options.observe);
    this.#stream = new MessageStream(transport, { maxMessageBytes });
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

  /** The router's id of this session. The router names the owner of the lock by such an id. */
  get sessionId(): string {
    return this.#hello?.sessionId ?? '';
  }

  /** Whether the session has not ended. */
  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Whether every request was answered. */
  get isIdle(): boolean {
    return this.#unanswered.length === 0;
  }

  /** Calls back once, when the session ends; at once if it has ended. */
  onClosed(listener: () => void): void {
    if (this.isOpen) this.#closedListeners.push(listener);
    else listener();
  }

  /**
   * Sends one request and reads its reply.
   *
   * @throws what the operation's `read` throws; {RequestTimeoutError}, {SessionLostError}, {ProtocolError}; {XmlError} if the request can't
   * be written: nothing was sent then.
   */
  async request<Result>(operation: Operation<Result>): Promise<Result> {
    const [outcome] = await this.#send([operation]);
    return unwrap(outcome as Outcome<Result>);
  }

  /**
   * Sends several requests in one write, and waits for all replies. A failure is an outcome and no exception: the failure of an unlock must
   * not hide that the commit before it was carried out. A request that changes something must not be sent together with the request for the lock: if
   * the lock is denied, a load that was sent along goes into somebody else's candidate.
   *
   * @example
   * const [load, compare, check] = await session.pipeline([loadText(text), compareWithRunning(), check()]);
   * @throws {XmlError} if a request can't be written: nothing was sent then.
   */
  async pipeline<const Operations extends readonly Operation<unknown>[]>(
    operations: Operations,
  ): Promise<Outcomes<Operations>> {
    if (this.#options.pipelining !== false) return (await this.#send(operations)) as Outcomes<Operations>;
    const outcomes: Outcome<unknown>[] = [];
    for (const operation of operations) outcomes.push(...(await this.#send([operation])));
    return outcomes as Outcomes<Operations>;
  }

  /** Ends the session by `<close-session>`, so that the router releases its lock before this resolves. Never throws. */
  async close(deadlineMs = 5_000): Promise<void> {
    if (this.isOpen) await this.#send([{ ...closeSession(), deadlineMs }]);
    this.destroy('closed by us');
  }

  /** Ends the session at once, without a request. */
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
        this.#hello === undefined ? this.#receiveHello(message) : this.#receiveReply(message),
      failed: (cause) => this.#endWith(this.#protocolFailure(cause)),
      lost: (reason, cause) => this.#endWith({ reason, cause }),
    });
    if (this.isOpen) this.#stream.send([writeHello()]);
    await opened;
  }

  #receiveHello(message: string): void {
    this.#hello = readHello(message);
    clearTimeout(this.#timer);
    // RFC 6242 §4.1: chunked framing follows if both hellos offer base:1.1, and ours always does.
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
    const outcomes = requests.map(({ operation, id }) =>
      this.#clock.outcomeOf(operation, this.#reply(operation, id)),
    );
    this.#stream.send(requests.map(({ message }) => message));
    return Promise.all(outcomes);
  }

  #reply(operation: Operation<unknown>, id: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const deadlineMs = operation.deadlineMs ?? this.#options.deadlineMs;
      this.#unanswered.push({ id, name: operation.name, deadlineMs, resolve, reject });
      if (this.#unanswered.length === 1) this.#startTimer();
    });
  }

  #startTimer(): void {
    clearTimeout(this.#timer);
    const [oldest] = this.#unanswered;
    if (oldest === undefined) return;
    this.#timer = setTimeout(() => {
      const error = new RequestTimeoutError(this.peer, oldest.name, oldest.deadlineMs);
      this.#endWith({ reason: `no reply to ${oldest.name} in time`, error });
    }, oldest.deadlineMs);
  }

  #receiveReply(message: string): void {
    const [oldest] = this.#unanswered;
    const body = readXml(message);
    const id = body.attributes['message-id'];
    const expected = oldest === undefined ? 'nothing' : `<rpc-reply> ${oldest.id} to ${oldest.name}`;
    if (oldest === undefined || body.name !== 'rpc-reply' || id !== oldest.id) {
      throw this.#protocolError(`expected ${expected}, got <${body.name}> with message-id ${id ?? 'none'}`);
    }
    this.#unanswered.shift();
    this.#startTimer();
    oldest.resolve({ peer: this.peer, body, ...readRpcErrors(body) });
  }

  #protocolFailure(cause: unknown): End {
    if (cause instanceof ProtocolError) return { reason: cause.message, error: cause };
    const where = this.#unanswered
      .slice(0, 1)
      .map(({ name }) => `in ${name}: `)
      .join('');
    const error = this.#protocolError(`${where}${(cause as Error).message}`, cause);
    return { reason: error.message, error };
  }

  #protocolError(reason: string, cause?: unknown): ProtocolError {
    return new ProtocolError(this.peer, reason, { sent: this.#unanswered.length > 0 }, { cause });
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
    this.#unanswered.splice(0).forEach(({ name, reject }, index) => {
      reject(index === 0 && end.error !== undefined ? end.error : this.#lost(name, end, true));
    });
    for (const listener of this.#closedListeners.splice(0)) listener();
  }
}
