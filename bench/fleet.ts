import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SAMPLE_PAIRS } from '../local/samples.ts';
import { SHORT_MINUTES } from '../local/short-minutes.ts';
import type { DeviceOptionsInput } from '../simulator/server/index.ts';

export interface FleetRouter {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly device: DeviceOptionsInput;
}

export interface FleetPair {
  readonly primary: FleetRouter;
  readonly secondary: FleetRouter;
}

/** The message that a process of routers sends once its routers listen. */
export interface FleetStarted {
  readonly routers: readonly { readonly id: string; readonly host: string; readonly port: number }[];
  /** Text of a `known_hosts` file. */
  readonly knownHosts: string;
}

export type FleetCount = 'connections' | 'requests';

/** Pairs of simulated routers in other processes. */
export interface Fleet extends FleetStarted {
  readonly pairs: readonly FleetPair[];
  /** Value of a worker's `--connect-to`, which leads it to these routers. */
  readonly connectTo: string;
  /** Resolves when one of the processes has ended, for whatever reason. */
  readonly exited: Promise<unknown>;
  /**
   * Of all routers together: how many sessions are open, or how many requests have come. Sessions are counted as connections: a worker's
   * connection has one session.
   */
  count(what: FleetCount): Promise<number>;
  close(): Promise<void>;
}

/** Timing and behaviour of all primary routers, and of all secondary ones. */
export interface FleetDevices {
  readonly primary: DeviceOptionsInput;
  readonly secondary: DeviceOptionsInput;
}

/** How many pairs one process has at most. With so few, no process is busy all the time. */
const TOGETHER = 100;

/** Starts `count` pairs. All routers have the login of the samples. Rejects when a process ends before its routers listen. */
export async function startFleet(count: number, devices: FleetDevices): Promise<Fleet> {
  const [sample] = SAMPLE_PAIRS;
  if (sample === undefined) throw new Error('expected a sample pair, got none');
  const [{ username, password }] = sample;
  const router = (name: string, device: DeviceOptionsInput): FleetRouter => ({
    id: randomUUID(),
    name,
    username,
    password,
    device: { ...SHORT_MINUTES.device, ...device },
  });
  const pairs = Array.from({ length: count }, (_, pair) => ({
    primary: router(`MX-${2 * pair + 1}`, devices.primary),
    secondary: router(`MX-${2 * pair + 2}`, devices.secondary),
  }));
  const parts = Array.from({ length: Math.ceil(count / TOGETHER) }, (_, part) =>
    startPart(pairs.slice(part * TOGETHER, (part + 1) * TOGETHER)),
  );
  const end = async () => {
    for (const { child } of parts) if (child.connected) child.disconnect();
    await Promise.all(parts.map((part) => part.ended));
  };
  const started = await Promise.all(parts.map((part) => part.started)).catch(async (error: unknown) => {
    // As long as one of the child processes is connected, this process does not end.
    await end();
    throw error;
  });
  const routers = started.flatMap((part) => part.routers);
  return {
    pairs,
    routers,
    knownHosts: started.map((part) => part.knownHosts).join('\n'),
    connectTo: routers.map(({ id, host, port }) => `${id}:${host}:${port}`).join(','),
    exited: Promise.race(parts.map((part) => part.ended)),
    async count(what) {
      const counts = await Promise.all(parts.map((part) => part.count(what)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    close: end,
  };
}

function startPart(pairs: readonly FleetPair[]) {
  const child = fork(fileURLToPath(new URL('fleet-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  const started = new Promise<FleetStarted>((resolve, reject) => {
    child.once('message', (message) => resolve(message as FleetStarted));
    child.once('exit', (code) => reject(new Error(`the simulated routers ended with ${code}`)));
    child.once('error', reject);
  });
  child.send(pairs);
  const count = async (what: FleetCount) => {
    child.send(what);
    const [counted] = (await once(child, 'message')) as [number];
    return counted;
  };
  return { child, started, count, ended: once(child, 'exit') };
}
