import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { SetupError } from './error.mjs';
import { exclusively } from './lock.mjs';
import { lockfile, nodeModules, root, say } from './paths.mjs';
import { lastLines, run } from './run.mjs';

/** File in node_modules with the hash of the lockfile that was installed. */
const stamp = `${nodeModules}/.gateway-saga-lockfile`;
const installLimit = 10 * 60_000;

/** Refuses an unsupported version of Node.js, before it fails in some obscure way. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(`expected Node 20.19 or newer, got ${process.versions.node}`);
  }
}

/** Installs the dependencies of the lockfile, unless exactly those are installed already. */
export async function installDependencies() {
  if (await areInstalled()) return;
  await exclusively(async () => {
    if (await areInstalled()) return;
    const hash = await lockfileHash();
    if (!(await isInstalledByHand())) await install();
    await writeFile(stamp, hash);
  });
}

async function install() {
  const from = Date.now();
  say('installing dependencies by lockfile (npm ci)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = [
    'ci',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--prefer-offline',
    '--loglevel=error',
    '--ignore-scripts',
  ];
  const env = { ...process.env, NODE_ENV: '', npm_config_omit: '', npm_config_update_notifier: 'false' };
  const result = await run(npm, args, { cwd: root, env, limit: installLimit });
  if (!result.ok) throw new SetupError(`npm ci: ${result.reason}\n${result.output.trim()}`);
  const noise = lastLines(result.output.replace(/^(added|changed|removed) .*$/gm, ''));
  say(
    `dependencies installed in ${((Date.now() - from) / 1000).toFixed(1)} s${noise === '' ? '' : `: ${noise}`}`,
  );
}

async function areInstalled() {
  const installed = await readFile(stamp, 'utf8').catch(() => undefined);
  return installed !== undefined && installed === (await lockfileHash());
}

async function lockfileHash() {
  return createHash('sha256')
    .update(await readFile(lockfile))
    .digest('hex');
}

/**
 * Whether npm's own record says that everything in the lockfile is installed, although this set-up did not install it. Such an
 * installation may be in use, so set-up does not remove it and install it again.
 */
async function isInstalledByHand() {
  const recorded = await readFile(`${nodeModules}/.package-lock.json`, 'utf8').catch(() => undefined);
  if (recorded === undefined) return false;
  const there = JSON.parse(recorded).packages;
  const wanted = JSON.parse(await readFile(lockfile, 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    if (there[path] === undefined ? !entry.optional : there[path].version !== entry.version) return false;
    const isThere = await stat(root + path).then(
      () => true,
      () => false,
    );
    if (there[path] !== undefined && !isThere && !entry.optional) return false;
  }
  return true;
}
