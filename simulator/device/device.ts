/**
 * A Junos router without I/O. The carrier of its sessions (the SSH server, or a test) opens a session for each
 * connection, passes each request on as an element, and sends the reply back.
 *
 * The code in this folder: `config/` has the configuration as a value, with its grammar, its forms, edits and checks.
 * `operations/` has the operations of NETCONF and Junos. The files beside this one are the parts of a router, whose types
 * meet in `model.ts`; `create.ts` puts them together.
 */

import type { OutsidePeer } from './bgp.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Permission } from './login-class.ts';
import type { DeviceOptionsInput } from './options.ts';
import type { Inspection, TapeEntry } from './tape.ts';
import type { XmlElement } from './xml.ts';

export interface DeviceUser {
  readonly name: string;
  readonly permission: Permission;
}

export interface DeviceSettings {
  /** The router's host name in its replies. */
  readonly name: string;
  /** The configuration that the router starts with, as Junos text. Ignored when `state` is given. */
  readonly config: string;
  readonly clock: Clock;
  readonly users: readonly DeviceUser[];
  readonly options?: DeviceOptionsInput;
  /** A snapshot of an earlier device: this one goes on from it as after a restart. */
  readonly state?: DeviceSnapshot;
  /** A listener as for `Device.onEvent`. It also gets the events that happen while the device is made. */
  readonly onEvent?: (entry: TapeEntry) => void;
}

export interface Device {
  readonly name: string;
  /** Throws a RangeError for a user that the device does not have. */
  open(request: OpenRequest): DeviceSession;
  readonly faults: Faults;
  /** The state that survives a restart. */
  snapshot(): DeviceSnapshot;
  /** Restarts the router with that state: all sessions end, and `options.reboot` decides what becomes of a pending commit. */
  restore(state: DeviceSnapshot): void;
  /** `listener` is called after each change of `snapshot()`. */
  onChange(listener: () => void): void;
  /** `listener` is called with each later event, at the moment of the event. */
  onEvent(listener: (entry: TapeEntry) => void): void;
  /** A power cycle: `restore(snapshot())`. */
  restart(): void;
  /**
   * The backup routing engine becomes the master, and the router restarts with the commits of that engine. Throws a RangeError if the router
   * has only one routing engine.
   */
  switchover(): void;
  /**
   * `true`: the backup routing engine is away, and a commit that should be synchronized with it reaches the master only. `false`: the backup is
   * there again, with the commits that it had.
   */
  setBackupAway(away: boolean): void;
  /** `true`: the VRRP groups of a unit (`ae0.1025`) stay in the state init. `false`: they run again. */
  holdVrrpDown(unit: string, down: boolean): void;
  /** `true`: the VRRP groups of a unit and those of other routers don't hear each other, so both become master. `false`: they hear each other again. */
  isolateVrrp(unit: string, isolated: boolean): void;
  /** `true`: the BGP sessions of a routing instance are down at once, and the peers hear nothing. `false`: they come up again. */
  holdBgpDown(instance: string, down: boolean): void;
  /** `true`: the outside router `peer` answers; it may be one of `options.peers`, or a new one. `false`: that router is silent. */
  setOutsidePeer(peer: OutsidePeer, present: boolean): void;
  /** Takes a physical or logical interface down, or up again. */
  setLink(name: string, up: boolean): void;
  /** The running configuration as Junos text. */
  running(): string;
  /** The router's state at this moment. */
  inspect(): Inspection;
  /** Stops all timers and ends all sessions. */
  stop(): void;
}

export interface OpenRequest {
  /** One of the device's users, authenticated by the carrier. */
  readonly user: string;
  /** How the user is connected. Default `netconf`. */
  readonly client?: 'netconf' | 'cli' | 'junoscript';
}

export interface DeviceSession {
  /** The session id of the hello. Lock messages show it as the process id. */
  readonly id: number;
  readonly user: string;
  /**
   * The name of the user's login class, for the hello, if it is one of Junos's own classes: `j-super-user`. `undefined`: the class stands in the
   * configuration.
   */
  readonly loginClass: string | undefined;
  /** Capability URIs for the hello. */
  readonly capabilities: readonly string[];
  /**
   * Carries out one operation (the child of `<rpc>`). The operations of a session are carried out one after the other, in
   * the order of the calls. An operation that has begun runs to its end even when the session is closed meanwhile. Never
   * rejects because of a client's request.
   */
  handle(operation: XmlElement): Promise<Reply>;
  /**
   * To be called when the connection has ended. The session's lock is released and the edits made under it are discarded.
   * A second call has no effect.
   */
  close(): void;
  /**
   * `listener` is called once if the device ends the session. The carrier then ends the session's channel or connection at once, without a
   * reply.
   */
  onEnd(listener: (reason: EndReason) => void): void;
}

/** Why the device ended a session by itself. */
export type EndReason = 'killed' | 'restarted' | 'dropped';

/** The answer to an operation, and what the carrier has to do with the connection. `body` is the XML inside `<rpc-reply>`. */
export type Reply =
  | {
      readonly kind: 'reply';
      readonly body: string;
      /** The session ends after this reply (close-session). */
      readonly last: boolean;
    }
  /** No reply is sent, and the connection is cut. */
  | { readonly kind: 'drop' }
  /** No reply is ever sent, and the connection stays. */
  | { readonly kind: 'never' }
  /** The first part of the reply is sent, then the connection is cut. */
  | { readonly kind: 'truncate'; readonly body: string }
  /** The reply is sent, then the router ends its output. Further requests are still read. */
  | { readonly kind: 'half-close'; readonly body: string };

/** The state of a device that survives a restart, as plain JSON. */
export interface DeviceSnapshot {
  readonly version: 1;
  /** Newest first. The first entry's `config` is the running configuration. */
  readonly history: readonly SnapshotEntry[];
  readonly pending?: SnapshotPending;
  /** The highest session id given so far. */
  readonly lastSession: number;
}

/** A commit (`history.ts`), with its configuration as text. */
export interface SnapshotEntry {
  readonly config: string;
  readonly user: string;
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly log?: string;
  readonly comment?: string;
  readonly isSynchronized?: true;
  readonly sequence: number;
}

export interface SnapshotPending {
  /** The sequence number of the pending commit. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** The configuration that the router falls back to. */
  readonly fallback: string;
  /** The commit falls back when its session ends. A restart ends all sessions, so the commit falls back then, unless `options.reboot` is `forget`. */
  readonly endsWithSession?: true;
}
