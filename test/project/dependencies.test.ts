import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
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

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as Manifest;
}
