import { setMaxListeners } from 'node:events';
import type { Client } from '@temporalio/client';

/**
 * Calls Temporal until `signal` is aborted, then rejects with its reason at once.
 * The SDK leaves a listener on its signal at each call and overlooks one that is aborted between two calls of a long poll;
 * hence a signal of our own for it, and the race.
 */
export async function cancellable<T>(
  client: Client,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  if (!signal) return call();
  signal.throwIfAborted();
  const inner = new AbortController();
  setMaxListeners(0, inner.signal);
  const { promise: aborted, reject } = withReject();
  const onAbort = () => {
    inner.abort();
    reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([client.withAbortSignal(inner.signal, call), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function withReject(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_resolve, no) => {
    reject = no;
  });
  return { promise, reject };
}
