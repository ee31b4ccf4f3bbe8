import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { ROOT } from '../../local/folders.ts';
import { TABLE } from '../../local/import-table.mjs';

/** A file with one import. `FORM` says how it is imported; by default, all of it. */
type Case = readonly [file: string, specifier: string, form?: keyof typeof FORM];

const FORM = {
  all: (specifier: string) => `import * as all from '${specifier}';\nexport { all };\n`,
  types: (specifier: string) => `import type { One } from '${specifier}';\nexport type Two = One;\n`,
  'a type among others': (specifier: string) =>
    `import { type One } from '${specifier}';\nexport type Two = One;\n`,
  'a type in place': (specifier: string) => `export type Two = import('${specifier}').One;\n`,
  'types, exported': (specifier: string) => `export type { One } from '${specifier}';\n`,
  exported: (specifier: string) => `export { one } from '${specifier}';\n`,
  'all, exported': (specifier: string) => `export * from '${specifier}';\n`,
  'at run time': (specifier: string) => `export const later = () => import('${specifier}');\n`,
} as const;

const FORBIDDEN: readonly Case[] = [
  ['gateway/made.ts', '../etcd/store.ts'],
  ['gateway/made.ts', '../etcd/store.ts', 'types'],
  ['gateway/made.ts', '../etcd/store.ts', 'a type in place'],
  ['gateway/made.ts', '../etcd/store.ts', 'exported'],
  ['gateway/made.ts', '../etcd/store.ts', 'all, exported'],
  ['gateway/made.ts', '../etcd/store.ts', 'at run time'],
  ['gateway/made.ts', '../templates/load.ts'],
  ['gateway/made.ts', '../pair/batch.ts'],
  ['gateway/made.ts', '@temporalio/client'],
  ['gateway/made.ts', 'node:fs'],
  ['gateway/made.ts', 'node:fs/promises'],
  ['gateway/made.ts', 'fs'],
  ['gateway/deeper/made.ts', '../../netconf/session.ts'],
  ['junos/made.ts', '../gateway/plan.ts'],
  ['junos/made.ts', 'node:crypto'],
  ['pair/made.ts', '../workflows/index.ts'],
  ['pair/made.ts', '../activities/pair/apply.ts', 'types'],
  ['pair/made.ts', '@temporalio/workflow'],
  ['pair/made.ts', 'node:crypto'],
  ['workflows/made.ts', '../netconf/session.ts'],
  ['workflows/made.ts', '../activities/index.ts'],
  ['workflows/made.ts', '../activities/index.ts', 'a type among others'],
  ['workflows/made.ts', '@temporalio/activity'],
  ['workflows/made.ts', 'node:fs/promises'],
  ['activities/made.ts', '../workflows/index.ts'],
  ['activities/made.ts', './router/presence.ts'],
  ['activities/made.ts', './saga/plan.ts', 'types'],
  ['activities/made.ts', './index.ts'],
  ['activities/made.ts', 'etcd3'],
  ['activities/made.ts', 'ssh2'],
  ['activities/router/made.ts', '../pair/apply.ts'],
  ['activities/router/made.ts', '../pair/apply.ts', 'types'],
  ['activities/router/made.ts', '../index.ts'],
  ['activities/router/made.ts', '../../workflows/index.ts'],
  ['activities/pair/made.ts', '../requests/answer.ts'],
  ['activities/pair/made.ts', '../saga/plan.ts'],
  ['activities/requests/made.ts', '../pair/apply.ts'],
  ['activities/saga/made.ts', '../requests/request.ts'],
  ['netconf/made.ts', '../gateway/plan.ts'],
  ['netconf/made.ts', '../simulator/device/device.ts'],
  ['etcd/made.ts', '../netconf/session.ts'],
  ['etcd/made.ts', '../pair/transactions.ts'],
  ['etcd/made.ts', 'handlebars'],
  ['templates/made.ts', '../etcd/store.ts'],
  ['worker/made.ts', '../client/index.ts'],
  ['worker/made.ts', '../local/stack.ts'],
  ['client/made.ts', '../worker/index.ts'],
  ['client/made.ts', '../etcd/store.ts'],
  ['client/made.ts', 'etcd3'],
  ['simulator/device/made.ts', '../server/ssh-server.ts'],
  ['simulator/device/made.ts', '../../netconf/framing.ts'],
  ['simulator/device/made.ts', 'node:timers'],
  ['simulator/server/made.ts', '../../gateway/plan.ts'],
  ['simulator/server/made.ts', '../../etcd/store.ts'],
  ['simulator/server/made.ts', '../../netconf/session.ts'],
  ['command/made.ts', '../local/stack.ts'],
  ['command/made.ts', '../simulator/device/device.ts'],
  ['command/made.ts', '../test/local/checkout.ts'],
  ['local/made.ts', '../bench/row.ts'],
  ['local/made.ts', '../test/saga/site.ts'],
  ['bench/made.ts', '../test/saga/site.ts', 'types'],
  ['folder-without-a-row/made.ts', '../gateway/plan.ts'],
];

const ALLOWED: readonly Case[] = [
  ['junos/made.ts', './tree.ts'],
  ['junos/hierarchy/made.ts', '../tree.ts'],
  ['pair/made.ts', '../gateway/plan.ts'],
  ['workflows/made.ts', '../gateway/plan.ts'],
  ['workflows/made.ts', '../pair/batch.ts'],
  ['workflows/made.ts', '../activities/index.ts', 'types'],
  ['workflows/made.ts', '../activities/index.ts', 'types, exported'],
  ['workflows/made.ts', '../activities/requests/request.ts', 'a type in place'],
  ['workflows/made.ts', '@temporalio/workflow'],
  ['activities/made.ts', '../etcd/store.ts'],
  ['activities/index.ts', './saga/plan.ts'],
  ['activities/requests/made.ts', '../saga/publish.ts'],
  ['activities/saga/made.ts', '../router/observe.ts'],
  ['activities/pair/made.ts', '../../pair/batch.ts'],
  ['activities/router/made.ts', '../classify.ts'],
  ['activities/router/made.ts', './presence.ts'],
  ['activities/router/made.ts', '../../netconf/session.ts'],
  ['netconf/made.ts', '../junos/tree.ts'],
  ['netconf/made.ts', 'ssh2'],
  ['etcd/made.ts', '../pair/transactions.ts', 'types'],
  ['etcd/made.ts', 'etcd3'],
  ['templates/made.ts', '../junos/tree.ts'],
  ['worker/made.ts', '../activities/index.ts'],
  ['client/made.ts', '../gateway/messages.ts'],
  ['client/made.ts', '../pair/messages.ts'],
  ['command/made.ts', '@temporalio/common/lib/search-attributes.js'],
  ['command/made.ts', '../simulator/server/host-key.ts'],
  ['simulator/device/made.ts', '../../junos/tree.ts'],
  ['simulator/server/made.ts', '../../netconf/framing.ts'],
  ['local/made.ts', '../simulator/device/device.ts'],
  ['bench/made.ts', '../local/stack.ts'],
  ['test/made.ts', '../bench/row.ts'],
];

/** Each imports the other: a value one way, only a type the other way. */
const CIRCLE: readonly Case[] = [
  ['etcd/chicken.ts', './egg.ts', 'exported'],
  ['etcd/egg.ts', './chicken.ts', 'types'],
];

describe('the import table', function () {
  this.timeout(30_000);
  let found: ReadonlySet<string>;

  /** One run of lint over all cases, each in a file of its own, in a folder with the same configuration. */
  before(async () => {
    const folder = await realpath(await mkdtemp(`${tmpdir()}/gateway-saga-imports-`));
    try {
      for (const file of ['.oxlintrc.json', 'local/import-table.mjs'])
        await cp(`${ROOT}${file}`, `${folder}/${file}`);
      for (const each of [...FORBIDDEN, ...ALLOWED, ...CIRCLE]) {
        const [, specifier, form = 'all'] = each;
        const path = `${folder}/${nameOf(each)}`;
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, FORM[form](specifier));
      }
      found = await lint(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is enforced by lint', () => {
    const missed = FORBIDDEN.filter((each) => !found.has(`imports(table) ${nameOf(each)}`));
    assert.deepEqual(missed, [], 'lint said nothing about these imports');
  });

  it('allows what it says', () => {
    const refused = ALLOWED.filter((each) => found.has(`imports(table) ${nameOf(each)}`));
    assert.deepEqual(refused, []);
  });

  it('stands beside a rule against circles of imports, of types too', () => {
    const missed = CIRCLE.filter((each) => !found.has(`import(no-cycle) ${nameOf(each)}`));
    assert.deepEqual(missed, []);
  });

  it('is the table of folders in docs/architecture.md', async () => {
    const page = await readFile(`${ROOT}docs/architecture.md`, 'utf8');
    const rows = page.matchAll(/^\| `(?<row>[^`]+?)\/?` +\|[^|]*\| (?<may>[^|]*?) +\|$/gm);
    const told = [...rows].map(({ groups }) => [groups?.['row'], groups?.['may']]);
    assert.deepEqual(told, Object.entries(TABLE));
  });
});

const numbers = new Map<Case, number>();

/** Files of the same name are told apart by a number, except where a row or a circle needs the very name. */
function nameOf(each: Case): string {
  const [file] = each;
  if (!numbers.has(each)) numbers.set(each, numbers.size);
  return file.replace('made', `made-${numbers.get(each)}`);
}

/** What lint finds in a folder, as `<rule> <file>`. Lint exits with 1 when it finds something, as it must for these files. */
function lint(folder: string): Promise<ReadonlySet<string>> {
  return new Promise((resolve, reject) => {
    const args = [`${ROOT}node_modules/oxlint/bin/oxlint`, '--format=json', '.'];
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 24 }, (error, stdout) => {
      if (stdout.trim() === '') return reject(error ?? new Error('lint said nothing'));
      const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
      resolve(new Set(diagnostics.map(({ code, filename }) => `${code} ${filename.replaceAll('\\', '/')}`)));
    });
  });
}
