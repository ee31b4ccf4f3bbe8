import { pathToFileURL } from 'node:url';

// Who may import what. This is the only table: lint enforces it by the rule `imports/table`, which is below, and a test compares
// the table of folders in `docs/architecture.md` with it, word for word.
//
// A row is a folder or a file of this repository, and what it may import besides itself:
//   etcd             a folder and all below it     types of etcd    that, by `import type` only
//   etcd/keys.ts     one file                      any but etcd     everything but that
//   ssh2             an npm package                as etcd          what that row may import, and the files directly in that folder
//   node             what Node.js itself brings
export const TABLE = {
  gateway: 'nothing',
  junos: 'nothing',
  pair: 'gateway',
  workflows: 'gateway, pair, types of activities, @temporalio/common, @temporalio/workflow',

  activities: 'gateway, pair, netconf, etcd, templates, junos, @temporalio/activity, node',
  'activities/index.ts':
    'as activities, activities/requests, activities/saga, activities/pair, activities/router',
  'activities/requests': 'as activities, activities/saga, activities/router',
  'activities/saga': 'as activities, activities/router',
  'activities/pair': 'as activities, activities/router',
  'activities/router': 'as activities',
  'activities/watch': 'as activities, activities/saga',

  netconf: 'junos, ssh2, node',
  etcd: 'gateway, types of pair, etcd3, valibot, node',
  templates: 'gateway, junos, handlebars, valibot, node',
  worker:
    'gateway, junos, pair, workflows, activities, netconf, etcd, templates, @temporalio/client, @temporalio/common, @temporalio/worker, node',
  client: 'gateway, pair, @temporalio/client, @temporalio/common, @temporalio/envconfig, node',
  command:
    'gateway, junos, pair, workflows, activities, netconf, etcd, templates, worker, client, simulator/server, @temporalio/common, string-width, node',

  'simulator/device': 'junos, saxes',
  'simulator/server': 'simulator/device, netconf/framing.ts, junos, ssh2, node',

  local: 'any but bench, test',
  bench: 'any but test',
  test: 'any',
};

const ROOT = new URL('../', import.meta.url);

/** The path of a file URL within the repository: `etcd/keys.ts`. */
function pathOf(url) {
  return decodeURIComponent(url.href.slice(ROOT.href.length));
}

function covers(folder, path) {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The innermost row that a path lies in. */
function rowOf(path) {
  const rows = Object.keys(TABLE).filter((row) => covers(row, path));
  return rows.sort((one, other) => other.length - one.length)[0];
}

/** The path in this repository that an import names, or the package's name, or `node/…`. */
function targetOf(importer, specifier) {
  if (specifier.startsWith('.')) return pathOf(new URL(specifier, importer));
  return specifier.replace(/^node:/, 'node/');
}

function mayImport(row, target, typesOnly) {
  if (rowOf(target) === row) return true;
  const [, any, list] = /^(any but |any$)?(.*)$/.exec(TABLE[row]);
  const listed = list.split(', ').some((entry) => names(entry, target, typesOnly));
  return any === undefined ? listed : !listed;
}

function names(entry, target, typesOnly) {
  const [, form, name] = /^(types of |as )?(.*)$/.exec(entry);
  if (form === 'as ') return mayImport(name, target, typesOnly);
  return covers(name, target) && (form === undefined || typesOnly);
}

const table = {
  create(context) {
    const file = pathToFileURL(context.filename);
    const path = pathOf(file);
    if (!path.endsWith('.ts')) return {};
    const row = rowOf(path);
    const check = (node, source, typesOnly) => {
      if (typeof source?.value !== 'string') return;
      const target = targetOf(file, source.value);
      if (row === undefined) {
        context.report({ node, message: `expected a row for ${path} in local/import-table.mjs, got none` });
      } else if (!mayImport(row, target, typesOnly)) {
        const message = `${row} may import: ${TABLE[row]}. Got ${target} (local/import-table.mjs)`;
        context.report({ node, message });
      }
    };
    return {
      ImportDeclaration: (node) => check(node, node.source, node.importKind === 'type'),
      ExportNamedDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source, true),
    };
  },
};

export default { meta: { name: 'imports' }, rules: { table } };
