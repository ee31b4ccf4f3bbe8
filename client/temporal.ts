import { setMaxListeners } from 'node:events';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { ChangeNotFoundError, ClientClosedError } from './errors.ts';

/**
 * The Temporal client that calls go through, for as long as it is open.
 *
 * 1. No call outlives `close`: a connection that is closed under a call makes the SDK's retry throw where nothing can catch it.
 * 2. An aborted signal ends a call at once. The SDK leaves a listener on its signal at each call, and misses a signal that is aborted between
 *    two calls of a long poll. So the SDK gets a signal of its own for each call, and the call races against the given signals.
 */
export class Temporal {
  readonly client: Client;
  readonly #closing = new AbortController();
  readonly #closeConnection: () => Promise<void>;

  constructor(client: Client, closeConnection: () => Promise<void>) {
    this.client = client;
    this.#closeConnection = closeConnection;
    setMaxListeners(0, this.#closing.signal);
  }

  /** Makes a call. Rejects with the signal's reason once `signal` is aborted. */
  async call<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const inner = new AbortController();
    setMaxListeners(0, inner.signal);
    const ends = signal ? [this.#closing.signal, signal] : [this.#closing.signal];
    const cancel = () => inner.abort();
    for (const end of ends) end.addEventListener('abort', cancel, { once: true });
    try {
      return await until(ends, () => this.client.withAbortSignal(inner.signal, call));
    } finally {
      for (const end of ends) end.removeEventListener('abort', cancel);
    }
  }

  /** Makes a call about a change. Throws a `ChangeNotFoundError` if Temporal knows nothing of it any more. */
  async callAbout<T>(workflowId: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await this.call(call, signal);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      throw new ChangeNotFoundError(workflowId, this.client.options.namespace);
    }
  }

  /** Rejects all waiting calls, with a `ClientClosedError`, then closes the connection, unless the caller brought it. */
  async close(): Promise<void> {
    this.#closing.abort(new ClientClosedError());
    await this.#closeConnection();
  }
}

/** Resolves as `start()` does; rejects once one of the signals is aborted, with its reason. What `start` began goes on. */
export async function until<T>(signals: readonly AbortSignal[], start: () => Promise<T>): Promise<T> {
  for (const signal of signals) signal.throwIfAborted();
  const listeners: [AbortSignal, () => void][] = [];
  const aborted = new Promise<never>((_resolve, reject) => {
    for (const signal of signals) listeners.push([signal, () => reject(signal.reason)]);
  });
  for (const [signal, listener] of listeners) signal.addEventListener('abort', listener, { once: true });
  try {
    return await Promise.race([start(), aborted]);
  } finally {
    for (const [signal, listener] of listeners) signal.removeEventListener('abort', listener);
  }
}
