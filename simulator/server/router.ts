/** One simulated router: a device behind an SSH server, with its host key and its state file. */

import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Clock } from '../device/clock.ts';
import { BadConfigurationError } from '../device/config/load-text.ts';
import { createDevice } from '../device/create.ts';
import type { Device, DeviceSettings } from '../device/device.ts';
import type { DeviceOptionsInput } from '../device/options.ts';
import { createMachineClock } from './clock.ts';
import { createHostKey, knownHostsLine, type HostKey } from './host-key.ts';
import { listenSsh, type SshSwitches } from './ssh-server.ts';
import { readState, saveChanges } from './state-file.ts';
import { authenticator, type RouterUser } from './users.ts';

export interface RouterOptions {
  /** The caller's name for the router: an edge router's id. */
  readonly id: string;
  /** The configuration that the router starts with, as Junos text. */
  readonly config: string;
  readonly users: readonly RouterUser[];
  /** Host name. Default: the id. */
  readonly name?: string;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default: a new key. */
  readonly hostKey?: HostKey;
  /** The file for the state that survives a restart. A state that an earlier router saved there is used instead of `config`. */
  readonly stateFile?: string;
  readonly options?: DeviceOptionsInput;
  /** How its SSH server differs from that of a new release with plain logins. */
  readonly ssh?: SshSwitches;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** As in `DeviceSettings`. */
  readonly onEvent?: DeviceSettings['onEvent'];
}

/** Thrown when the configuration to start with can't be read. The cause says where the mistake is. */
export class RouterConfigError extends Error {
  override readonly name = 'RouterConfigError';
  readonly router: string;
  constructor(router: string, cause: Error) {
    super(`configuration of router ${router}: ${cause.message}`, { cause });
    this.router = router;
  }
}

/** A simulated router that listens for connections. */
export interface Router {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** The device behind the SSH server. */
  readonly device: Device;
  /** The router's line for a `known_hosts` file. */
  readonly hostKeyLine: string;
  /** `SHA256:…` of the host key. */
  readonly fingerprint: string;
  /** How many TCP connections are open. */
  readonly connections: number;
  /** How many requests of NETCONF have come. */
  readonly requests: number;
  /** `false`: all connections are cut, and so is each new one. The device goes on. */
  setReachable(reachable: boolean): void;
  /** `true`: when a connection ends, its session stays, with its lock and edits. `false`: such sessions end too. */
  keepHalfOpen(keep: boolean): void;
  /**
   * Ends all connections and timers, as a power failure does: a commit that has begun is neither finished nor saved, and a pending one stays so in
   * the state file. `options.reboot` decides what becomes of it when the router starts again.
   */
  close(): Promise<void>;
}

/**
 * Starts a router. Rejects with a RouterConfigError, a StateFileError, a TypeError for a user's key, a RangeError for an
 * option that makes no sense, or the error of `net.Server` when it can't listen on the address.
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
  let stopSaving = (): void => {};
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
    stopSaving();
    device.stop();
    machine.stop();
  };
  try {
    if (stateFile !== undefined) stopSaving = saveChanges(stateFile, device);
    const ssh = await listenSsh({
      device,
      hostKey,
      authenticate,
      host,
      port,
      now: () => clock.now() + (options.options?.clockAhead ?? 0),
      ...(options.ssh && { switches: options.ssh }),
    });
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
      get requests() {
        return ssh.requests;
      },
      setReachable: (reachable) => ssh.setReachable(reachable),
      keepHalfOpen: (keep) => ssh.keepHalfOpen(keep),
      close() {
        // The router stops before it can notice that its connections end.
        stop();
        return ssh.close();
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
