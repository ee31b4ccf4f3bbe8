import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ROOT } from '../../local/folders.ts';

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly resolved?: string; readonly optional?: boolean }>
  >;
}

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

describe('the lockfile', () => {
  let lock: Lockfile;
  before(async () => (lock = JSON.parse(await readFile(`${ROOT}package-lock.json`, 'utf8')) as Lockfile));

  it('carries no addresses: every registry that has the packages will do', () => {
    const addressed = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined);
    assert.deepEqual(addressed, []);
    assert.ok(Object.keys(lock.packages).length > 100);
  });

  it('names one version of every package', () => {
    const loose = Object.entries(lock.packages).filter(
      ([, entry]) => !/^\d+\.\d+\.\d+/.test(entry.version ?? ''),
    );
    assert.deepEqual(loose, []);
  });

  it('covers what optional dependencies want on every platform', () => {
    const wanted = Object.values(lock.packages as Record<string, { optionalDependencies?: object }>).flatMap(
      ({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}),
    );
    assert.deepEqual(
      wanted.filter((name) => lock.packages[`node_modules/${name}`] === undefined),
      [],
    );
  });
});

describe('package.json', () => {
  it('pins its dependencies exactly', async () => {
    const { dependencies, devDependencies } = await manifest();
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    assert.deepEqual(loose, []);
  });
});

describe('the package', function () {
  this.timeout(180_000);
  let files: string[];
  before(async () => {
    await promisify(execFile)(process.execPath, ['local/build.mjs'], { cwd: ROOT });
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], {
      cwd: ROOT,
    });
    const packed: unknown = JSON.parse(stdout);
    // npm 10 gives a list, npm 11 and later may give an object by name.
    const [one] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as {
      files: { path: string }[];
    }[];
    files = (one?.files ?? []).map(({ path }) => path);
  });

  it('carries what a user runs and imports', () => {
    const wanted = [
      'package.json',
      'LICENSE',
      'CHANGELOG.md',
      'command/gateway-saga.mjs',
      'dist/client/index.js',
      'dist/client/index.d.ts',
      'dist/command/main.js',
      'dist/workflow-bundle.js',
    ];
    assert.deepEqual(
      wanted.filter((path) => !files.includes(path)),
      [],
    );
  });

  it("carries the kinds' data", () => {
    for (const name of ['kind.json', 'create.hbs']) {
      assert.ok(
        files.some((path) => path.startsWith('dist/templates/') && path.endsWith(`/${name}`)),
        name,
      );
    }
  });

  it('carries no sources, tests or anything local', () => {
    const stray = files.filter(
      (path) =>
        /^dist\/(local|test|bench)\//.test(path) ||
        /\.(test|spec)\./.test(path) ||
        (path.endsWith('.ts') && !path.endsWith('.d.ts')) ||
        /(^|\/)\.(local|tools)\//.test(path),
    );
    assert.deepEqual(stray, []);
  });
});

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as Manifest;
}
