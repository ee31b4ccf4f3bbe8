import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readCodecKeys } from '../client/codec/keys.ts';
import { payloadCodec } from '../client/codec/payload-codec.ts';
import { messageOf } from '../client/errors.ts';
import { profileOf } from '../client/profile.ts';
import { checkPolicy } from '../gateway/check-policy.ts';
import { DEFAULT_POLICY, type Policy } from '../gateway/policies.ts';
import { parseConnectTo, type ConnectTo } from '../netconf/connect-to.ts';
import type { WorkerOptions } from '../worker/options.ts';
import { etcdOptions } from './etcd-options.ts';
import { fileOf, folderOf, settingOf, textOf, type Setting } from './setting.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

/** Options of whatever looks at routers as a worker does. */
export const ROUTER_OPTIONS = {
  'known-hosts': { type: 'string' },
  'connect-to': { type: 'string', multiple: true },
  'private-key': { type: 'string' },
  agent: { type: 'boolean' },
  policy: { type: 'string' },
  templates: { type: 'string' },
} as const;

const OPTIONS = {
  ...ROUTER_OPTIONS,
  watch: { type: 'boolean' },
  metrics: { type: 'string' },
  'codec-keys': { type: 'string' },
  'workflow-bundle': { type: 'string' },
} as const;

type Env = Readonly<Record<string, string | undefined>>;

/** A worker's options, from flags, else from the environment. Throws an error that names the flag or the variable. */
export function workerOptions(argv: readonly string[], env: Env): WorkerOptions {
  const { values } = parseUsage(argv, OPTIONS, []);
  const of = (name: Exclude<keyof typeof OPTIONS, 'agent' | 'connect-to' | 'watch'>): Setting | undefined =>
    settingOf([`--${name}`, values[name]], variableOf(name), env);
  const connectTo = settingOf(
    ['--connect-to', values['connect-to']?.join(',')],
    variableOf('connect-to'),
    env,
  );
  const [knownHosts, privateKey, templates, metrics, codecKeys, workflowBundle] = [
    of('known-hosts'),
    of('private-key'),
    of('templates'),
    of('metrics'),
    of('codec-keys'),
    of('workflow-bundle'),
  ];
  const agent = values.agent ? '--agent' : switchVariable('agent', env);
  const watch = values.watch === true || switchVariable('watch', env) !== undefined;
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
    ...(watch && { watch }),
    ...(metrics && { metrics: addressOf(metrics) }),
    ...(workflowBundle && { workflowBundle: fileOf(workflowBundle) }),
  };
}

/** The workers' policy: of the file that `--policy` names, else of the environment's; else the default. */
export function policyFrom(flag: string | undefined, env: Env): Policy {
  const file = settingOf(['--policy', flag], variableOf('policy'), env);
  return file ? policyOf(file) : DEFAULT_POLICY;
}

/** `--known-hosts` and `GATEWAY_SAGA_KNOWN_HOSTS` are one option. */
function variableOf(name: string): string {
  return `GATEWAY_SAGA_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The variable's name, if it is switched on. */
function switchVariable(name: string, env: Env): string | undefined {
  const variable = variableOf(name);
  return ['1', 'true'].includes(env[variable] ?? '') ? variable : undefined;
}

function temporalOf(env: Env): WorkerOptions['temporal'] {
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
  try {
    return checkPolicy(policy as Record<string, unknown>);
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

/** The keys in a file that not everybody on the machine can read: who has them reads all histories. */
function codecKeysOf({ by, value: path }: Setting): ReturnType<typeof readCodecKeys> {
  const keys = readCodecKeys(path, by);
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o004) === 0) return keys;
  throw new UsageError(
    `${by}: expected a file that not everybody can read, as chmod 600 makes it, got ${path} with mode ${mode.toString(8)}`,
  );
}

function socketOf(by: string, env: Env): string {
  if (env.SSH_AUTH_SOCK) return env.SSH_AUTH_SOCK;
  throw new UsageError(`${by}: expected SSH_AUTH_SOCK to name the agent's socket, got nothing`);
}

function addressOf({ by, value }: Setting): string {
  const port = Number(/^(?:[^:\s]+|\[[^\]\s]+\]):([0-9]{1,5})$/.exec(value)?.[1] ?? Number.NaN);
  if (port >= 0 && port <= 65_535) return value;
  throw new UsageError(`${by}: expected host:port, got ${quoted(value)}`);
}
