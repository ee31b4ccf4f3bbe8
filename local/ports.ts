import { randomInt } from 'node:crypto';
import { createServer, connect } from 'node:net';
import type { Server } from 'node:net';

/** Thrown when an environment variable fixes a port that is taken, or a text that is no port number. */
export class PortError extends Error {
  override readonly name = 'PortError';
  readonly variable: string;

  constructor(variable: string, message: string) {
    super(message);
    this.variable = variable;
  }
}

/** A listener on this port of 127.0.0.1. `undefined`: the port is taken, or not for this user. */
function listenerOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

/** Whether a listener on this port can be opened. It is closed again at once. */
async function isFree(port: number): Promise<boolean> {
  const listener = await listenerOn(port);
  if (listener === undefined) return false;
  await new Promise((resolve) => listener.close(resolve));
  return true;
}

/**
 * Free ports are picked from this range. It lies below the ports that a system assigns by itself (from 32768 on Linux, from 49152 on
 * macOS). So the system assigns no picked port to another program before it is used.
 */
const FREE = { from: 15_000, to: 23_000 } as const;
/** Whoever picks a port listens on the port above it by this much, so that no other process of ours picks the same one. */
const CLAIM_OFFSET = 8_500;
/** How long a pick is claimed, in ms: longer than the program that it is meant for needs until it listens. */
const CLAIM_MS = 120_000;

/** Whether nobody else has picked this port in the last two minutes. If so, this process has. */
async function claim(port: number): Promise<boolean> {
  const listener = await listenerOn(port + CLAIM_OFFSET);
  if (listener === undefined) return false;
  listener.unref();
  setTimeout(() => listener.close(), CLAIM_MS).unref();
  return true;
}

/** Different free ports on 127.0.0.1. No other process gets the same ones from here within two minutes. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(FREE.from, FREE.to);
    if ((await claim(port)) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

/**
 * The port that the environment variable fixes. Without the variable: the usual port if it is free, else any free port.
 * Throws a `PortError` when the fixed port is taken, or is no port number.
 */
export async function choosePort(variable: string, usual: number): Promise<number> {
  const fixed = process.env[variable];
  if (fixed === undefined || fixed === '') return (await isFree(usual)) ? usual : freePort();
  const port = Number(fixed);
  if (!/^\d+$/.test(fixed) || port < 1 || port > 65_535) {
    throw new PortError(variable, `${variable}: expected a port from 1 to 65535, got "${fixed}"`);
  }
  if (!(await isFree(port))) {
    throw new PortError(variable, `${variable}=${fixed}: the port is taken by another program`);
  }
  return port;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('the system gave no free port');
  return port;
}

/** True once something accepts connections on this port of 127.0.0.1. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
