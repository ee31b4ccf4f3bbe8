/**
 * BGP sessions of a router with the routers that it is paired with, and with simulated routers outside (RFC 4271 §8). Messages are not sent:
 * each router sees at once what its peers have configured. Invariants: a session is established once both ends have been willing, and have heard
 * each other, for the time that a session takes to come up. A session whose other end falls silent lasts until the hold time is over. A session
 * that either end closes is down at once.
 */

import type { BgpSettings } from './bgp-settings.ts';
import type { Cancel, Clock } from './clock.ts';

/** `Idle`: the router has no way to the peer. `Connect`: the peer does not answer. `Active`: the session is coming up. */
export type BgpState = 'Idle' | 'Connect' | 'Active' | 'Established';

export interface BgpSession extends BgpSettings {
  readonly state: BgpState;
  /** How often an established session was lost. */
  readonly flaps: number;
}

/** A simulated router of a customer, outside of the pair. It answers every neighbor that fits it. */
export interface OutsidePeer {
  /** The routing instance of the neighbor. Default: any. */
  readonly instance?: string;
  readonly address: string;
  readonly as: number;
  /** The key in plain. Absent: none. */
  readonly md5?: string;
}

/** What the other end of a session does. `willing`: it has a neighbor that fits, and answers. `silent`: it can't be heard. `closed`: it has no such neighbor. */
type Answer = 'willing' | 'silent' | 'closed';

/** BGP on one router. */
export interface Bgp {
  sessions(): readonly BgpSession[];
  /** Reads the configuration and the links again. */
  refresh(): void;
  /** Adds a router to speak with. The other router has to add this one, too. */
  pairWith(peer: Bgp): void;
  /** What this router answers to a neighbor of another router. */
  answer(other: BgpSettings): Answer;
  /** Looks again at all sessions. A peer calls this when it has changed. */
  review(): void;
  /** `true`: the outside router answers. `false`: it is silent. */
  setOutsidePeer(peer: OutsidePeer, present: boolean): void;
  /** `true`: the sessions of a routing instance are down at once, and the peers hear nothing. `false`: they come up again. */
  holdDown(instance: string, down: boolean): void;
  /** Removes all sessions and timers, as a restart does. */
  reset(): void;
}

/** From the moment when both ends are willing until the session is established. */
const ESTABLISH_MS = 2_000;

interface Session {
  settings: BgpSettings;
  state: BgpState;
  flaps: number;
  /** Cancels the step that is planned for later: the session is established, or is given up. */
  step: Cancel | undefined;
}

export interface BgpParts {
  readonly clock: Clock;
  /** The length of a minute of BGP's timers, in ms. */
  readonly minute: number;
  readonly peers: readonly OutsidePeer[];
  /** The neighbors that are configured now. */
  readonly neighbors: () => readonly BgpSettings[];
  /** Called for each state that a session enters, and with `gone` when its neighbor is removed. */
  readonly onTransition: (session: BgpSettings, state: BgpState | 'gone') => void;
}

export function createBgp({ clock, minute, peers, neighbors, onTransition }: BgpParts): Bgp {
  const sessions = new Map<string, Session>();
  const outside = new Map(peers.map((peer) => [nameOf(peer), { peer, present: true }]));
  const heldDown = new Set<string>();
  const others = new Set<Bgp>();

  const cancelStep = (session: Session): void => {
    session.step?.();
    session.step = undefined;
  };
  const enter = (session: Session, state: BgpState): void => {
    cancelStep(session);
    if (session.state === state) return;
    if (session.state === 'Established') session.flaps += 1;
    session.state = state;
    onTransition(session.settings, state);
  };
  const reach = ({ instance, interface: link }: BgpSettings): boolean =>
    link !== undefined && !heldDown.has(instance);
  const ofOutside = (own: BgpSettings): Answer => {
    const fits = [...outside.values()].filter(({ peer: { address, as, instance, md5 } }) => {
      const isThere = address === own.peer && (instance ?? own.instance) === own.instance;
      return isThere && String(as) === own.peerAs && md5 === own.key;
    });
    if (fits.some(({ present }) => present)) return 'willing';
    return fits.length > 0 ? 'silent' : 'closed';
  };
  const answerTo = (own: BgpSettings): Answer => {
    const answers = [...[...others].map((other) => other.answer(own)), ofOutside(own)];
    if (answers.includes('willing')) return 'willing';
    return answers.includes('silent') ? 'silent' : 'closed';
  };
  /** Enters the state after `ms` of BGP's timers, unless a step is planned already. */
  const after = (session: Session, ms: number, state: BgpState): void => {
    session.step ??= clock.after((ms * minute) / 60_000, () => {
      session.step = undefined;
      enter(session, state);
    });
  };
  const look = (session: Session): void => {
    const { settings, state } = session;
    if (!reach(settings)) return enter(session, 'Idle');
    const answer = answerTo(settings);
    if (state === 'Established') {
      if (answer === 'willing') return cancelStep(session);
      if (answer === 'closed') return enter(session, 'Connect');
      return after(session, settings.holdMs, 'Connect');
    }
    if (answer !== 'willing') return enter(session, 'Connect');
    if (state !== 'Active') enter(session, 'Active');
    after(session, ESTABLISH_MS, 'Established');
  };
  const lookAtAll = (): void => {
    for (const session of sessions.values()) look(session);
  };
  const changed = (): void => {
    lookAtAll();
    for (const other of others) other.review();
  };
  return {
    sessions: () =>
      [...sessions.values()].map(({ settings, state, flaps }) => ({ ...settings, state, flaps })),
    refresh() {
      const configured = new Map(neighbors().map((one) => [`${one.instance} ${one.peer}`, one]));
      for (const [key, session] of sessions) {
        const settings = configured.get(key);
        if (settings && isSameEnd(settings, session.settings)) {
          session.settings = settings;
          continue;
        }
        // A session begins anew if its own end has another address, AS number or key, or expects another AS number of the peer.
        cancelStep(session);
        sessions.delete(key);
        onTransition(session.settings, 'gone');
      }
      for (const [key, settings] of configured) {
        if (sessions.has(key)) continue;
        sessions.set(key, { settings, state: 'Idle', flaps: 0, step: undefined });
        onTransition(settings, 'Idle');
      }
      changed();
    },
    pairWith(other) {
      others.add(other);
      lookAtAll();
    },
    answer(other) {
      const own = [...sessions.values()].find(({ settings }) => fit(settings, other))?.settings;
      if (own === undefined) return 'closed';
      const hears = reach(own) && own.domain === other.domain;
      return hears ? 'willing' : 'silent';
    },
    review: lookAtAll,
    setOutsidePeer(peer, present) {
      outside.set(nameOf(peer), { peer, present });
      lookAtAll();
    },
    holdDown(instance, down) {
      if (down) heldDown.add(instance);
      else heldDown.delete(instance);
      changed();
    },
    reset() {
      for (const session of sessions.values()) cancelStep(session);
      sessions.clear();
      for (const other of others) other.review();
    },
  };
}

const nameOf = ({ instance, address, as, md5 }: OutsidePeer): string =>
  JSON.stringify([instance, address, as, md5]);

function isSameEnd(one: BgpSettings, other: BgpSettings): boolean {
  const endOf = ({ localAddress, localAs, peerAs, key }: BgpSettings) =>
    JSON.stringify([localAddress, localAs, peerAs, key]);
  return endOf(one) === endOf(other);
}

/** Whether two neighbors of different routers are the ends of one session. */
function fit(one: BgpSettings, other: BgpSettings): boolean {
  return (
    one.peer === other.localAddress &&
    one.localAddress === other.peer &&
    one.peerAs === other.localAs &&
    one.localAs === other.peerAs &&
    one.peerAs !== undefined &&
    one.localAs !== undefined &&
    one.key === other.key
  );
}
