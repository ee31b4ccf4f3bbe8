import { createRequire } from 'node:module';
import { EXIT, type CommandIo } from './io.ts';
import { parseUsage } from './usage.ts';

export const HELP = `Usage: gateway-saga version [options]

Shows the versions of gateway-saga, of Node.js, and of the Temporal SDK. gateway-saga --version does the same.

  --json  one JSON document: {"gatewaySaga":…,"node":…,"temporalSdk":…}
  --help  shows this

Exit code: 0 shown; 2 not understood.

Examples:
  gateway-saga version
  gateway-saga version --json | jq -r .temporalSdk
`;

export const OPTIONS = { json: { type: 'boolean', default: false } } as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseUsage(argv, OPTIONS, []);
  const versions = {
    gatewaySaga: versionOf('gateway-saga'),
    node: process.versions.node,
    temporalSdk: versionOf('@temporalio/common'),
  };
  const { gatewaySaga, node, temporalSdk } = versions;
  const text = values.json
    ? JSON.stringify(versions)
    : `gateway-saga ${gatewaySaga}\nNode.js ${node}\nTemporal SDK ${temporalSdk}`;
  io.stdout.write(`${text}\n`);
  return EXIT.ok;
}

/** The version in a package's `package.json`, which is found by the package's name from wherever this file was built to. */
export function versionOf(name = 'gateway-saga'): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return version;
}
