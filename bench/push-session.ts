/** A session of the real NETCONF client with one simulated router. Its writes are recorded. */
import type { RouterConfiguration } from '../gateway/kind.ts';
import { DEFAULT_POLICY, ROUTER_DEADLINES } from '../gateway/policies.ts';
import { commitHistoryReader } from '../activities/router/commit-history.ts';
import { permanentLogLine, trialLogLine } from '../activities/router/log-line.ts';
import type { RouterMemory } from '../activities/router/commit-history.ts';
import { noSecrets } from '../activities/router/secrets.ts';
import { LockedRouter } from '../activities/router/locked-router.ts';
import type { RouterSession } from '../activities/router/router-sessions.ts';
import { commit } from '../netconf/operations.ts';
import { parseKnownHosts } from '../netconf/known-hosts.ts';
import type { Transport } from '../netconf/message-stream.ts';
import { Session } from '../netconf/session.ts';
import { connectSsh } from '../netconf/ssh-transport.ts';
import type { Fleet } from './fleet.ts';

const RESERVATION = 'measured.1';
const GATEWAY = { resourceType: 'measured', resourceId: '00000000-0000-4000-8000-000000000000', version: 1 };
const MEMORY: RouterMemory = { marks: new Set(), plainOnly: new Set(), undated: new Map() };

export interface Login {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** A transport that records its writes. `writes` has one entry for each write, and so for each round trip. */
interface RecordedTransport extends Transport {
  readonly writes: readonly Uint8Array[];
  forget(): void;
}

export interface PushSession {
  readonly session: Session;
  readonly transport: RecordedTransport;
}

/** Address and login of the fleet's `index`th router, in the order of the pairs: primary, then secondary. */
export function loginOf(fleet: Fleet, index: number): Login {
  const router = fleet.pairs.flatMap(({ primary, secondary }) => [primary, secondary])[index];
  const reached = fleet.routers[index];
  if (router === undefined || reached === undefined)
    throw new RangeError(`expected a router ${index}, got none`);
  const { username, password } = router;
  return { ...reached, username, password };
}

export async function openPushSession(fleet: Fleet, index: number): Promise<PushSession> {
  const { id, host, port, username, password } = loginOf(fleet, index);
  const peer = { id, host, port };
  const transport = recorded(
    await connectSsh({
      peer,
      credentials: { username, password },
      knownHosts: parseKnownHosts(fleet.knownHosts, 'the known hosts of the simulated routers'),
      connectMs: ROUTER_DEADLINES.connectMs,
      keepalive: { intervalMs: 15_000, count: 3 },
    }),
  );
  return {
    session: await Session.open(transport, { peer, deadlineMs: ROUTER_DEADLINES.requestMs }),
    transport,
  };
}

/** Does on one router what a pair does to apply a gateway: look, lock and look again, load and check, commit on trial and unlock. */
export async function pushOn(at: PushSession, configuration: RouterConfiguration): Promise<void> {
  const change = { gateway: GATEWAY, change: { before: null, after: configuration } };
  const router = await LockedRouter.lock(routerSessionOf(at), [change]);
  try {
    const result = await router.load([change], 'checked on every engine');
    if (result.kind !== 'accepted') throw new Error(`expected a load that is accepted, got ${result.kind}`);
    const minutes = DEFAULT_POLICY.confirmMinutes;
    const log = trialLogLine(RESERVATION, Date.now() + minutes * DEFAULT_POLICY.minuteMs, [GATEWAY]);
    await router.commitAndUnlock(commit({ log, confirmed: { minutes } }));
  } finally {
    await router.unlock();
  }
}

/** Removes the gateway from the router again, and leaves no commit pending. */
export async function removeFrom(at: PushSession, configuration: RouterConfiguration): Promise<void> {
  const change = { gateway: GATEWAY, change: { before: configuration, after: null } };
  const router = await LockedRouter.lock(routerSessionOf(at), [change]);
  try {
    const result = await router.load([change], 'unchecked');
    if (result.kind !== 'accepted') throw new Error(`expected something to revert, got ${result.kind}`);
    await router.act(commit({ log: permanentLogLine(RESERVATION, 'reverted', [GATEWAY]) }));
  } finally {
    await router.unlock();
  }
}

function routerSessionOf({ session: netconf }: PushSession): RouterSession {
  const record = { reservation: null, maintenance: null, owedChanges: [] };
  const reader = commitHistoryReader(RESERVATION, record, DEFAULT_POLICY, MEMORY);
  return {
    id: netconf.peer.id,
    name: 'router',
    username: '',
    netconf,
    record,
    reader,
    revealersOf: noSecrets,
  };
}

function recorded(transport: Transport): RecordedTransport {
  const writes: Uint8Array[] = [];
  return {
    writes,
    forget: () => void writes.splice(0),
    start: (handlers) => transport.start(handlers),
    write(bytes) {
      writes.push(bytes);
      transport.write(bytes);
    },
    close: () => transport.close(),
  };
}
