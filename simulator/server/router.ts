import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Clock } from '../device/clock.ts';
import { createDevice } from '../device/create.ts';
import type { Device, DeviceSettings } from '../device/device.ts';
import type { DeviceOptionsInput } from '../device/options.ts';
import { BadConfigurationError } from '../device/state.ts';
import { createMachineClock } from './clock.ts';
import { createHostKey, knownHostsLine, type HostKey } from './host-key.ts';
import { listenSsh } from './ssh-server.ts';
import { keepState, readState } from './state-file.ts';
import { authenticator, type RouterUser } from './users.ts';

export interface RouterOptions {
  /** Whatever the caller knows the router by: an edge router's id. */
  readonly id: string;
  /** The configuration it starts with, as Junos text. */
  readonly config: string;
  readonly users: readonly RouterUser[];
  /** Host name. Default: the id. */
  readonly name?: string;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Default: a new one. */
  readonly hostKey?: HostKey;
  /** Where it keeps what survives a restart; what an earlier router left there goes before `config`. */
  readonly stateFile?: string;
  /** Times and behaviour. */
  readonly options?: DeviceOptionsInput;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Called with everything that happens on it, from the very beginning. */
  readonly onEvent?: DeviceSettings['onEvent'];
}

/** Thrown when the configuration that a router is to start with can't be read; the cause says where. */
export class RouterConfigError extends Error {
  override readonly name = 'RouterConfigError';
  readonly router: string;
  constructor(router: string, cause: Error) {
    super(`configuration of router ${router}: ${cause.message}`, { cause });
    this.router = router;
  }
}

/** A simulated router that listens. */
export interface Router {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** What is behind the connections: faults, links, restarts, the running configuration. */
  readonly device: Device;
  /** Its line for a `known_hosts` file. */
  readonly hostKeyLine: string;
  /** `SHA256:…` of its host key. */
  readonly fingerprint: string;
  /** Open TCP connections. */
  readonly connections: number;
  /** Off: every connection is cut, and new ones are as soon as they come. The device goes on. */
  setReachable(reachable: boolean): void;
  /** On: connections that end are not noticed; their sessions stay, with what they hold. Off: the router notices. */
  keepHalfOpen(keep: boolean): void;
  /** Ends connections, timers and listening, as if the power went: a commit under way is not finished, not kept. */
  close(): Promise<void>;
}

/**
 * Starts a router. Rejects with a RouterConfigError, a StateFileError, a TypeError for a user's key, a RangeError for an
 * option that makes no sense, or as `net.Server` does when the address can't be had.
 *
 * @example
 * const router = await startRouter({ id: 'r1', config: 'system { host-name r1; }', users: [{ name: 'admin', password }] });
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  const { id, name = id, host = '127.0.0.1', port = 0, users, stateFile } = options;
  const machine = createMachineClock();
  const clock = options.clock ?? machine;
  const hostKey = options.hostKey ?? createHostKey();
  const authenticate = authenticator(users);
  const state = stateFile === undefined ? undefined : readState(stateFile);
  let forget = (): void => {};
  const device = deviceOf(id, {
    name,
    config: options.config,
    clock,
    users: users.map((user) => ({ name: user.name, permission: user.permission ?? 'super-user' })),
    ...(options.options && { options: options.options }),
    ...(state && { state }),
    ...(options.onEvent && { onEvent: options.onEvent }),
  });
  const stop = (): void => {
    forget();
    device.stop();
    machine.stop();
  };
  try {
    if (stateFile !== undefined) forget = keepState(stateFile, device);
    const ssh = await listenSsh({ device, hostKey, authenticate, host, port, now: () => clock.now() });
    return {
      id,
      host,
      port: ssh.port,
      device,
      hostKeyLine: knownHostsLine(host, ssh.port, hostKey),
      fingerprint: hostKey.fingerprint,
      get connections() {
        return ssh.connections;
      },
      setReachable: (reachable) => ssh.setReachable(reachable),
      keepHalfOpen: (keep) => ssh.keepHalfOpen(keep),
      async close() {
        await ssh.close();
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}

function deviceOf(id: string, settings: DeviceSettings): Device {
  try {
    return createDevice(settings);
  } catch (error) {
    if (error instanceof JunosSyntaxError || error instanceof BadConfigurationError)
      throw new RouterConfigError(id, error);
    throw error;
  }
}
