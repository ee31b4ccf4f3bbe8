import type { Run } from './run.ts';
import type { TemporalProcess } from './temporal-process.ts';

/** Prefixes of the variables that tell etcdctl, Temporal's tools and our own commands which servers to use. */
const PREFIXES = ['ETCDCTL_', 'TEMPORAL_', 'GATEWAY_SAGA_'];

/** The variables that say how a worker tells what it does: metrics, health, traces, logs. None of them leads the worker to another etcd or Temporal server. */
export const TELLING = ['METRICS', 'METRICS_PER_ROUTER', 'HEALTH', 'TRACES', 'LOG_FORMAT', 'LOG_LEVEL'].map(
  (name) => `GATEWAY_SAGA_${name}`,
);

/** The variables that the worker of `npm start` gets from a person's environment, beside those of its stack. */
export function tellingOf(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(TELLING.map((name) => [name, env[name]]));
}

/** The parts of a stack that its programs have to find. */
export interface ReachableParts {
  readonly run: Run;
  readonly etcd: { readonly endpoints: readonly string[] };
  readonly temporal: Pick<TemporalProcess, 'address' | 'namespace'>;
  /** Path of a file with the routers' host keys. */
  readonly knownHosts: string;
  /** `<edge router id>:<host>:<port>`, separated by commas: where a worker finds each router. */
  readonly connectTo: string;
}

/**
 * The variables that lead programs to this stack, and to nothing else. Variables that a person has set for other servers
 * are `undefined` here, which removes them from a child process's environment; the person's Temporal configuration file is replaced by
 * an empty one.
 */
export async function environmentOf(parts: ReachableParts): Promise<Record<string, string | undefined>> {
  const others = Object.keys(process.env).filter((name) =>
    PREFIXES.some((prefix) => name.startsWith(prefix)),
  );
  return {
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    ETCDCTL_ENDPOINTS: parts.etcd.endpoints.join(','),
    TEMPORAL_ADDRESS: parts.temporal.address,
    TEMPORAL_NAMESPACE: parts.temporal.namespace,
    TEMPORAL_CONFIG_FILE: await parts.run.write('temporal.toml', '[profile.default]\n'),
    GATEWAY_SAGA_KNOWN_HOSTS: parts.knownHosts,
    GATEWAY_SAGA_CONNECT_TO: parts.connectTo,
    ...withoutProxy(process.env),
  };
}

/**
 * The variable that leads clients of gRPC past a person's proxy to the servers on this machine. Without it they would go through the proxy:
 * unlike other programs they make no exception of 127.0.0.1.
 */
export function withoutProxy({ no_grpc_proxy, no_proxy }: NodeJS.ProcessEnv): { no_grpc_proxy: string } {
  const hosts = (no_grpc_proxy || no_proxy || '').split(',').map((host) => host.trim());
  return { no_grpc_proxy: [...new Set([...hosts, '127.0.0.1'])].filter((host) => host !== '').join(',') };
}
