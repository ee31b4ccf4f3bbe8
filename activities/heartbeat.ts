import { heartbeat } from '@temporalio/activity';
import { HEARTBEAT_MS } from '../gateway/policies.ts';

/** Says every few seconds that this worker is alive while the body runs; without it a lost worker is noticed late. */
export async function heartbeating<T>(body: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), HEARTBEAT_MS);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}
