import { openStore } from '../etcd/store.ts';
import { loadKinds } from '../templates/load.ts';
import { toHeatTemplates } from '../templates/published.ts';
import { etcdOptions } from './etcd-options.ts';
import { ETCD_HELP } from './environment-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { folderOf } from './setting.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

export const HELP = `Usage: gateway-saga templates publish [options]

Publishes the kinds of gateways to etcd, two heat templates for each: /config/v2.0/heat_templates/TYPE with the templates that
create and remove a gateway, TYPE_monitoring with the monitors. Workers take a kind from etcd if it is published there, else
from their folder. A template with the same content as before keeps its version.

  --folder DIR   the kinds, one folder each (default: those that come with this program)
  --help         shows this

Exit code: 0 published; 1 a kind is not as expected, or etcd does not answer; 2 not understood.

Examples:
  gateway-saga templates publish
  ETCDCTL_ENDPOINTS=https://etcd1:2379 ETCDCTL_CACERT=ca.pem gateway-saga templates publish --folder ./templates

${ETCD_HELP}`;

const OPTIONS = { folder: { type: 'string' } } as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['publish']);
  const [action] = positionals;
  if (action !== 'publish') throw new UsageError(`expected publish, got ${quoted(action)}`);
  // All kinds are checked before the first one is written.
  const kinds = await loadKinds(
    values.folder ? folderOf({ by: '--folder', value: values.folder }) : undefined,
  );
  const templates = [...kinds.values()].flatMap(({ kind }) => toHeatTemplates(kind));
  const store = openStore(etcdOptions(io.env));
  try {
    for (const template of templates) {
      const { kind, version } = await store.publishTemplate(template.id, { ...template });
      io.stdout.write(`/config/v2.0/heat_templates/${template.id} ${kind}, version ${version}\n`);
    }
    return EXIT.ok;
  } finally {
    store.close();
  }
}
