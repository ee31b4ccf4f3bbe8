import { readFile, stat } from 'node:fs/promises';
import { ROOT } from './folders.ts';

const VARIABLES = {
  etcd: 'GATEWAY_SAGA_ETCD',
  temporal: 'GATEWAY_SAGA_TEMPORAL',
  'temporal-test-server': 'GATEWAY_SAGA_TEMPORAL_TEST_SERVER',
  prometheus: 'GATEWAY_SAGA_PROMETHEUS',
} as const;

/** Thrown when a server of the embedded stack was not set up. */
export class NotSetUpError extends Error {
  override readonly name = 'NotSetUpError';
}

/** Path of a server's program: the one that the environment variable names, else the one that `npm run setup` found or fetched. */
export async function programOf(server: keyof typeof VARIABLES): Promise<string> {
  const variable = VARIABLES[server];
  const asked = process.env[variable];
  const record = await readFile(`${ROOT}.tools/servers.json`, 'utf8').catch(() => '{}');
  const path = asked || (JSON.parse(record) as Partial<Record<string, { path?: string }>>)[server]?.path;
  if (path !== undefined && (await stat(path).catch(() => undefined)) !== undefined) return path;
  throw new NotSetUpError(
    `no ${server} program${path === undefined ? '' : ` at ${path}`}: run \`npm run setup\``,
  );
}
