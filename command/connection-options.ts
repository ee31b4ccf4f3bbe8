/** Where etcd and Temporal are, as options that every command which connects to them takes. */
import type { Environment } from '../client/profile.ts';
import { etcdOptions } from './etcd-options.ts';
import { UsageError, type OptionTable } from './usage.ts';

/** What a command connects to. */
export type Backend = 'temporal' | 'etcd';

/** Each option, with the variable that it replaces. */
const VARIABLES: Readonly<Record<Backend, Readonly<Record<string, string>>>> = {
  temporal: { 'temporal-address': 'TEMPORAL_ADDRESS', 'temporal-namespace': 'TEMPORAL_NAMESPACE' },
  etcd: { etcd: 'ETCDCTL_ENDPOINTS' },
};

/** The options for these backends, as `parseArgs` takes them. */
export function connectionOptions(backends: readonly Backend[] = []): OptionTable {
  const names = backends.flatMap((backend) => Object.keys(VARIABLES[backend]));
  return Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
}

/**
 * Takes these options out of a command's arguments, and puts them into its environment: an option counts as its variable, and wins over it. So
 * no command needs to know them. Throws a `UsageError` that names the option.
 *
 * @example
 * connectedTo(['temporal'], ['a', '--temporal-address', 'there:7233'], {}) // { argv: ['a'], env: { TEMPORAL_ADDRESS: 'there:7233' } }
 */
export function connectedTo(
  backends: readonly Backend[],
  argv: readonly string[],
  env: Environment,
): { readonly argv: readonly string[]; readonly env: Environment } {
  const variables = Object.assign({}, ...backends.map((backend) => VARIABLES[backend])) as Record<
    string,
    string
  >;
  const left: string[] = [];
  const given: Record<string, string> = {};
  const words = argv.values();
  for (const word of words) {
    if (word === '--') {
      left.push(word, ...words);
      break;
    }
    const [, name = '', inline] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (variable === undefined) left.push(word);
    else given[variable] = valueOf(`--${name}`, inline ?? words.next().value);
  }
  const merged = { ...env, ...given };
  // Checked here, because later nobody knows that the endpoints came from the option and not from the variable.
  if (given['ETCDCTL_ENDPOINTS'] !== undefined) etcdOptions(merged, '--etcd');
  return { argv: left, env: merged };
}

function valueOf(option: string, value: string | undefined): string {
  if (value !== undefined && value !== '' && !value.startsWith('-')) return value;
  throw new UsageError(`${option}: expected a value, got none`);
}
