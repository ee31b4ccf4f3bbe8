/** A signal that follows several until disposed; `AbortSignal.any` would keep growing the long-lived one among them. */
export function eitherSignal(signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  readonly dispose: () => void;
} {
  const controller = new AbortController();
  const releases = signals
    .filter((signal) => signal !== undefined)
    .map((signal) => {
      const follow = () => controller.abort(signal.reason);
      if (signal.aborted) follow();
      signal.addEventListener('abort', follow);
      return () => signal.removeEventListener('abort', follow);
    });
  return { signal: controller.signal, dispose: () => releases.forEach((release) => release()) };
}
