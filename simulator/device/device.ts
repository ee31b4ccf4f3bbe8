/**
 * A Junos router without I/O. Whoever carries its sessions (the SSH server, a test) opens one per connection, hands
 * over each request as an element, and sends what comes back.
 */

import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { DeviceOptionsInput } from './options.ts';
import type { Permission } from './permission.ts';
import type { Reply } from './reply.ts';
import type { DeviceSnapshot } from './snapshot.ts';
import type { Inspection, TapeEntry } from './tape.ts';
import type { XmlElement } from './xml.ts';

export interface DeviceUser {
  readonly name: string;
  readonly permission: Permission;
}

export interface DeviceSettings {
  /** The router's host name in its replies. */
  readonly name: string;
  /** The configuration it starts with, as Junos text. Ignored when `state` is given. */
  readonly config: string;
  readonly clock: Clock;
  readonly users: readonly DeviceUser[];
  readonly options?: DeviceOptionsInput;
  /** What an earlier instance left: the device goes on from there as after a restart. */
  readonly state?: DeviceSnapshot;
  /** As for `Device.onEvent`, from the very beginning. */
  readonly onEvent?: (entry: TapeEntry) => void;
}

/** Why the device ended a session by itself. */
export type EndReason = 'killed' | 'restarted' | 'dropped';

export interface DeviceSession {
  /** The session id of the hello, which is the process id in lock messages. */
  readonly id: number;
  readonly user: string;
  /** Capability URIs for the hello. */
  readonly capabilities: readonly string[];
  /**
   * Carries out one operation (the child of `<rpc>`). Operations of a session are carried out one after the other, in
   * the order given. One that has begun runs to its end even when the session is closed meanwhile. Never rejects for
   * anything a client sent.
   */
  handle(operation: XmlElement): Promise<Reply>;
  /** The connection is gone: gives up the lock, discards what it left uncommitted under the lock. Idempotent. */
  close(): void;
  /** Called once when the device ends the session by itself: its connection has to be cut at once, without a reply. */
  onEnd(listener: (reason: EndReason) => void): void;
}

export interface OpenRequest {
  /** One of the device's users, already authenticated. */
  readonly user: string;
  /** What the user came by. Default `netconf`. */
  readonly client?: 'netconf' | 'cli' | 'junoscript';
}

export interface Device {
  readonly name: string;
  /** Throws a RangeError for a user that the device doesn't have. */
  open(request: OpenRequest): DeviceSession;
  readonly faults: Faults;
  /** All that survives a restart. */
  snapshot(): DeviceSnapshot;
  /** As after a restart with that state: all sessions end, a pending commit goes the way of `options.reboot`. */
  restore(state: DeviceSnapshot): void;
  /** Called after each change of what `snapshot()` returns. */
  onChange(listener: () => void): void;
  /** Called with everything that happens from now on, when it does. */
  onEvent(listener: (entry: TapeEntry) => void): void;
  /** A power cycle: `restore(snapshot())`. */
  restart(): void;
  /** Keeps the VRRP groups of a unit (`ae0.1025`) in init, or lets them go again. */
  holdVrrpDown(unit: string, down: boolean): void;
  /** Takes a physical or logical interface down, or up again. */
  setLink(name: string, up: boolean): void;
  /** The running configuration as Junos text. */
  running(): string;
  /** How it stands at this moment. */
  inspect(): Inspection;
  /** Stops all timers. Sessions end. */
  stop(): void;
}
