import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { ROOT } from '../../local/folders.ts';

describe('command/gateway-saga.mjs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(`${tmpdir()}/gateway-saga-command-`);
    await mkdir(`${folder}/dist/command`, { recursive: true });
    await cp(`${ROOT}command/gateway-saga.mjs`, `${folder}/command/gateway-saga.mjs`);
    await writeFile(`${folder}/package.json`, '{"type":"module"}');
    await writeFile(`${folder}/dist/command/main.js`, says('built'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('runs what was built in an installed package', async () => {
    assert.deepEqual(await run('create', '--json'), { from: 'built', args: ['create', '--json'] });
  });

  it('runs the sources in a checkout, whatever was built there once', async () => {
    await writeFile(`${folder}/command/main.ts`, `const typed: number = 1;\nvoid typed;\n${says('source')}`);
    await symlink(`${ROOT}node_modules`, `${folder}/node_modules`);
    assert.deepEqual(await run('status', 'a:b'), { from: 'source', args: ['status', 'a:b'] });
  });

  it('installs the dependencies of a checkout first, and leaves standard output to the command', async () => {
    await writeFile(`${folder}/command/main.ts`, says('source'));
    await mkdir(`${folder}/local`);
    const setup = `import { symlinkSync } from 'node:fs';
      console.log('installing', process.argv[2]);
      symlinkSync('${ROOT}node_modules', '${folder}/node_modules');`;
    await writeFile(`${folder}/local/setup.mjs`, setup);
    assert.deepEqual(await run(), { from: 'source', args: [] });
  });

  it('fails when they can not be installed', async () => {
    await writeFile(`${folder}/command/main.ts`, says('source'));
    await mkdir(`${folder}/local`);
    await writeFile(`${folder}/local/setup.mjs`, 'process.exit(7)');
    await assert.rejects(run(), { code: 1 });
  });

  async function run(...args: string[]): Promise<unknown> {
    const command = [`${folder}/command/gateway-saga.mjs`, ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: tmpdir() });
    return JSON.parse(stdout);
  }
});

/** A program that says who it is and what it was given. */
function says(from: string): string {
  return `console.log(JSON.stringify({ from: '${from}', args: process.argv.slice(2) }));\n`;
}
