import { connectToTemporal } from '../client/connect.ts';
import { runningAmong, runningWorkflows } from '../client/running.ts';
import type { Temporal } from '../client/temporal.ts';
import { openStore } from '../etcd/store.ts';
import { ROUTER_DEADLINES } from '../gateway/policies.ts';
import { SessionPool } from '../netconf/pool.ts';
import { loadKinds } from '../templates/load.ts';
import type { Finding } from './doctor-family.ts';
import { findingsOf, type Facts } from './doctor-findings.ts';
import { look } from './doctor-look.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printable } from './printable.ts';
import { drawn, drawOptionsOf } from './style.ts';
import { parseUsage } from './usage.ts';
import { wrapped } from './width.ts';
import { ROUTER_OPTIONS, workerOptions } from './worker-options.ts';

export const HELP = `Usage: gateway-saga doctor [options]

Compares the records in etcd with all routers, and shows each difference with the
command that mends it. Changes nothing: it reads the running configuration and the
commit history of each router, and takes no lock. A change that runs is no
difference.

Each option can be given by the environment variable beside it instead.

  --known-hosts FILE  OpenSSH known_hosts file, against        GATEWAY_SAGA_KNOWN_HOSTS
                      which every router's host key is checked
                      (~/.ssh/known_hosts)
  --connect-to A:B    reaches a router at another address,     GATEWAY_SAGA_CONNECT_TO
                      as for the worker; may be repeated
  --private-key FILE  logs in with this key, before the        GATEWAY_SAGA_PRIVATE_KEY
                      password
  --agent             logs in with the keys of the SSH agent   GATEWAY_SAGA_AGENT=1
                      at SSH_AUTH_SOCK
  --policy FILE       the policy of the workers                GATEWAY_SAGA_POLICY
  --templates DIR     the kinds of gateways                    GATEWAY_SAGA_TEMPLATES
  --json              one JSON document: [{"what":…,"mend":…}]
  --help              shows this

Exit code: 0 no difference; 1 some, or etcd or Temporal does not answer; 2 not understood.

Examples:
  gateway-saga doctor
  gateway-saga doctor --json | jq -r '.[].mend'

${TEMPORAL_HELP}
${ETCD_HELP}`;

export const OPTIONS = { ...ROUTER_OPTIONS, json: { type: 'boolean', default: false } } as const;
const COLUMNS = 80;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseUsage(argv, OPTIONS, []);
  // `workerOptions` reads the same options as for a worker, and does not know `--json`.
  const ofWorker = argv.filter((argument) => argument !== '--json');
  const { etcd, policy, templates, knownHosts, connectTo, privateKey, agent } = workerOptions(
    ofWorker,
    io.env,
  );
  const kinds = await loadKinds(templates);
  const temporal = await connectToTemporal({ env: io.env });
  const store = openStore(etcd);
  const pool = new SessionPool({ knownHosts, connectTo, privateKey, agent, ...ROUTER_DEADLINES });
  try {
    const running = await runningWorkflows(temporal);
    const facts = await look({ store, pool, kinds, policy, running });
    const findings = await confirmed(facts, temporal);
    if (values.json) io.stdout.write(`${JSON.stringify(findings)}\n`);
    else tell(findings, facts.routers.length, facts.gateways.length, io);
    return findings.length === 0 ? EXIT.ok : EXIT.otherwise;
  } finally {
    await pool.close();
    store.close();
    await temporal.close();
  }
}

/**
 * The findings, as people see them. A workflow may have begun since the list of those that run was read. So each one without which something is a finding is
 * asked for again.
 */
async function confirmed(facts: Facts, temporal: Temporal): Promise<readonly Finding[]> {
  const suspects = new Set(findingsOf(facts).flatMap(({ unlessRuns = [] }) => unlessRuns));
  const running = new Set([...facts.running, ...(await runningAmong(temporal, [...suspects]))]);
  return findingsOf({ ...facts, running }).map(({ what, mend }) => ({ what, mend }));
}

function tell(findings: readonly Finding[], routers: number, gateways: number, io: CommandIo): void {
  const { color, ascii = false } = drawOptionsOf(io.stdout, io.env);
  for (const { what, mend } of findings) {
    for (const line of wrapped(printable(what), COLUMNS))
      io.stdout.write(`${drawn([['bold', line]], { color, ascii })}\n`);
    // A command is not wrapped, so that it can be copied.
    io.stdout.write(`  ${printable(mend)}\n\n`);
  }
  const count = findings.length === 0 ? 'no difference' : `${findings.length} to mend`;
  io.stdout.write(`${count}: ${routers} routers, ${gateways} gateways\n`);
}
