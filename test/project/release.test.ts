import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { ROOT } from '../../local/folders.ts';

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: object;
}

describe('a release', function () {
  this.timeout(120_000);
  let folder: string;
  let title: string;

  before(async () => {
    folder = await mkdtemp(`${tmpdir()}/gateway-saga-release-`);
    title = `gateway-saga-${(await json<Manifest>(`${ROOT}package.json`)).version}`;
    // What is built is looked at elsewhere. Here it is packed.
    const isBuilt = await access(`${ROOT}dist/workflow-bundle.js`).then(
      () => true,
      () => false,
    );
    await run(
      ROOT,
      process.execPath,
      'local/release.mjs',
      '--to',
      `${folder}/release`,
      ...(isBuilt ? ['--built'] : []),
    );
    await run(folder, 'tar', '-xzf', `release/${title}.tar.gz`);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is an archive, a bill of materials, and their checksums', async () => {
    assert.deepEqual((await readdir(`${folder}/release`)).toSorted(), [
      'SHA256SUMS',
      `${title}.cdx.json`,
      `${title}.tar.gz`,
    ]);
    const sums = await readFile(`${folder}/release/SHA256SUMS`, 'utf8');
    const expected = [`${title}.cdx.json`, `${title}.tar.gz`].map(async (name) => {
      const bytes = await readFile(`${folder}/release/${name}`);
      return `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`;
    });
    assert.equal(sums, (await Promise.all(expected)).join(''));
  });

  it('has all that a worker needs in its lockfile, in the versions that are tested here, and no more', async () => {
    const { dependencies, devDependencies } = await json<Manifest>(`${folder}/${title}/package.json`);
    assert.equal(devDependencies, undefined);
    assert.equal(dependencies['@temporalio/worker'], dependencies['@temporalio/client']);
    const { packages } = await json<{ packages: Record<string, object> }>(
      `${folder}/${title}/package-lock.json`,
    );
    const ours = await json<{ packages: Record<string, { version: string; integrity: string }> }>(
      `${ROOT}package-lock.json`,
    );
    const paths = Object.keys(packages).filter((path) => path !== '');
    assert.ok(
      paths.includes('node_modules/@temporalio/core-bridge') && !paths.includes('node_modules/mocha'),
    );
    for (const path of paths) {
      const { version, integrity } = packages[path] as { version: string; integrity: string };
      assert.deepEqual(
        [version, integrity],
        [ours.packages[path]?.version, ours.packages[path]?.integrity],
        path,
      );
    }
    // npm refuses a lockfile that does not fit its manifest.
    await run(`${folder}/${title}`, 'npm', 'ci', '--dry-run', '--offline', '--no-audit');
  });

  it('names each of these packages in the bill of materials', async () => {
    const { bomFormat, metadata, components } = await json<{
      bomFormat: string;
      metadata: { component: { name: string } };
      components: { name: string; version: string }[];
    }>(`${folder}/release/${title}.cdx.json`);
    assert.deepEqual([bomFormat, metadata.component.name], ['CycloneDX', 'gateway-saga']);
    const { packages } = await json<{ packages: Record<string, { version: string }> }>(
      `${folder}/${title}/package-lock.json`,
    );
    const locked = Object.entries(packages)
      .filter(([path]) => path !== '')
      .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`);
    assert.deepEqual(
      components.map(({ name, version }) => `${name}@${version}`).toSorted(),
      [...new Set(locked)].toSorted(),
    );
  });
});

async function run(cwd: string, program: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(program, args, { cwd });
}

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
