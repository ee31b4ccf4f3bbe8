// `npm run release`: makes release/ with what an operator installs.
//
//   gateway-saga-VERSION.tar.gz     the built package, with the lockfile of all that a worker needs: to install it, unpack it and run `npm ci`
//   gateway-saga-VERSION.cdx.json   the software bill of materials (SBOM) of that package, by CycloneDX
//   SHA256SUMS                      checksums of both
//
//   node local/release.mjs                 builds, then makes release/
//   node local/release.mjs --built         takes dist/ as it is
//   node local/release.mjs --to DIR        makes DIR instead of release/
//   node local/release.mjs --manifest DIR  writes only the release's package.json and lockfile, into DIR, for an audit
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { lockfile, root } from './setup/paths.mjs';
import { run } from './setup/run.mjs';

const { values } = parseArgs({
  options: {
    built: { type: 'boolean' },
    to: { type: 'string', default: `${root}release` },
    manifest: { type: 'string' },
  },
});

if (values.manifest !== undefined) {
  await writeManifest(values.manifest);
} else {
  const to = resolve(values.to);
  const folder = await mkdtemp(`${to}-`);
  try {
    if (!values.built) await done(root, process.execPath, 'local/build.mjs');
    await fill(folder);
    await chmod(folder, 0o755);
    await rm(to, { recursive: true, force: true });
    await rename(folder, to);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(folder) {
  const { name, version } = await json(`${root}package.json`);
  const title = `${name}-${version}`;
  await done(root, 'npm', 'pack', '--silent', `--pack-destination=${folder}`);
  await done(folder, 'tar', '-xzf', `${title}.tgz`);
  await rm(`${folder}/${title}.tgz`);
  // npm names the SBOM after the folder that the package is in.
  const made = `${folder}/${name}`;
  await rename(`${folder}/package`, made);
  await writeManifest(made);
  const sbom = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
  await writeFile(`${folder}/${title}.cdx.json`, await done(made, 'npm', ...sbom));
  await rename(made, `${folder}/${title}`);
  // If root unpacks the archive, root shall own the files, and not the user who happens to have the number of the one who packed them.
  const owner = ['--owner=0', '--group=0', '--numeric-owner'];
  await done(folder, 'tar', ...owner, '-czf', `${title}.tar.gz`, title);
  await rm(`${folder}/${title}`, { recursive: true });
  await writeFile(`${folder}/SHA256SUMS`, await checksums(folder));
}

/**
 * Writes a package.json that has the worker's package among its dependencies, and nothing that only development needs; and the part of the lockfile that
 * it needs.
 */
async function writeManifest(folder) {
  const { peerDependencies, dependencies, ...rest } = await json(`${root}package.json`);
  for (const field of ['peerDependenciesMeta', 'devDependencies', 'scripts', 'files']) delete rest[field];
  const manifest = { ...rest, dependencies: { ...dependencies, ...peerDependencies } };
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  await cp(`${root}.npmrc`, `${folder}/.npmrc`);
  await cp(lockfile, `${folder}/package-lock.json`);
  // npm drops from the lockfile what the manifest does not need. For that it asks no registry.
  await done(folder, 'npm', 'install', '--package-lock-only', '--offline');
}

/** The lines that sha256sum writes and checks. */
async function checksums(folder) {
  const names = (await readdir(folder)).toSorted();
  const lines = names.map(async (name) => {
    const hash = createHash('sha256').update(await readFile(`${folder}/${name}`));
    return `${hash.digest('hex')}  ${name}\n`;
  });
  return (await Promise.all(lines)).join('');
}

/** Runs a program and resolves to what it prints. Throws unless it ends well. */
async function done(cwd, program, ...args) {
  const result = await run(program, args, { cwd, limit: 300_000 });
  if (!result.ok) throw new Error(`${program} ${args.join(' ')}: ${result.reason}\n${result.output}`);
  return result.output;
}

async function json(path) {
  return JSON.parse(await readFile(path, 'utf8'));
}
