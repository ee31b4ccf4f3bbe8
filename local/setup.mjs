// Makes a fresh clone ready: dependencies by lockfile, then an etcd and a Temporal dev server for the embedded
// stack. Plain JavaScript on Node built-ins alone, because it runs before anything is installed.
//
//   node local/setup.mjs                  dependencies and servers
//   node local/setup.mjs --dependencies   dependencies only
//   node local/setup.mjs --tests          and a server that only tests use
//
// Everything lands in `node_modules/` and `.tools/` of this checkout. With everything there, it says nothing.
import { parseArgs } from 'node:util';
import { checkNode, installDependencies } from './setup/dependencies.mjs';
import { SetupError } from './setup/error.mjs';
import { installServers } from './setup/servers.mjs';

const flag = { type: 'boolean', default: false };
const { values } = parseArgs({ options: { dependencies: flag, tests: flag } });

try {
  checkNode();
  await installDependencies();
  if (!values.dependencies) await installServers(values);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`setup: ${error.message}\n`);
  process.exitCode = 1;
}
