/** The command line of `npm start`. */
import { parseArgs } from 'node:util';
import { TELLING } from './environment.ts';

export const HELP = `Usage: npm start -- [options]

Creates both sample gateways on an embedded stack: etcd, Temporal with its Web UI, four simulated routers, and a worker with the watch.
Stays up until Ctrl-C if standard input is a terminal.

  --family           creates what lies in the gateways, too: interfaces, routes, a public prefix
  --keep             stays up without a terminal
  --templates DIR    adds kinds of one's own
  --deployment NAME  the worker is a version of this Worker Deployment, the current one
  --help             shows this

The worker gets these variables of the environment, and no other that begins with GATEWAY_SAGA_, ETCDCTL_ or TEMPORAL_:
${TELLING.map((name) => `  ${name}\n`).join('')}
Exit code: 0 everything was created; 1 it was not, the stack can't be started, or one of its programs ended by itself; 2 not understood;
130 Ctrl-C before everything was created.
`;

const OPTIONS = {
  keep: { type: 'boolean', default: false },
  family: { type: 'boolean', default: false },
  templates: { type: 'string' },
  deployment: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Ends the process for `--help`, and for what it does not understand. */
export function startOptions() {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    if (!values.help) return values;
    process.stdout.write(HELP);
    return process.exit(0);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`npm start: ${error.message}; see npm start -- --help\n`);
    return process.exit(2);
  }
}
