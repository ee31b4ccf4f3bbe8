import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { ROOT } from '../../local/folders.ts';

/** `docs/architecture.md`: who may not import what. The file is planted, and lint has to find it. */
const FORBIDDEN: readonly (readonly [file: string, specifier: string])[] = [
  ['gateway/planted.ts', '../etcd/store.ts'],
  ['gateway/planted.ts', '../templates/load.ts'],
  ['gateway/planted.ts', '@temporalio/client'],
  ['gateway/planted.ts', 'node:fs'],
  ['gateway/planted.ts', 'node:fs/promises'],
  ['gateway/deeper/planted.ts', '../../netconf/session.ts'],
  ['junos/planted.ts', '../gateway/plan.ts'],
  ['junos/planted.ts', 'node:crypto'],
  ['workflows/planted.ts', '../netconf/session.ts'],
  ['workflows/planted.ts', '../activities/index.ts'],
  ['workflows/planted.ts', '@temporalio/activity'],
  ['workflows/planted.ts', 'node:fs/promises'],
  ['activities/planted.ts', '../workflows/index.ts'],
  ['activities/planted.ts', 'etcd3'],
  ['activities/planted.ts', 'ssh2'],
  ['netconf/planted.ts', '../gateway/plan.ts'],
  ['netconf/planted.ts', '../simulator/device/device.ts'],
  ['etcd/planted.ts', '../netconf/session.ts'],
  ['etcd/planted.ts', 'handlebars'],
  ['templates/planted.ts', '../etcd/store.ts'],
  ['worker/planted.ts', '../client/index.ts'],
  ['worker/planted.ts', '../local/stack.ts'],
  ['client/planted.ts', '../worker/index.ts'],
  ['client/planted.ts', '../etcd/store.ts'],
  ['client/planted.ts', 'etcd3'],
  ['simulator/device/planted.ts', '../server/ssh-server.ts'],
  ['simulator/device/planted.ts', '../../netconf/framing.ts'],
  ['simulator/device/planted.ts', 'node:timers'],
  ['simulator/server/planted.ts', '../../gateway/plan.ts'],
  ['simulator/server/planted.ts', '../../etcd/store.ts'],
  ['command/planted.ts', '../local/stack.ts'],
  ['command/planted.ts', '../simulator/device/device.ts'],
  ['command/planted.ts', '../test/local/checkout.ts'],
];

const ALLOWED: readonly (readonly [file: string, specifier: string])[] = [
  ['junos/planted.ts', './tree.ts'],
  ['workflows/planted.ts', '../gateway/plan.ts'],
  ['workflows/planted.ts', '@temporalio/workflow'],
  ['activities/planted.ts', '../etcd/store.ts'],
  ['netconf/planted.ts', '../junos/tree.ts'],
  ['netconf/planted.ts', 'ssh2'],
  ['etcd/planted.ts', 'etcd3'],
  ['templates/planted.ts', '../junos/tree.ts'],
  ['worker/planted.ts', '../activities/index.ts'],
  ['client/planted.ts', '../gateway/messages.ts'],
  ['simulator/device/planted.ts', '../../junos/tree.ts'],
  ['simulator/server/planted.ts', '../../netconf/framing.ts'],
  ['command/planted.ts', '../simulator/server/host-key.ts'],
  ['local/planted.ts', '../simulator/device/device.ts'],
];

describe('the import table', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(`${tmpdir()}/gateway-saga-imports-`);
    await cp(`${ROOT}.oxlintrc.json`, `${folder}/.oxlintrc.json`);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is enforced by lint', async () => {
    const lines = await lint(
      FORBIDDEN,
      (specifier) => `import * as planted from '${specifier}';\nplanted;\n`,
    );
    const missed = FORBIDDEN.filter(([file], index) => !lines.has(nameOf(file, index)));
    assert.deepEqual(missed, [], 'these imports went unnoticed');
  });

  it('allows what it says', async () => {
    const lines = await lint(ALLOWED, (specifier) => `import * as planted from '${specifier}';\nplanted;\n`);
    const refused = ALLOWED.filter(([file], index) => lines.has(nameOf(file, index)));
    assert.deepEqual(refused, []);
  });

  it("lets workflows see the activities' types, and nothing else of them", async () => {
    const rows = [['workflows/planted.ts', '../activities/index.ts']] as const;
    const lines = await lint(rows, (specifier) => `export type { Activities } from '${specifier}';\n`);
    assert.deepEqual([...lines], []);
  });

  /** Plants one file per row and returns those in which lint found a restricted import. */
  async function lint(
    rows: readonly (readonly [file: string, specifier: string])[],
    text: (specifier: string) => string,
  ): Promise<Set<string>> {
    const names = rows.map(([file], index) => nameOf(file, index));
    for (const [index, [, specifier]] of rows.entries()) {
      const path = `${folder}/${names[index]}`;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text(specifier));
    }
    const output = await oxlint(folder, names);
    const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string; filename: string }[] };
    const restricted = diagnostics.filter(({ code }) => code.includes('no-restricted-imports'));
    return new Set(restricted.map(({ filename }) => filename.replaceAll('\\', '/')));
  }
});

function nameOf(file: string, row: number): string {
  return file.replace('planted', `planted-${row}`);
}

/** Lint exits with 1 when it finds something: here that is the point. */
function oxlint(cwd: string, files: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [`${ROOT}node_modules/oxlint/bin/oxlint`, '--format=json', ...files];
    execFile(process.execPath, args, { cwd }, (error, stdout) => {
      if (stdout.trim() === '') reject(error ?? new Error('lint said nothing'));
      else resolve(stdout);
    });
  });
}
