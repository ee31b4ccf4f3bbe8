import { heartbeat } from '@temporalio/activity';
import { HEARTBEAT_MS } from '../gateway/policies.ts';

/** Sends heartbeats while the body runs, so that Temporal soon notices when the worker dies. */
export async function heartbeating<T>(body: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), HEARTBEAT_MS);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}
