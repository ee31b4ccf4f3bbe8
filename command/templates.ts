import { openStore } from '../etcd/store.ts';
import { loadKinds } from '../templates/load.ts';
import { toHeatTemplates } from '../templates/published.ts';
import { etcdOptions, prefixOf } from './etcd-options.ts';
import { ETCD_HELP } from './environment-help.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printable } from './printable.ts';
import { folderOf } from './setting.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

export const HELP = `Usage: gateway-saga templates publish [options]

Publishes the kinds of gateways to etcd. A kind of format 1 becomes two heat templates:
/config/v2.0/heat_templates/TYPE with the templates that create and remove a gateway, and TYPE_monitoring with the
monitors. A kind of format 2 becomes one: TYPE. Workers take a kind from etcd if it is published there, else from their
folder. A template with the same content as before keeps its version. A record that gateway-saga did not publish is
never overwritten: if one stands there, nothing is published.

  --templates DIR  the kinds, one folder each (default: those that come with this program)
  --prefix KEY     publishes under this prefix instead; workers and the other commands find the
                   kinds there by GATEWAY_SAGA_TEMPLATE_PREFIX (/config/v2.0/heat_templates/)
  --help           shows this

Exit code: 0 published; 1 a kind is not as expected, somebody else's record stands there, or etcd does not answer;
2 not understood.

Examples:
  gateway-saga templates publish
  ETCDCTL_ENDPOINTS=https://etcd1:2379 ETCDCTL_CACERT=ca.pem gateway-saga templates publish --templates ./templates
  gateway-saga templates publish --prefix /gateway-saga/templates/

${ETCD_HELP}`;

export const OPTIONS = { templates: { type: 'string' }, prefix: { type: 'string' } } as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['publish']);
  const [action] = positionals;
  if (action !== 'publish') throw new UsageError(`expected publish, got ${quoted(action)}`);
  // All kinds are checked before the first one is written.
  const kinds = await loadKinds(
    values.templates ? folderOf({ by: '--templates', value: values.templates }) : undefined,
  );
  const templates = [...kinds.values()].map(({ kind }) => toHeatTemplates(kind));
  const options = etcdOptions(io.env);
  const templatePrefix = values.prefix
    ? prefixOf({ by: '--prefix', value: values.prefix })
    : options.templatePrefix;
  const store = openStore({ ...options, ...(templatePrefix && { templatePrefix }) });
  try {
    refuseForeign(await store.foreignTemplates(templates.flat().map(({ id }) => id)));
    for (const both of templates)
      for (const outcome of await store.publishTemplates(both)) {
        if (outcome.kind === 'foreign') refuseForeign([outcome.key]);
        else io.stdout.write(`${outcome.key} ${outcome.kind}, version ${outcome.version}\n`);
      }
    return EXIT.ok;
  } finally {
    store.close();
  }
}

function refuseForeign(keys: readonly string[]): void {
  if (keys.length === 0) return;
  throw new Error(
    `${keys.map(printable).join(', ')}: expected nothing, or a template that gateway-saga published; got somebody else's record, which is left as it is; publish elsewhere with --prefix /gateway-saga/templates/`,
  );
}
