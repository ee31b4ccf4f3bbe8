import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readCodecKeys } from '../client/codec/keys.ts';
import { payloadCodec } from '../client/codec/payload-codec.ts';
import { profileOf, type Environment } from '../client/profile.ts';
import { checkPolicy } from '../gateway/check-policy.ts';
import { messageOf } from '../gateway/display.ts';
import { DEFAULT_POLICY, type Policy } from '../gateway/policies.ts';
import { parseConnectTo, type ConnectTo } from '../netconf/connect-to.ts';
import { LOG_FORMATS, LOG_LEVELS } from '../worker/log/line.ts';
import type { WorkerOptions } from '../worker/options.ts';
import { deploymentFrom } from './deployment-options.ts';
import { etcdOptions } from './etcd-options.ts';
import { fileOf, folderOf, settingOf, textOf, type Setting } from './setting.ts';
import { collectorOf } from './traces-options.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

/** The options of every command that looks at routers as a worker does. */
export const ROUTER_OPTIONS = {
  'known-hosts': { type: 'string' },
  'connect-to': { type: 'string', multiple: true },
  'private-key': { type: 'string' },
  agent: { type: 'boolean' },
  policy: { type: 'string' },
  templates: { type: 'string' },
} as const;

export const OPTIONS = {
  ...ROUTER_OPTIONS,
  watch: { type: 'boolean' },
  metrics: { type: 'string' },
  'log-format': { type: 'string' },
  'log-level': { type: 'string' },
  'metrics-per-router': { type: 'boolean' },
  health: { type: 'string' },
  traces: { type: 'string' },
  'codec-keys': { type: 'string' },
  'workflow-bundle': { type: 'string' },
  deployment: { type: 'string' },
  'build-id': { type: 'string' },
} as const;

/** A worker's options, from flags, else from the environment. Throws an error that names the flag or the variable. */
export function workerOptions(argv: readonly string[], env: Environment): WorkerOptions {
  const { values } = parseUsage(argv, OPTIONS, []);
  const of = (
    name: Exclude<keyof typeof OPTIONS, 'agent' | 'connect-to' | 'metrics-per-router' | 'watch'>,
  ): Setting | undefined => settingOf([`--${name}`, values[name]], variableOf(name), env);
  const connectTo = settingOf(
    ['--connect-to', values['connect-to']?.join(',')],
    variableOf('connect-to'),
    env,
  );
  const [knownHosts, privateKey, templates, metrics, health, traces, codecKeys, workflowBundle] = [
    of('known-hosts'),
    of('private-key'),
    of('templates'),
    of('metrics'),
    of('health'),
    of('traces'),
    of('codec-keys'),
    of('workflow-bundle'),
  ];
  const deployment = deploymentFrom(of('deployment'), of('build-id'));
  const agent = values.agent ? '--agent' : switchVariable('agent', env);
  const isOn = (name: 'watch' | 'metrics-per-router') =>
    values[name] === true || switchVariable(name, env) !== undefined;
  return {
    temporal: temporalOf(env),
    codec: payloadCodec(codecKeys ? codecKeysOf(codecKeys) : []),
    etcd: etcdOptions(env),
    knownHosts: knownHosts ? fileOf(knownHosts) : join(homedir(), '.ssh', 'known_hosts'),
    policy: policyFrom(values.policy, env),
    ...(connectTo && { connectTo: connectToOf(connectTo) }),
    ...(privateKey && { privateKey: textOf(privateKey) }),
    ...(agent && { agent: socketOf(agent, env) }),
    ...(templates && { templates: folderOf(templates) }),
    log: {
      format: wordOf(of('log-format'), LOG_FORMATS) ?? 'text',
      level: wordOf(of('log-level'), LOG_LEVELS) ?? 'info',
    },
    ...(isOn('watch') && { watch: true }),
    ...(deployment && { deployment }),
    ...(metrics && { metrics: addressOf(metrics) }),
    ...(isOn('metrics-per-router') && { metricsPerRouter: true }),
    ...(health && { health: addressOf(health) }),
    ...(traces && { traces: collectorOf(traces, env) }),
    ...(workflowBundle && { workflowBundle: fileOf(workflowBundle) }),
  };
}

/** The workers' policy: from the file that `--policy` names, else from the file that the environment names, else the default policy. */
export function policyFrom(flag: string | undefined, env: Environment): Policy {
  const file = settingOf(['--policy', flag], variableOf('policy'), env);
  return file ? policyOf(file) : DEFAULT_POLICY;
}

/** `--known-hosts` and `GATEWAY_SAGA_KNOWN_HOSTS` are one option. */
function variableOf(name: string): string {
  return `GATEWAY_SAGA_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The variable's name, if it is switched on. */
function switchVariable(name: string, env: Environment): string | undefined {
  const variable = variableOf(name);
  const value = env[variable] ?? '';
  if (['', '0', 'false'].includes(value)) return undefined;
  if (['1', 'true'].includes(value)) return variable;
  throw new UsageError(`${variable}: expected 1 or 0, got ${quoted(value)}`);
}

function temporalOf(env: Environment): WorkerOptions['temporal'] {
  const { connection, namespace } = profileOf(env);
  return { connection, namespace: namespace ?? 'default' };
}

function connectToOf({ by, value }: Setting): ConnectTo {
  try {
    return parseConnectTo(value);
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(`${by}: ${error.message}`) : error;
  }
}

function policyOf(file: Setting): Policy {
  const { by, value: path } = file;
  const policy = jsonOf(file);
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy))
    throw new UsageError(`${by} ${path}: expected a JSON object`);
  // `$schema` is for editors only.
  const { $schema: _, ...fields } = policy as Record<string, unknown>;
  try {
    return checkPolicy(fields);
  } catch (error) {
    throw new UsageError(`${by} ${path}: ${messageOf(error)}`);
  }
}

/** Parses the policy file. The parser's own message is not shown: it quotes the file, which may be a private key given by mistake. */
function jsonOf(file: Setting): unknown {
  const text = textOf(file);
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file.by} ${file.value}: expected a JSON object, got what is no JSON`);
  }
}

/** The keys in the file. A file that everybody on the machine can read is refused, because whoever has the keys can read all histories. */
function codecKeysOf({ by, value: path }: Setting): ReturnType<typeof readCodecKeys> {
  const keys = readCodecKeys(path, by);
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o004) === 0) return keys;
  throw new UsageError(
    `${by}: expected a file that not everybody can read, as chmod 600 makes it, got ${path} with mode ${mode.toString(8)}`,
  );
}

/** One of these words. `undefined`: none was given. */
function wordOf<W extends string>(setting: Setting | undefined, words: readonly W[]): W | undefined {
  const word = words.find((known) => known === setting?.value);
  if (word !== undefined || setting === undefined) return word;
  throw new UsageError(`${setting.by}: expected ${words.join(', ')}, got ${quoted(setting.value)}`);
}

function socketOf(by: string, env: Environment): string {
  if (env.SSH_AUTH_SOCK) return env.SSH_AUTH_SOCK;
  throw new UsageError(`${by}: expected SSH_AUTH_SOCK to name the agent's socket, got nothing`);
}

function addressOf({ by, value }: Setting): string {
  const port = Number(/^(?:[^:\s]+|\[[^\]\s]+\]):([0-9]{1,5})$/.exec(value)?.[1] ?? Number.NaN);
  if (port >= 0 && port <= 65_535) return value;
  throw new UsageError(`${by}: expected host:port, got ${quoted(value)}`);
}
