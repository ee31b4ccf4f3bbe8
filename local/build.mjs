// `npm run build`: makes dist/ with the compiled sources, the templates and the bundle of the workflows.
// The build is made in another folder, which is then renamed to dist/. So nothing ever runs from an unfinished dist/.
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

/** Compiles all sources to JavaScript. Only the client gets type declarations, because only the client may be imported by others. */
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

/** Copies the kinds of gateways. They are data, so the compiler does not copy them. */
async function copyData(name) {
  const entries = await readdir(`${root}${name}`, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || extname(entry.name) === '.ts') continue;
    const path = `${entry.parentPath}/${entry.name}`;
    await cp(path, `${folder}/${path.slice(root.length)}`);
  }
}

/** Bundles the workflows in advance. To bundle them when a worker starts would take seconds, and need a compiler. */
async function bundle() {
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };
  const workflowsPath = `${folder}/workflows`;
  const failureConverterPath = `${workflowsPath}/failure-converter.js`;
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    failureConverterPath,
    workflowInterceptorModules: [`${workflowsPath}/cancel-reason.js`],
    logger: quiet,
  });
  await writeFile(`${folder}/workflow-bundle.js`, code);
}
