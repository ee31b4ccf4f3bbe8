import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { ROOT } from '../../local/folders.ts';

interface Lockfile {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly version?: string;
        readonly resolved?: string;
        readonly integrity?: string;
        readonly link?: boolean;
        readonly optional?: boolean;
      }
    >
  >;
}

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

describe('the lockfile', () => {
  let lock: Lockfile;
  before(async () => (lock = JSON.parse(await readFile(`${ROOT}package-lock.json`, 'utf8')) as Lockfile));

  it('carries no addresses: every registry that has the packages will do', () => {
    const addressed = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined);
    assert.deepEqual(addressed, []);
    assert.ok(Object.keys(lock.packages).length > 100);
  });

  it('has a checksum of every package: whichever registry has it, it is that one', () => {
    const unchecked = Object.entries(lock.packages).filter(
      ([path, { link, integrity }]) => path !== '' && link !== true && !integrity?.startsWith('sha512-'),
    );
    assert.deepEqual(unchecked, []);
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

/** What has an install script, and what it would do. */
const SCRIPTS: Readonly<Record<string, string>> = {
  '@swc/core': 'looks for its binary, which is a package of its own',
  'cpu-features': 'compiles a choice between ciphers that Node has anyway',
  esbuild: 'looks for its binary, which is a package of its own',
  protobufjs: 'warns of a loose version range',
  ssh2: 'compiles ciphers that Node has anyway',
};

describe('install scripts', () => {
  it('are only those that are known not to be needed', async () => {
    const { packages } = JSON.parse(await readFile(`${ROOT}package-lock.json`, 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const names = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    assert.deepEqual([...new Set(names)].toSorted(), Object.keys(SCRIPTS).toSorted());
  });

  it('do not run in this checkout, and did not', async () => {
    assert.match(await readFile(`${ROOT}.npmrc`, 'utf8'), /^ignore-scripts=true$/m);
    for (const built of ['ssh2/lib/protocol/crypto/build', 'cpu-features/build'])
      await assert.rejects(stat(`${ROOT}node_modules/${built}`), { code: 'ENOENT' });
  });

  it('the package has none of its own', async () => {
    const { scripts } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };
    const run = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish', 'prepack', 'postpack'];
    assert.deepEqual(
      run.filter((name) => name in scripts),
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

  it('wants of a worker what is tested here, in the version of the rest of the SDK', async () => {
    const { dependencies, devDependencies, peerDependencies } = await manifest();
    assert.deepEqual(peerDependencies, { '@temporalio/worker': devDependencies['@temporalio/worker'] });
    assert.equal(peerDependencies['@temporalio/worker'], dependencies['@temporalio/client']);
  });
});

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as Manifest;
}
