/** A session of the real client on one simulated router, with its writes counted. */
import type { RouterConfiguration } from '../gateway/kind.ts';
import { ROUTER_DEADLINES } from '../gateway/policies.ts';
import { Candidate } from '../activities/candidate.ts';
import { parseKnownHosts } from '../netconf/known-hosts.ts';
import { Session } from '../netconf/session.ts';
import { connectSsh } from '../netconf/ssh-transport.ts';
import { recorded } from './recorded.ts';
import type { RecordedTransport } from './recorded.ts';
import type { Fleet } from './fleet.ts';

export interface Login {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export interface PushSession {
  readonly session: Session;
  readonly transport: RecordedTransport;
}

/** How the fleet's `index`th router is reached: of each pair the primary, then the secondary. */
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

/** What the push does on one router: lock and look, load and judge, commit, unlock. Gives how long the commit took, in milliseconds. */
export async function pushOn({ session }: PushSession, configuration: RouterConfiguration): Promise<number> {
  const { candidate } = await Candidate.take(session, 'router', configuration);
  try {
    await candidate.loadCreate();
    const started = performance.now();
    await candidate.commit('a push that is measured');
    return performance.now() - started;
  } finally {
    await candidate.release();
  }
}

/** Makes the router what it was before. */
export async function removeFrom(
  { session }: PushSession,
  configuration: RouterConfiguration,
): Promise<void> {
  const { candidate } = await Candidate.take(session, 'router', configuration);
  try {
    await candidate.loadRemove();
    await candidate.commit('its removal');
  } finally {
    await candidate.release();
  }
}
