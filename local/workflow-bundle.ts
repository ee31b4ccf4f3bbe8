import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { LOCAL, ROOT } from './folders.ts';

/** The folders with the workflow code and with what it imports. Only files in these folders, the SDK and the interceptors can change the bundle. */
export const SOURCES: readonly string[] = ['workflows', 'gateway', 'pair'];
const SDK = 'node_modules/@temporalio/worker/package.json';
const KEPT = 5;
/** So long after somebody asked for a bundle, a worker may still be about to load it, in ms. */
const IN_USE_MS = 3_600_000;

const QUIET: Logger = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => console.warn(message),
  error: (message) => console.error(message),
};

/**
 * Bundles the workflows of this checkout from source. Resolves to the path of the bundle, for a worker to load. Bundling takes
 * seconds, so it is done once for each state of the sources, and the bundle is kept under `.local/`. `interceptors`: files of modules
 * that are loaded before the workflows.
 */
export async function workflowBundle(
  interceptors: readonly string[] = [],
  folder = `${LOCAL}/bundles`,
): Promise<string> {
  const path = `${folder}/workflows-${await fingerprint(interceptors)}.js`;
  if (await marksUse(path)) return path;
  await mkdir(folder, { recursive: true });
  const workflowsPath = `${ROOT}workflows`;
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    failureConverterPath: `${workflowsPath}/failure-converter.ts`,
    workflowInterceptorModules: [`${workflowsPath}/cancel-reason.ts`, ...interceptors],
    logger: QUIET,
  });
  // Renaming makes the whole file appear at once: other processes may look for it at the same time.
  const aside = `${path}.${randomUUID()}`;
  await writeFile(aside, code);
  await rename(aside, path);
  await prune(folder);
  return path;
}

async function fingerprint(interceptors: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(await readFile(`${ROOT}${SDK}`));
  for (const path of interceptors) hash.update(await readFile(path));
  for (const source of SOURCES) {
    const names = await readdir(`${ROOT}${source}`, { recursive: true });
    for (const name of names.filter((name) => name.endsWith('.ts')).sort()) {
      hash.update(`\0${source}/${name}\0`).update(await readFile(`${ROOT}${source}/${name}`));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Sets the time of the bundle to now, so that no process removes it before it is loaded. False if there is no such bundle. */
async function marksUse(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

/** Removes the bundles that nobody has asked for lately, but for the newest of them. */
async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      time: (await stat(`${folder}/${name}`).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  const old = aged
    .toSorted((a, b) => b.time - a.time)
    .slice(KEPT)
    .filter(({ time }) => time < Date.now() - IN_USE_MS);
  await Promise.all(old.map(({ name }) => rm(`${folder}/${name}`, { force: true })));
}
