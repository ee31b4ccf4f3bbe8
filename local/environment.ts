import type { Stack } from './stack.ts';

/** Prefixes of the variables by which etcdctl, Temporal's tools and our own commands are told where to go. */
const STEERING = ['ETCDCTL_', 'TEMPORAL_', 'GATEWAY_SAGA_'];

/**
 * The variables that lead programs to this stack, and to nothing else: what a person has set for other servers is taken
 * away (`undefined`), as is their Temporal configuration file.
 */
export async function environmentOf(
  stack: Pick<Stack, 'etcd' | 'temporal' | 'run' | 'knownHosts' | 'connectTo'>,
): Promise<Record<string, string | undefined>> {
  const others = Object.keys(process.env).filter((name) =>
    STEERING.some((prefix) => name.startsWith(prefix)),
  );
  return {
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    ETCDCTL_ENDPOINTS: stack.etcd.endpoints.join(','),
    TEMPORAL_ADDRESS: stack.temporal.address,
    TEMPORAL_NAMESPACE: stack.temporal.namespace,
    TEMPORAL_CONFIG_FILE: await stack.run.write('temporal.toml', '[profile.default]\n'),
    GATEWAY_SAGA_KNOWN_HOSTS: stack.knownHosts,
    GATEWAY_SAGA_CONNECT_TO: stack.connectTo,
  };
}
