import { unavailable } from '../client/tls-reason.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { workerOptions } from './worker-options.ts';
import type { WorkerOptions } from '../worker/options.ts';

export const HELP = `Usage: gateway-saga worker [options]

Runs the sagas and configures the routers: serves the task queue "gateways" until SIGTERM or SIGINT. Then it
finishes what it can, hands over the rest, and exits with 0. Any number of workers may serve at the same time. If one
is killed, the others take over its work. While etcd or Temporal is away, it says so and waits.

Each option can be given by the environment variable beside it instead.

  --known-hosts FILE      OpenSSH known_hosts file, against which every     GATEWAY_SAGA_KNOWN_HOSTS
                          router's host key is checked (~/.ssh/known_hosts)
  --connect-to A:B        reaches a router at another address: ID:HOST:PORT GATEWAY_SAGA_CONNECT_TO
                          or ADDRESS:PORT:HOST:PORT; may be repeated        (separated by commas)
  --private-key FILE      logs in with this key, before the password        GATEWAY_SAGA_PRIVATE_KEY
  --agent                 logs in with the keys of the SSH agent at         GATEWAY_SAGA_AGENT=1
                          SSH_AUTH_SOCK
  --policy FILE           JSON with limits and intervals, over the defaults GATEWAY_SAGA_POLICY
  --templates DIR         the kinds of gateways, one folder each            GATEWAY_SAGA_TEMPLATES
  --watch                 asks for gateways by itself when their            GATEWAY_SAGA_WATCH=1
                          configuration changes: see gateway-saga watch
  --codec-keys FILE       encrypts what Temporal stores, with the first     GATEWAY_SAGA_CODEC_KEYS
                          key of this file
  --metrics HOST:PORT     serves metrics for Prometheus there               GATEWAY_SAGA_METRICS
  --workflow-bundle FILE  the workflows as the build made them; without     GATEWAY_SAGA_WORKFLOW_BUNDLE
                          it they are bundled at start
  --help                  shows this

Exit code: 0 ended by a signal; 1 can't start; 2 not understood.

Examples:
  gateway-saga worker
  gateway-saga worker --watch
  gateway-saga worker --known-hosts /etc/gateway-saga/known_hosts --private-key /etc/gateway-saga/id_ed25519
  gateway-saga worker --connect-to 10.79.5.184:830:127.0.0.1:8301 --connect-to 10.79.5.185:830:127.0.0.1:8302
  echo '{"vrrpLimitMs":120000,"confirmMinutes":6}' > policy.json
  gateway-saga worker --policy policy.json --metrics 127.0.0.1:9464

${TEMPORAL_HELP}
${ETCD_HELP}`;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = workerOptions(argv, io.env);
  const { runWorker } = await import('../worker/run-worker.ts');
  await runWorker(options, (error) => refusalOf(error, options.temporal.connection));
  return EXIT.ok;
}

/** Temporal is waited for while it is away. But a setting that it or TLS refuses stays wrong. */
async function refusalOf(
  error: unknown,
  { address = 'localhost:7233', tls }: WorkerOptions['temporal']['connection'],
): Promise<Error | undefined> {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error.name !== 'TransportError') return error;
  const found = await unavailable(address, tls, error);
  return found.refused || /authenticat|permission/i.test(error.message) ? found : undefined;
}
