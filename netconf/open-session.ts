/** Opens a session over SSH: from the first packet to the router's hello, whose capabilities are checked. */
import { MissingCapabilityError } from './errors.ts';
import type { Transport } from './message-stream.ts';
import { Session, type SessionOptions } from './session.ts';
import { connectSsh, type SshOptions } from './ssh-transport.ts';

/** Connects to a router. Throws as `connectSsh` does. */
export type Connect = (options: SshOptions) => Promise<Transport>;

interface OpenSessionOptions extends Omit<SessionOptions, 'peer' | 'helloDeadlineMs'> {
  /** URIs that the router's hello must hold. Default: none. */
  readonly requiredCapabilities?: readonly string[];
}

/**
 * Opens a session. `connectMs` is the deadline for all of it, the router's hello included.
 *
 * @throws what `connectSsh` and `Session.open` throw; {MissingCapabilityError}; or the signal's reason.
 */
export async function openSession(
  ssh: SshOptions,
  { requiredCapabilities = [], ...options }: OpenSessionOptions,
  connect: Connect = connectSsh,
): Promise<Session> {
  const { peer, connectMs, signal } = ssh;
  const startedAt = performance.now();
  const leftMs = () => Math.max(1, Math.round(startedAt + connectMs - performance.now()));
  const transport = await connect(ssh);
  const giveUp = () => transport.close();
  signal?.addEventListener('abort', giveUp);
  try {
    const session = await Session.open(transport, { ...options, peer, helloDeadlineMs: leftMs() });
    await assertOffers(session, requiredCapabilities, leftMs());
    return session;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

async function assertOffers(
  session: Session,
  required: readonly string[],
  deadlineMs: number,
): Promise<void> {
  const { capabilities, peer } = session;
  const missing = required.filter((uri) => !capabilities.has(uri));
  if (missing.length === 0) return;
  await session.close(deadlineMs);
  throw new MissingCapabilityError(peer, { missing, offered: [...capabilities] });
}
