import { parseArgs } from 'node:util';
import type { Environment } from '../../client/profile.ts';
import { isSegment } from '../../etcd/keys.ts';
import type { WorkerOptions } from '../../worker/options.ts';
import { parseUsage, quoted, UsageError } from '../usage.ts';
import { ROUTER_OPTIONS, workerOptions } from '../worker-options.ts';

export const OPTIONS = {
  ...ROUTER_OPTIONS,
  /** This option has two values, which Node's parser can't read. So `gatewayIn` takes it out of the arguments first. */
  for: { type: 'string' },
  json: { type: 'boolean', default: false },
  trial: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  transcript: { type: 'string' },
} as const;

export interface CheckOptions {
  readonly id: string;
  readonly gateway?: { readonly resourceType: string; readonly resourceId: string };
  readonly json: boolean;
  readonly trial: boolean;
  /** Whether somebody has said yes to the trial already. */
  readonly yes: boolean;
  /** The file for the transcript. Absent: none is written. */
  readonly transcript?: string;
  readonly worker: WorkerOptions;
}

export function checkOptions(argv: readonly string[], env: Environment): CheckOptions {
  const { gateway, rest } = gatewayIn(argv);
  const { values, positionals } = parseUsage(rest, OPTIONS, ['ID']);
  const [id] = positionals;
  if (!isSegment(id)) throw new UsageError(`check: expected the ID of an edge router, got ${quoted(id)}`);
  const { json, trial, yes } = values;
  if (yes && !trial) throw new UsageError('--yes: expected with --trial only, got it without');
  const transcript = values.transcript ?? (trial ? `routers-check-${id}.xml` : undefined);
  return {
    id,
    json,
    trial,
    yes,
    ...(gateway && { gateway }),
    ...(transcript !== undefined && { transcript }),
    worker: workerOptions(ofWorker(rest), env),
  };
}

/** The gateway behind `--for`, and what is left without it. */
function gatewayIn(argv: readonly string[]): {
  readonly gateway?: CheckOptions['gateway'];
  readonly rest: readonly string[];
} {
  const inOneWord = argv.find((word) => word.startsWith('--for='));
  if (inOneWord !== undefined)
    throw new UsageError(`--for: expected TYPE ID as two words behind it, got ${quoted(inOneWord)}`);
  const index = argv.indexOf('--for');
  if (index === -1) return { rest: argv };
  if (argv.indexOf('--for', index + 1) !== -1) throw new UsageError('--for: expected one gateway, got two');
  const [resourceType = '', resourceId = ''] = argv.slice(index + 1);
  if (![resourceType, resourceId].every((word) => isSegment(word) && !word.startsWith('-')))
    throw new UsageError(`--for: expected TYPE ID, got ${[resourceType, resourceId].map(quoted).join(' ')}`);
  return {
    gateway: { resourceType, resourceId },
    rest: [...argv.slice(0, index), ...argv.slice(index + 3)],
  };
}

/** The arguments that are a worker's options: those that only `check` knows are left out. */
function ofWorker(argv: readonly string[]): readonly string[] {
  const { tokens } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, tokens: true });
  return tokens.flatMap((token) => {
    if (token.kind !== 'option' || !Object.hasOwn(ROUTER_OPTIONS, token.name)) return [];
    return [token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`];
  });
}
