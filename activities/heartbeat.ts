import { heartbeat } from '@temporalio/activity';
import { HEARTBEAT_MS } from '../gateway/policies.ts';

/**
 * Sends heartbeats while the body runs, so that Temporal soon notices when the worker dies. `details`: what each heartbeat carries, for people and for the
 * attempt after this one.
 */
export async function heartbeating<T>(
  body: () => Promise<T>,
  details: () => unknown = () => undefined,
): Promise<T> {
  const timer = setInterval(() => heartbeat(details()), HEARTBEAT_MS);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}
