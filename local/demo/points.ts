/** The six points of a creation (`six-points.ts`) as lines for the screen: jobs with one line per parameter, secrets masked. */
import { MASK } from '../../command/masked-plan.ts';
import type { Point } from '../six-points.ts';

const MEANING: Readonly<Record<Point['point'], string>> = {
  1: 'configuration',
  2: 'job',
  3: 'stack',
  4: 'progress: the routers are configured',
  5: 'progress: the service was seen working',
  6: 'state: the outcome, for everybody',
};

/** Lines for the screen. `hidden`: names of further fields and parameters that are secret. */
export function pointLines(points: readonly Point[], hidden: ReadonlySet<string> = new Set()): string[] {
  const masked = (key: string, value: unknown): unknown => {
    const isSecret = /password|secret/i.test(key) || hidden.has(key);
    return isSecret && typeof value === 'string' ? MASK : value;
  };
  return points.flatMap(({ point, key, value }) => [
    `(${point}) ${MEANING[point]}`,
    `    ${key}`,
    ...(point === 2 ? jobLines(value, masked) : JSON.stringify(decoded(value), masked, 2).split('\n')).map(
      (line) => `    ${line}`,
    ),
  ]);
}

interface Job {
  readonly dependency: readonly string[];
  readonly params: readonly {
    readonly param: string;
    readonly value: unknown;
    readonly resources: readonly { readonly resource_type: string }[];
  }[];
}

function jobLines(value: unknown, masked: (key: string, value: unknown) => unknown): string[] {
  const [handler, { dependency, params }] = value as [string, Job];
  const width = Math.max(...params.map(({ param }) => param.length));
  return [
    `handler ${handler}, ${params.length} parameters${dependency.length === 0 ? '' : `, after ${dependency.join(', ')}`}`,
    ...params.map(({ param, value, resources }) => {
      const through = resources.map(({ resource_type }) => resource_type).join(' → ');
      const shown = JSON.stringify(masked(param, value));
      return `  ${param.padEnd(width)}  ${shown}${through === '' ? '' : `   (${through})`}`;
    }),
  ];
}

/** The record with its body as an object, even if etcd holds the body as a JSON string. */
function decoded(value: unknown): unknown {
  const envelope = value as { body?: unknown };
  return typeof envelope.body === 'string'
    ? { ...envelope, body: JSON.parse(envelope.body) as unknown }
    : value;
}
