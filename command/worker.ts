import { createRequire } from 'node:module';
import { unavailable } from '../client/tls-reason.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printableMessage } from './printable.ts';
import { UsageError } from './usage.ts';
import { workerOptions } from './worker-options.ts';
import { lineOf } from '../worker/log/line.ts';
import type { WorkerOptions } from '../worker/options.ts';

export { OPTIONS } from './worker-options.ts';

export const HELP = `Usage: gateway-saga worker [options]

Runs the sagas and configures the routers: serves the task queue "gateways" until SIGTERM or SIGINT. Then it
finishes what it can, hands over the rest, and exits with 0. Any number of workers may serve at the same time. If one
is killed, the others take over its work. While etcd or Temporal is away, it says so and waits.

Each option can be given by the environment variable beside it instead.

  --known-hosts FILE      OpenSSH known_hosts file, against which every     GATEWAY_SAGA_KNOWN_HOSTS
                          router's host key is checked (~/.ssh/known_hosts)
  --connect-to A:B        reaches a router elsewhere: ID:HOST:PORT          GATEWAY_SAGA_CONNECT_TO
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
  --metrics HOST:PORT     serves metrics for Prometheus at /metrics there   GATEWAY_SAGA_METRICS
  --metrics-per-router    tells routers and pairs apart in them, even if    GATEWAY_SAGA_METRICS_PER_ROUTER=1
                          there are more than 200 routers
  --traces URL            sends spans to an OpenTelemetry collector there,  GATEWAY_SAGA_TRACES
                          in OTLP over HTTP: http://127.0.0.1:4318          A login: OTEL_EXPORTER_OTLP_HEADERS,
                                                                            OTEL_EXPORTER_OTLP_CERTIFICATE
  --health HOST:PORT      serves /healthz (alive) and /readyz (can work)    GATEWAY_SAGA_HEALTH
  --log-format FORMAT     text, or json: one object per line                GATEWAY_SAGA_LOG_FORMAT
  --log-level LEVEL       error, warn, info or debug (default info)         GATEWAY_SAGA_LOG_LEVEL
  --deployment NAME       serves as one version of this Worker              GATEWAY_SAGA_DEPLOYMENT
                          Deployment: see docs/upgrades.md
  --build-id ID           its name there (gateway-saga's version)           GATEWAY_SAGA_BUILD_ID
  --workflow-bundle FILE  the workflows as the build made them; without     GATEWAY_SAGA_WORKFLOW_BUNDLE
                          it they are bundled at start
  --help                  shows this

Exit code: 0 ended by a signal; 1 can't start; 2 an option, a variable or a file is wrong.

Examples:
  gateway-saga worker
  gateway-saga worker --watch
  gateway-saga worker --watch --deployment gateway-saga --build-id 0.1.0
  gateway-saga worker --known-hosts /etc/gateway-saga/known_hosts --private-key /etc/gateway-saga/id_ed25519
  gateway-saga worker --connect-to 10.79.5.184:830:127.0.0.1:8301 --connect-to 10.79.5.185:830:127.0.0.1:8302
  echo '{"vrrpLimitMs":120000,"confirmMinutes":6}' > policy.json
  gateway-saga worker --policy policy.json --metrics 127.0.0.1:9464 --health 127.0.0.1:9465

${TEMPORAL_HELP}
${ETCD_HELP}`;

/** A file of a kind stays wrong until somebody corrects it, as a wrong option does. A name, not a class: this module does without what a worker needs. */
const KIND_ERROR = 'KindError';

const WORKER_PACKAGE = '@temporalio/worker';

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = workerOptions(argv, io.env);
  const { runWorker } = await import('../worker/run-worker.ts').catch((error: Error) => {
    throw whyNotLoaded(error);
  });
  try {
    await runWorker(options, (error) => refusalOf(error, options.temporal.connection));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isMisuse = error.name === KIND_ERROR;
    const message = printableMessage(error);
    if (options.log.format === 'text') throw isMisuse ? new UsageError(message, { cause: error }) : error;
    io.stderr.write(lineOf({ time: new Date(), level: 'error', message, fields: {} }, 'json'));
    return isMisuse ? EXIT.misuse : EXIT.otherwise;
  }
}

/** What to tell when the worker can't be loaded. The worker needs a package that is only an optional peer, because a client can do without its 150 MB. */
function whyNotLoaded(error: Error): Error {
  if (!error.message.startsWith(`Cannot find package '${WORKER_PACKAGE}'`)) return error;
  const { peerDependencies } = createRequire(import.meta.url)('gateway-saga/package.json') as {
    peerDependencies: Record<string, string>;
  };
  const wanted = `${WORKER_PACKAGE}@${peerDependencies[WORKER_PACKAGE]}`;
  return new Error(`a worker needs one more package: npm install ${wanted}`);
}

/** The error to end with; `undefined`: none, because Temporal is only away, and the worker waits for it. A setting that Temporal or TLS refuses stays wrong. */
async function refusalOf(
  error: unknown,
  { address = 'localhost:7233', tls }: WorkerOptions['temporal']['connection'],
): Promise<Error | undefined> {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error.name !== 'TransportError') return error;
  const found = await unavailable(address, tls, error);
  return found.refused || /authenticat|permission/i.test(error.message) ? found : undefined;
}
