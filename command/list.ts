import { connectToTemporal } from '../client/connect.ts';
import { openStore } from '../etcd/store.ts';
import { ETCD_HELP, TEMPORAL_HELP } from './environment-help.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { kindsIn } from './kinds-folder.ts';
import { gatherRows, LOOKUPS, type ListFilter } from './list-gather.ts';
import { listLines } from './list-view.ts';
import { printable } from './printable.ts';
import { isTemporalAway } from './status-in-etcd.ts';
import { drawn, drawOptionsOf } from './style.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

export const HELP = `Usage: gateway-saga list [options]

Lists gateways by name: kind, version, action, how it ended or that it runs, the type of its failure, and since when. What
has ended comes from etcd, what runs from Temporal. Types of failures, and times of what has left no plan record, come
from Temporal as well, for as long as it keeps histories.

  --failed         only what failed or was cancelled
  --running        only what runs; with --failed either of both
  --since TIME     only what began or ended within this time: 90s, 30m, 12h, 7d
  --pair A+B       only gateways on these routers, by id or name; or on one router. A creation that failed has left no
                   record of its routers
  --type TYPE      only this kind
  --wide           also the wanted version, id, pair, and the whole reason of a failure
  --templates DIR  the kinds of gateways, where none are published in etcd (default: those of this program)
  --json           one JSON document, an array:
                   [{"type":…,"id":…,"name":…,"version":…,"action":…,"outcome":…,"failureType":…,"since":…,"error":…,…}]
  --help           shows this

While Temporal does not answer, it lists what etcd knows, with exit code 1; not with --running, --since or --json.

Exit code: 0 shown; 1 Temporal or etcd does not answer; 2 not understood.

Examples:
  gateway-saga list
  gateway-saga list --failed --since 12h --wide
  gateway-saga list --running --json | jq -r '.[] | .type + " " + .id'

${TEMPORAL_HELP}
${ETCD_HELP}`;

export const OPTIONS = {
  failed: { type: 'boolean', default: false },
  running: { type: 'boolean', default: false },
  since: { type: 'string' },
  pair: { type: 'string' },
  type: { type: 'string' },
  wide: { type: 'boolean', default: false },
  templates: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseUsage(argv, OPTIONS, []);
  const { failed, running, pair, type } = values;
  const now = Date.now();
  // Not before 1970, because Temporal takes no time before the year 1.
  const since = values.since === undefined ? undefined : new Date(Math.max(0, now - msOf(values.since)));
  const routers = pair === undefined ? undefined : routersIn(pair);
  const wanted: ListFilter = { failed, running, since, routers, type };
  const options = etcdOptions(io.env);
  const kinds = await kindsIn(values.templates, io.env);
  const store = openStore(options);
  try {
    const needsTemporal = running || since !== undefined || values.json;
    const temporal = await connectToTemporal({ env: io.env }).catch((error: unknown) => {
      if (needsTemporal || !isTemporalAway(error)) throw error;
      io.stderr.write(`what runs is not known (${printable(error.message)}); this is what etcd says\n`);
      return undefined;
    });
    const code = temporal === undefined ? EXIT.otherwise : EXIT.ok;
    try {
      const { rows, names, left, unread } = await gatherRows({ store, temporal, kinds }, wanted);
      if (left > 0)
        io.stderr.write(
          `${left} of them without type of failure and time: Temporal was asked for ${LOOKUPS}; --since, --type and --pair narrow the list\n`,
        );
      if (unread[0] !== undefined)
        io.stderr.write(
          `${unread.length} of them without type of failure and time: ${printable(unread[0])}\n`,
        );
      if (values.json) {
        io.stdout.write(`[${rows.map((row) => JSON.stringify(row)).join(',\n')}]\n`);
        return EXIT.ok;
      }
      const { color, ascii = false, columns } = drawOptionsOf(io.stdout, io.env);
      const nameOf = (id: string) => printable(names.get(id) ?? id);
      const lines = listLines(rows, { now, columns }, values.wide ? nameOf : undefined);
      if (rows.length === 0) io.stdout.write('no gateway\n');
      else for (const line of lines) io.stdout.write(`${drawn(line, { color, ascii })}\n`);
      return code;
    } finally {
      await temporal?.close();
    }
  } finally {
    store.close();
  }
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function msOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === '')
    throw new UsageError(`--since: expected a time like 90s, 30m, 12h or 7d, got ${quoted(text)}`);
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}

function routersIn(text: string): readonly string[] {
  const routers = text.split('+');
  if (routers.length <= 2 && !routers.includes('')) return routers;
  throw new UsageError(`--pair: expected two routers as A+B, or one, got ${quoted(text)}`);
}
