/** Opens the first session on a router, and judges each step on the way: the first four lines of the report. */
import { createHash } from 'node:crypto';
import { connectTo, type Endpoint } from '../../netconf/connect-to.ts';
import { HostKeyError, UnreachableError, type NetconfError } from '../../netconf/errors.ts';
import { CAPABILITIES } from '../../netconf/hello.ts';
import { KnownHostsFile, type HostKeyVerdict } from '../../netconf/known-hosts.ts';
import { openSession } from '../../netconf/open-session.ts';
import type { RouterTarget } from '../../netconf/pool.ts';
import { recordedTransport } from '../../netconf/recorded-transport.ts';
import type { Session } from '../../netconf/session.ts';
import { connectSsh } from '../../netconf/ssh-transport.ts';
import { ROUTER_DEADLINES } from '../../gateway/policies.ts';
import type { WorkerOptions } from '../../worker/options.ts';
import { failed, ok, reasonOf, type ReportLine, type CheckResult } from './check.ts';
import type { Transcript } from './transcript.ts';

export type RouterConnectOptions = Pick<WorkerOptions, 'knownHosts' | 'connectTo' | 'privateKey' | 'agent'>;

/** How far the opening of the session came. */
export interface Opening {
  readonly endpoint: Endpoint;
  readonly username: string;
  /** How long all of it took, in ms. */
  readonly ms: number;
  readonly key?: { readonly verdict: HostKeyVerdict['kind']; readonly shown: string };
  readonly isLoggedIn: boolean;
  readonly session?: Session;
  readonly greeting?: string | undefined;
  readonly error?: NetconfError;
}

/** Tries once to open a session. Errors that are about the router are in the result; only other errors are thrown. */
export async function open(
  target: RouterTarget,
  options: RouterConnectOptions,
  transcript: Transcript,
): Promise<Opening> {
  const endpoint = connectTo(options.connectTo ?? new Map(), target);
  const { username, password } = target;
  const known = await new KnownHostsFile(options.knownHosts).read();
  const startedAt = performance.now();
  let key: Opening['key'];
  let isLoggedIn = false;
  const soFar = () => ({
    endpoint,
    username,
    ms: Math.round(performance.now() - startedAt),
    ...(key && { key }),
    isLoggedIn,
  });
  try {
    const session = await openSession(
      {
        peer: { id: target.id, name: target.name, ...endpoint },
        credentials: { username, password, privateKey: options.privateKey, agent: options.agent },
        knownHosts: {
          ...known,
          verify: (at, bytes) => {
            const verdict = known.verify(at, bytes);
            key = { verdict: verdict.kind, shown: fingerprintOf(bytes) };
            return verdict;
          },
        },
        connectMs: ROUTER_DEADLINES.connectMs,
        keepalive: { intervalMs: 15_000, count: 3 },
      },
      { deadlineMs: ROUTER_DEADLINES.requestMs, requiredCapabilities: [CAPABILITIES.junos] },
      async (ssh) => {
        const transport = await connectSsh(ssh);
        isLoggedIn = true;
        return recordedTransport(transport, transcript.session().pass);
      },
    );
    return { ...soFar(), session, greeting: transcript.greeting };
  } catch (error) {
    if (!(error instanceof Error && 'peer' in error)) throw error;
    return { ...soFar(), error: error as NetconfError };
  }
}

/** `ssh-ed25519 SHA256:…`, as `ssh-keygen -l` prints it. */
function fingerprintOf(key: Buffer): string {
  const type = key.toString('latin1', 4, 4 + key.readUInt32BE(0));
  return `${type} SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The steps in their order. A step that was not reached has no line. */
const STEPS: readonly {
  readonly name: string;
  readonly isDone: (opening: Opening) => boolean;
  readonly done: (opening: Opening) => CheckResult;
  readonly undone: (error: NetconfError) => CheckResult;
}[] = [
  {
    name: 'reachable',
    isDone: ({ key, error }) => key !== undefined || !isUnreachable(error),
    done: ({ endpoint, ms }) => ok(`${endpoint.host}, port ${endpoint.port}, ${ms} ms until its hello`),
    undone: (error) =>
      failed(
        reasonOf(error),
        'look at its address, at the way to it, and at "system services netconf ssh"; --connect-to reaches it elsewhere',
      ),
  },
  {
    name: 'host key',
    isDone: ({ key }) => key?.verdict === 'known',
    done: ({ key }) => ok(key?.shown ?? ''),
    undone: (error) =>
      error instanceof HostKeyError
        ? failed(
            `${error.verdict.keyType} ${error.verdict.fingerprint} is ${error.verdict.kind}`,
            error.verdict.hint,
          )
        : failed(reasonOf(error), 'look at the algorithms of its SSH server'),
  },
  {
    name: 'login',
    isDone: ({ isLoggedIn }) => isLoggedIn,
    done: ({ username }) => ok(username),
    undone: (error) => failed(reasonOf(error), 'look at that, and at the user on the router'),
  },
  {
    name: 'hello',
    isDone: ({ session }) => session !== undefined,
    done: ({ session, greeting }) =>
      ok(
        `session ${session?.sessionId}, ${session?.capabilities.size} capabilities, ${greeting ?? 'no comment names the class'}`,
      ),
    undone: (error) =>
      failed(reasonOf(error), 'only Junos is spoken; on the router: "system services netconf ssh"'),
  },
];

export const OPENING_NAMES = STEPS.map(({ name }) => name);

export function openingLines(opening: Opening): ReportLine[] {
  const lines: ReportLine[] = [];
  for (const { name, isDone, done, undone } of STEPS) {
    const isGood = isDone(opening);
    lines.push({ name, ...(isGood || opening.error === undefined ? done(opening) : undone(opening.error)) });
    if (!isGood) break;
  }
  return lines;
}

function isUnreachable(error: NetconfError | undefined): boolean {
  return error instanceof UnreachableError && error.stage === 'connect';
}
