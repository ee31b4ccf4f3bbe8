import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { keysOf, readCodecKeys } from '../client/codec/keys.ts';
import { payloadCodec } from '../client/codec/payload-codec.ts';
import { profileOf } from '../client/profile.ts';
import { checkPolicy, DEFAULT_POLICY, type Policy } from '../gateway/policies.ts';
import { parseConnectTo, type ConnectTo } from '../netconf/connect-to.ts';
import type { WorkerOptions } from '../worker/options.ts';
import { etcdOptions } from './etcd-options.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

const OPTIONS = {
  'known-hosts': { type: 'string' },
  'connect-to': { type: 'string', multiple: true },
  'private-key': { type: 'string' },
  agent: { type: 'boolean' },
  policy: { type: 'string' },
  templates: { type: 'string' },
  metrics: { type: 'string' },
  'codec-keys': { type: 'string' },
  'workflow-bundle': { type: 'string' },
} as const;

type Env = Readonly<Record<string, string | undefined>>;

/** A worker's options, from flags, else from the environment. Throws a `UsageError` that names the flag or the variable. */
export function workerOptions(argv: readonly string[], env: Env): WorkerOptions {
  const { values } = parseUsage(argv, OPTIONS, []);
  const connectTo = connectToOf(values['connect-to'], env.GATEWAY_SAGA_CONNECT_TO);
  const keyFile = values['private-key'] ?? env.GATEWAY_SAGA_PRIVATE_KEY;
  const wantsAgent = values.agent ?? ['1', 'true'].includes(env.GATEWAY_SAGA_AGENT ?? '');
  const policyFile = values.policy ?? env.GATEWAY_SAGA_POLICY;
  const templates = values.templates ?? env.GATEWAY_SAGA_TEMPLATES;
  const metrics = values.metrics ?? env.GATEWAY_SAGA_METRICS;
  const workflowBundle = values['workflow-bundle'] ?? env.GATEWAY_SAGA_WORKFLOW_BUNDLE;
  return {
    temporal: temporalOf(env),
    codec: payloadCodec(values['codec-keys'] ? readCodecKeys(values['codec-keys']) : keysOf(env)),
    etcd: etcdOptions(env),
    knownHosts:
      values['known-hosts'] || env.GATEWAY_SAGA_KNOWN_HOSTS || join(homedir(), '.ssh', 'known_hosts'),
    policy: policyFile ? policyOf(policyFile) : DEFAULT_POLICY,
    ...(connectTo && { connectTo }),
    ...(keyFile && { privateKey: content('--private-key', keyFile) }),
    ...(wantsAgent && { agent: agentOf(env) }),
    ...(templates && { templates }),
    ...(metrics && { metrics: metricsOf(metrics) }),
    ...(workflowBundle && { workflowBundle }),
  };
}

function temporalOf(env: Env): WorkerOptions['temporal'] {
  const { connection, namespace } = profileOf(env);
  return { connection, namespace: namespace ?? 'default' };
}

function connectToOf(
  flags: readonly string[] | undefined,
  variable: string | undefined,
): ConnectTo | undefined {
  const text = flags?.join(',') ?? variable;
  if (!text) return undefined;
  try {
    return parseConnectTo(text);
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(`--connect-to: ${error.message}`) : error;
  }
}

function policyOf(path: string): Policy {
  const given = jsonOf(path, content('--policy', path));
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new UsageError(`--policy ${path}: expected a JSON object`);
  try {
    return checkPolicy(given as Record<string, unknown>);
  } catch (error) {
    throw new UsageError(`--policy ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Parses the policy file. The parser's own message is not shown: it quotes the file, which may be a private key given by mistake. */
function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--policy ${path}: expected a JSON object, got what is no JSON`);
  }
}

function agentOf(env: Env): string {
  if (env.SSH_AUTH_SOCK) return env.SSH_AUTH_SOCK;
  throw new UsageError("--agent: expected SSH_AUTH_SOCK to name the agent's socket, got nothing");
}

function metricsOf(address: string): string {
  const port = Number(/^(?:[^:\s]+|\[[^\]\s]+\]):([0-9]{1,5})$/.exec(address)?.[1] ?? Number.NaN);
  if (port >= 0 && port <= 65_535) return address;
  throw new UsageError(`--metrics: expected host:port, got ${quoted(address)}`);
}

/** Reads a file. No message quotes the content, which may be a key. */
function content(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`${option}: expected a readable file, got ${path}`, { cause });
  }
}
