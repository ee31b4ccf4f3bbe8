// Sets a fresh clone up: installs the dependencies of the lockfile, then finds or fetches etcd and Temporal's development server for
// the embedded stack. It is plain JavaScript and uses nothing but Node.js itself, because it runs before anything is installed.
//
//   node local/setup.mjs                  dependencies and servers
//   node local/setup.mjs --dependencies   dependencies only
//   node local/setup.mjs --tests          dependencies, servers, and servers that only tests use
//
// It writes only into `node_modules/` and `.tools/` of this checkout. If nothing is missing, it prints nothing.
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
