import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path/posix';
import { promisify } from 'node:util';
import { ROOT } from '../../local/folders.ts';
import { startStack } from '../../local/stack.ts';
import { startWorker } from '../../local/worker-process.ts';
import { CONSUMER, CONSUMER_CONFIG } from './package-consumer.ts';
import { proseOf } from './readme-document.ts';

/** What npm needs to be told to install without asking a registry more than necessary. */
const QUIETLY = ['--silent', '--no-audit', '--no-fund', '--prefer-offline', '--omit=dev', '--ignore-scripts'];
/** In MB of files: a client has 48, of which Temporal's client has 30, and a worker 250. */
const CLIENT_LIMIT = 55;

describe('the package', function () {
  this.timeout(300_000);
  /** Where it is installed: an empty folder, far from the checkout. */
  let folder: string;
  let files: string[];
  /** What a worker needs besides the package. */
  let wanted: string;

  before(async () => {
    await command(ROOT, process.execPath, 'local/build.mjs');
    folder = await mkdtemp(`${tmpdir()}/gateway-saga-package-`);
    await command(ROOT, 'npm', 'pack', '--silent', `--pack-destination=${folder}`);
    const [tarball] = await readdir(folder);
    await writeFile(`${folder}/package.json`, '{"name":"a-user","type":"module"}');
    await command(folder, 'npm', 'install', ...QUIETLY, `./${tarball}`);
    files = await readdir(`${folder}/node_modules/gateway-saga`, { recursive: true });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('carries what a user runs and imports', () => {
    const wanted = [
      'package.json',
      'LICENSE',
      'CHANGELOG.md',
      'README.md',
      'docs/architecture.md',
      'deploy/systemd/gateway-saga-worker.service',
      'command/gateway-saga.mjs',
      'dist/client/index.js',
      'dist/client/index.d.ts',
      'dist/command/main.js',
      'dist/templates/vpn_gateway/kind.json',
      'dist/templates/internet_gateway/create.hbs',
      'dist/workflow-bundle.js',
    ];
    assert.deepEqual(
      wanted.filter((path) => !files.includes(path)),
      [],
    );
  });

  it('carries no sources, tests or anything local', () => {
    const stray = files.filter(
      (path) =>
        /^(dist\/)?(local|test|bench)(\/|$)/.test(path) ||
        /\.(test|spec)\./.test(path) ||
        (path.endsWith('.ts') && !path.endsWith('.d.ts')) ||
        /(^|\/)\.(local|tools)(\/|$)/.test(path),
    );
    assert.deepEqual(stray, []);
  });

  it('says its version and its help', async () => {
    assert.match(await command(folder, 'npx', 'gateway-saga', '--version'), /^gateway-saga \d+\.\d+\.\d+$/m);
    assert.match(await command(folder, 'npx', 'gateway-saga', '--help'), /gateway-saga .*create/s);
  });

  it('is small for a client', async () => {
    const installed = await readdir(`${folder}/node_modules`, { recursive: true, withFileTypes: true });
    const present = installed.filter((entry) => entry.isFile());
    const found = await Promise.all(present.map(({ parentPath, name }) => stat(`${parentPath}/${name}`)));
    const bytes = found.reduce((sum, { size }) => sum + size, 0);
    assert.ok(bytes < CLIENT_LIMIT * 1e6, `${Math.round(bytes / 1e6)} MB`);
    await assert.rejects(access(`${folder}/node_modules/@temporalio/core-bridge`), { code: 'ENOENT' });
  });

  it('has pages whose links lead somewhere in it', async () => {
    const inside = `${folder}/node_modules/gateway-saga`;
    const pages = files.filter((path) => path.endsWith('.md'));
    assert.ok(pages.length > 50, `only ${pages.length} pages`);
    const broken: string[] = [];
    for (const path of pages) {
      const text = await readFile(`${inside}/${path}`, 'utf8');
      for (const [, target = ''] of proseOf({ path, text }).matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)) {
        if (target.startsWith('https://')) continue;
        const file = join(dirname(path), target);
        await access(`${inside}/${file}`).catch(() => broken.push(`${path}: ${target}`));
      }
    }
    assert.deepEqual(broken, []);
  });

  it('gives programs the client, and nothing from inside', async () => {
    const shown = await runs(`const { GatewayClient } = await import('gateway-saga/client');
      console.log(GatewayClient === (await import('gateway-saga')).GatewayClient, typeof GatewayClient);
      await import('gateway-saga/dist/worker/run-worker.js').catch(({ code }) => console.log(code));`);
    assert.equal(shown, 'true function\nERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('gives CommonJS programs the client', async () => {
    await writeFile(
      `${folder}/old.cjs`,
      `const { GatewayClient } = require('gateway-saga');\nconsole.log(typeof GatewayClient);`,
    );
    assert.equal(await command(folder, process.execPath, 'old.cjs'), 'function');
  });

  it("gives programs the client's types, which are right without `skipLibCheck` but for Temporal's own", async () => {
    await writeFile(`${folder}/tsconfig.json`, JSON.stringify(CONSUMER_CONFIG));
    for (const [name, text] of Object.entries(CONSUMER)) await writeFile(`${folder}/${name}`, text);
    const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
    const said = await promisify(execFile)(process.execPath, [tsc], { cwd: folder }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
    const errors = said.split('\n').filter((line) => /error TS\d+/.test(line));
    assert.deepEqual(
      errors.filter((line) => !line.startsWith('node_modules/@temporalio/')),
      [],
    );
    // The consumer is checked at all, and so are Temporal's declarations: they miss types of `ms`.
    assert.match(said, /^node_modules\/@temporalio\/common\/.*'ms'/m);
  });

  it('says what a worker needs besides', async () => {
    const { peerDependencies } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
      peerDependencies: Record<string, string>;
    };
    wanted = `@temporalio/worker@${peerDependencies['@temporalio/worker']}`;
    await assert.rejects(
      promisify(execFile)('npx', ['gateway-saga', 'worker'], { cwd: folder }),
      ({ code, stderr }: Error & { code: number; stderr: string }) => {
        assert.equal(stderr, `gateway-saga worker: a worker needs one more package: npm install ${wanted}\n`);
        return code === 1;
      },
    );
  });

  it('runs as a worker, once that is installed', async () => {
    await command(folder, 'npm', 'install', ...QUIETLY, wanted);
    const stack = await startStack();
    try {
      const worker = await startWorker(stack, {
        command: `${folder}/node_modules/gateway-saga/command/gateway-saga.mjs`,
      });
      assert.deepEqual(await worker.stop(), { code: 0, signal: null });
    } finally {
      await stack.stop();
    }
  });

  const runs = (program: string): Promise<string> =>
    command(folder, process.execPath, '--input-type=module', '--eval', program);
});

/** Runs a program to its end; what it prints, or an error with all that it said. */
async function command(cwd: string, program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { cwd }).catch(
    (error: Error & { stdout: string }) => {
      throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
    },
  );
  return stdout.trim();
}
