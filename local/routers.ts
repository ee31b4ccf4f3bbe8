import type { SampleRouter } from './samples.ts';
import {
  baseConfig,
  startRouters,
  type Device,
  type DeviceOptionsInput,
  type LoginClass,
  type Router,
  type RouterOptions,
} from '../simulator/server/index.ts';

export interface RoutersOptions {
  /** Name of a second user, with the password of the first. */
  readonly operator?: string;
  /** Timing and behaviour of all routers. */
  readonly options?: DeviceOptionsInput;
  /** Permissions of the worker's user. Default: all. */
  readonly loginClass?: LoginClass;
  /** How a router's SSH server differs from the usual one, and which keys log the worker's user in. Default: it does not differ, and no key does. */
  readonly login?: (router: SampleRouter) => RouterLogin;
}

export interface RouterLogin {
  readonly ssh?: RouterOptions['ssh'];
  /** Lines of an `authorized_keys` file. */
  readonly publicKeys?: readonly string[];
}

/** A simulated router that stands in for an edge router. */
export interface LocalRouter extends SampleRouter {
  readonly host: string;
  readonly port: number;
  /** The simulated device: faults, links, restarts, the running configuration. */
  readonly device: Device;
  readonly server: Router;
}

export interface LocalRouters {
  /** In the order of the pairs: primary, then secondary. */
  readonly routers: readonly LocalRouter[];
  /** Text of a `known_hosts` file for all of them. */
  readonly knownHosts: string;
  /** Value of a worker's `--connect-to`, which leads it to these routers instead of the addresses in their records. */
  readonly connectTo: string;
  close(): Promise<void>;
}

/** Starts pairs of simulated routers in this process, on free ports of 127.0.0.1, primary first. */
export async function startLocalRouters(
  pairs: readonly (readonly [SampleRouter, SampleRouter])[],
  how: RoutersOptions = {},
): Promise<LocalRouters> {
  const started = await startRouters(
    pairs.map(([primary, secondary]) => ({
      primary: specification(primary, 'primary', how),
      secondary: specification(secondary, 'secondary', how),
    })),
  );
  const routers = pairs.flat().map((router, index) => {
    const server = started.routers[index];
    if (server === undefined) throw new Error(`router ${router.name} was not started`);
    return { ...router, host: server.host, port: server.port, device: server.device, server };
  });
  return {
    routers,
    knownHosts: started.knownHosts,
    connectTo: routers.map(({ id, host, port }) => `${id}:${host}:${port}`).join(','),
    close: () => started.close(),
  };
}

function specification(
  router: SampleRouter,
  role: 'primary' | 'secondary',
  { options, loginClass: permission, login, operator }: RoutersOptions,
): RouterOptions {
  const { id, name, username, password } = router;
  const { ssh, publicKeys } = login?.(router) ?? {};
  return {
    id,
    name,
    config: baseConfig({ name, role }),
    users: [
      { name: username, password, ...(permission && { permission }), ...(publicKeys && { publicKeys }) },
      ...(operator === undefined ? [] : [{ name: operator, password }]),
    ],
    ...(options && { options }),
    ...(ssh && { ssh }),
  };
}
