import { randomInt } from 'node:crypto';
import { createServer, connect } from 'node:net';

/** Thrown when an environment variable fixes a port that is taken, or a text that is no port number. */
export class PortError extends Error {
  override readonly name = 'PortError';
  readonly variable: string;

  constructor(variable: string, message: string) {
    super(message);
    this.variable = variable;
  }
}

/** Whether a listener on 127.0.0.1 can be opened. It is closed again at once. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Free ports are picked from this range. It lies below the ports that a system assigns by itself (from 32768 on Linux, from 49152 on
 * macOS). So the system assigns no picked port to another program before it is used.
 */
const FREE = { from: 15_000, to: 32_000 } as const;

/** Different free ports on 127.0.0.1. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(FREE.from, FREE.to);
    if (await isFree(port)) ports.add(port);
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
