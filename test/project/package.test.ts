import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { ROOT } from '../../local/folders.ts';
import { startStack } from '../../local/stack.ts';
import { startWorker } from '../../local/worker-process.ts';

describe('the package', function () {
  this.timeout(300_000);
  /** Where it is installed: an empty folder, far from the checkout. */
  let folder: string;
  let files: string[];

  before(async () => {
    await command(ROOT, process.execPath, 'local/build.mjs');
    folder = await mkdtemp(`${tmpdir()}/gateway-saga-package-`);
    await command(ROOT, 'npm', 'pack', '--silent', `--pack-destination=${folder}`);
    const [tarball] = await readdir(folder);
    await writeFile(`${folder}/package.json`, '{"name":"a-user","type":"module"}');
    const quiet = [
      '--silent',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--omit=dev',
      '--ignore-scripts',
    ];
    await command(folder, 'npm', 'install', ...quiet, `./${tarball}`);
    files = await readdir(`${folder}/node_modules/gateway-saga`, { recursive: true });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('carries what a user runs and imports', () => {
    const wanted = [
      'package.json',
      'LICENSE',
      'CHANGELOG.md',
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
    assert.match(await command(folder, 'npx', 'gateway-saga', '--version'), /^\d+\.\d+\.\d+$/);
    assert.match(await command(folder, 'npx', 'gateway-saga', '--help'), /gateway-saga .*create/s);
  });

  it('gives programs the client, and nothing from inside', async () => {
    const shown = await runs(`const { GatewayClient } = await import('gateway-saga/client');
      console.log(typeof GatewayClient);
      await import('gateway-saga/dist/worker/run-worker.js').catch(({ code }) => console.log(code));`);
    assert.equal(shown, 'function\nERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it("gives programs the client's types", async () => {
    for (const name of ['typescript', '@typescript', '@types', 'undici-types']) {
      await symlink(`${ROOT}node_modules/${name}`, `${folder}/node_modules/${name}`).catch(() => undefined);
    }
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2023',
      strict: true,
      noEmit: true,
      types: ['node'],
      skipLibCheck: true,
    };
    await writeFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ['user.ts'] }));
    await writeFile(
      `${folder}/user.ts`,
      `import { workflowIdOf, type GatewayClient, type GatewayOutcome, type GatewayRun, type Progress } from 'gateway-saga/client';
      export const id: string = workflowIdOf({ resourceType: 'vpn_gateway', resourceId: '1' });
      export const steps = (progress: Progress): readonly string[] => progress.steps.map(({ step }) => step);
      export const words = (outcome: GatewayOutcome): string =>
        outcome.kind === 'created' ? outcome.kind : outcome.message;
      // As it was written when gateways could only be created.
      export async function create(client: GatewayClient): Promise<string> {
        const run: GatewayRun = await client.create({ resourceType: 'vpn_gateway', resourceId: '1' });
        return words(await run.result());
      }
      export async function apply(client: GatewayClient): Promise<string> {
        const run = await client.apply({ resourceType: 'vpn_gateway', resourceId: '1' });
        const outcome = await run.result();
        // @ts-expect-error It may be deleted, too.
        words(outcome);
        return outcome.kind;
      }
      // @ts-expect-error A step is a word, not a number: the types are there, and not \`any\`.
      export const wrong = (progress: Progress): number => progress.steps[0]!.step;\n`,
    );
    assert.equal(await command(folder, process.execPath, 'node_modules/typescript/bin/tsc'), '');
  });

  it('runs as a worker', async () => {
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
