// `npm run build`: dist/ with the compiled sources, the templates' data and the bundle of the workflows.
// Built aside and moved into place whole, so that nobody ever runs half of it.
import { bundleWorkflowCode } from '@temporalio/worker';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { root, tools } from './setup/paths.mjs';
import { run } from './setup/run.mjs';

const folder = `${tools}/build-${process.pid}`;

try {
  await mkdir(folder, { recursive: true });
  if (await compiles()) {
    await copyData('templates');
    await bundle();
    await rm(`${root}dist`, { recursive: true, force: true });
    await rename(folder, `${root}dist`);
  } else {
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** All that runs as JavaScript; types for what others may import, the client. */
async function compiles() {
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  for (const project of ['tsconfig.build.json', 'tsconfig.types.json']) {
    const args = [tsc, '--project', project, '--outDir', folder];
    const result = await run(process.execPath, args, { cwd: root, limit: 300_000 });
    if (result.ok) continue;
    process.stdout.write(`${result.output}build: the compiler says ${result.reason}\n`);
    return false;
  }
  return true;
}

/** What the compiler leaves behind: a kind of gateway is data. */
async function copyData(name) {
  const entries = await readdir(`${root}${name}`, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || extname(entry.name) === '.ts') continue;
    const path = `${entry.parentPath}/${entry.name}`;
    await cp(path, `${folder}/${path.slice(root.length)}`);
  }
}

/** Bundling at a worker's start takes seconds and a compiler; a deployed worker has neither to spare. */
async function bundle() {
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };
  const workflowsPath = `${folder}/workflows`;
  const failureConverterPath = `${workflowsPath}/failure-converter.js`;
  const { code } = await bundleWorkflowCode({ workflowsPath, failureConverterPath, logger: quiet });
  await writeFile(`${folder}/workflow-bundle.js`, code);
}
