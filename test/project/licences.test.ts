import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ROOT } from '../../local/folders.ts';

/** Licences (SPDX) under which what users install may be passed on together with Apache-2.0. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Unlicense',
  // Data: which browser knows what.
  'CC-BY-4.0',
]);

/** Packages whose licence stands in a file only, and how it begins. */
const IN_FILES: Readonly<Record<string, readonly [licence: string, text: RegExp]>> = {
  'node_modules/unionfs': ['Unlicense', /^This is free and unencumbered software/],
};

interface Package {
  readonly license?: string;
  /** As packages had it before SPDX. */
  readonly licenses?: readonly { readonly type: string }[];
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('the licences of what users install', () => {
  let packages: [name: string, licence: string][];
  before(async () => {
    const lock = await json<{ packages: Record<string, Package> }>('package-lock.json');
    // npm counts an optional peer that the checkout has among the development's, and with it all that it needs.
    const ofWorker = needsOf('@temporalio/worker', '', lock.packages);
    const shipped = Object.entries(lock.packages).filter(
      ([path, { dev }]) => path !== '' && (dev !== true || ofWorker.has(path)),
    );
    packages = await Promise.all(
      shipped.map(async ([path, entry]) => {
        // Packages for other platforms are not installed on this one: the lockfile names their licences.
        const own = await json<Package>(`${path}/package.json`).catch(() => entry);
        const licence = own.license ?? own.licenses?.map(({ type }) => type).join(' OR ') ?? entry.license;
        return [path, licence ?? (await licenceInFile(path))] as [string, string];
      }),
    );
  });

  it('are all allowed', () => {
    assert.ok(packages.length > 100);
    assert.ok(packages.some(([path]) => path === 'node_modules/@temporalio/core-bridge'));
    assert.deepEqual(
      packages.filter(([, licence]) => !isAllowed(licence)),
      [],
    );
  });

  it('are looked at: others would be found', () => {
    assert.ok(isAllowed('(MIT OR GPL-3.0)') && isAllowed('Apache-2.0 AND MIT'));
    for (const licence of ['GPL-3.0', 'MIT AND GPL-3.0', 'none', 'SEE LICENSE IN LICENSE', 'UNLICENSED', ''])
      assert.ok(!isAllowed(licence), licence);
  });
});

/** Where a package is that one at `from` needs, and where all is that it needs itself. */
function needsOf(
  name: string,
  from: string,
  packages: Readonly<Record<string, Package>>,
  found = new Set<string>(),
): Set<string> {
  const path = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  const entry = packages[path];
  if (entry === undefined && from !== '')
    return needsOf(name, from.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, ''), packages, found);
  if (entry === undefined || found.has(path)) return found;
  found.add(path);
  for (const needed of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }))
    needsOf(needed, path, packages, found);
  return found;
}

/** Any part of an OR is enough, every part of an AND must be allowed. */
function isAllowed(expression: string): boolean {
  const sides = expression.replaceAll(/[()]/g, '').split(' OR ');
  return sides.some((side) => side.split(' AND ').every((licence) => ALLOWED.has(licence.trim())));
}

async function licenceInFile(path: string): Promise<string> {
  const [licence, text] = IN_FILES[path] ?? ['none', /$^/];
  return text.test(await readFile(`${ROOT}${path}/LICENSE`, 'utf8').catch(() => '')) ? licence : 'none';
}

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(`${ROOT}${path}`, 'utf8')) as T;
}
