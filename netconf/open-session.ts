import { Session, type SessionOptions } from './session.ts';
import { connectSsh, type SshOptions } from './ssh-transport.ts';
import type { Transport } from './transport.ts';

/** How a router is reached. Throws as `connectSsh` does. */
export type Connect = (options: SshOptions) => Promise<Transport>;

/**
 * Opens a session over SSH; `connectMs` covers everything from the first packet to the router's hello.
 *
 * @throws what `connectSsh` and `Session.open` throw, or the signal's reason.
 */
export async function openSession(
  ssh: SshOptions,
  options: Omit<SessionOptions, 'peer' | 'helloDeadlineMs'>,
  connect: Connect = connectSsh,
): Promise<Session> {
  const { peer, connectMs, signal } = ssh;
  const startedAt = performance.now();
  const transport = await connect(ssh);
  const giveUp = () => transport.close();
  signal?.addEventListener('abort', giveUp);
  try {
    const helloDeadlineMs = Math.max(1, Math.round(startedAt + connectMs - performance.now()));
    return await Session.open(transport, { ...options, peer, helloDeadlineMs });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}
