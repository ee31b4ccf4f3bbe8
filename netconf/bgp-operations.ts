/** The state of BGP. Described in Juniper's "Junos XML API Operational Developer Reference". */
import { shownAddress } from './ipv6.ts';
import { assertNoErrors, isNotFound, saysNothingRuns, unexpectedReply, type Operation } from './operation.ts';
import { child, descendants, firstOf, textAt, xml, type XmlElement } from './xml.ts';

/** A session as a router shows it. */
export interface BgpSession {
  /** The routing instance. `undefined`: the router does not say. */
  readonly instance?: string;
  /** The peer's address. */
  readonly peer: string;
  /** `Idle`, `Connect`, `Active`, `OpenSent`, `OpenConfirm`, `Established`. */
  readonly state: string;
}

/** Which session is meant. */
export interface BgpPeer {
  readonly instance: string;
  readonly peer: string;
}

type Sessions = Operation<readonly BgpSession[]>;

/**
 * `<get-bgp-neighbor-information>`: the sessions with one peer, in the instance of that name and in all instances whose names begin with it. `sessionWith`
 * finds the session that is meant.
 */
export function bgpSession({ instance, peer }: BgpPeer): Sessions {
  return sessions([xml('instance', instance), xml('neighbor-address', peer)]);
}

/** `<get-bgp-neighbor-information>`: all sessions of the router. */
export function allBgpSessions(): Sessions {
  return sessions([]);
}

/** The session that is meant. Where the router names no instance, the only one with that peer. */
export function sessionWith(
  found: readonly BgpSession[],
  { instance, peer }: BgpPeer,
): BgpSession | undefined {
  const address = shownAddress(peer);
  const those = found.filter((one) => one.peer === address);
  const named = those.find((one) => one.instance === instance);
  const [only, ...more] = those;
  return named ?? (more.length === 0 && only?.instance === undefined ? only : undefined);
}

function sessions(content: readonly XmlElement[]): Sessions {
  const name = 'get-bgp-neighbor-information';
  return {
    name,
    request: xml(name, content),
    read(reply) {
      if (isNotFound(reply, 'bgp-information')) return [];
      assertNoErrors(name, reply, 'bgp-information');
      // A router with several routing engines may answer for each of them: the first one counts.
      const information = firstOf(reply.body, 'bgp-information');
      if (information !== undefined) return descendants(information, 'bgp-peer').map(sessionOf);
      // Where no neighbor is configured, the reply is "BGP is not running", as output or as a warning, or it is empty.
      const isEmpty = reply.body.children.every((inside) => inside.name === 'ok');
      if (isEmpty || saysNothingRuns(reply)) return [];
      throw unexpectedReply(name, reply, '<bgp-information>');
    },
  };
}

/** Behind an address stands the port, once the peers have spoken: `192.0.2.1+179`. */
function sessionOf(element: XmlElement): BgpSession {
  const instance = textAt(element, 'peer-cfg-rti') ?? instanceOfTable(element);
  return {
    ...(instance !== undefined && { instance }),
    peer: (textAt(element, 'peer-address') ?? '').replace(/\+\d+$/, ''),
    state: textAt(element, 'peer-state') ?? '',
  };
}

/** Older releases name the instance only by the table of an established session: `blue.inet.0`. */
function instanceOfTable(element: XmlElement): string | undefined {
  const table = child(element, 'bgp-rib');
  return /^(.+)\.inet6?\.0$/.exec((table && textAt(table, 'name')) ?? '')?.[1];
}
