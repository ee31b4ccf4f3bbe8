/**
 * A running router as its sessions and operations see it: the types of the parts that refer to each other. The file has
 * types only, so that no two parts import each other.
 */

import type { Bgp } from './bgp.ts';
import type { Candidate, Lock } from './candidate.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { ConfigEdit, Loaded } from './config/load-text.ts';
import type { DeviceSession, DeviceUser, EndReason } from './device.ts';
import type { Engines } from './engines.ts';
import type { Faults, Step } from './faults.ts';
import type { Commit, History, Pending } from './history.ts';
import type { DeviceOptions } from './options.ts';
import type { Author, TapeEvent } from './tape.ts';
import type { Vrrp } from './vrrp.ts';
import type { XmlElement } from './xml.ts';

export interface RouterModel {
  readonly name: string;
  readonly clock: Clock;
  readonly options: DeviceOptions;
  readonly users: readonly DeviceUser[];
  readonly faults: Faults;
  readonly lock: Lock;
  readonly candidate: Candidate;
  readonly history: History;
  readonly pending: Pending;
  readonly engines: Engines;
  readonly vrrp: Vrrp;
  readonly bgp: Bgp;
  readonly sessions: Map<number, LiveSession>;
  /** Names of interfaces, physical or logical, whose link was taken down. */
  readonly linksDown: Set<string>;
  /** Grows with each restart and stop. Work that began in an earlier generation must not go on. */
  generation: number;
  /** The running configuration. */
  running(): Config;
  /** To be called when the running configuration or a link has changed: VRRP and BGP read both again. */
  refreshProtocols(): void;
  /** The running configuration with all inherited statements in their places, without inactive ones. */
  effective(): Config;
  /** Runs the work of one call at a time, in the order of the calls: locks, checks, commits and fall-backs must not overlap. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Makes a configuration the running one and adds the commit to the history. `event` is emitted for it. */
  activate(commit: Omit<Commit, 'sequence' | 'at'>, event: () => TapeEvent): Commit;
  /** To be called after each change of the state that survives a restart. */
  stateChanged(): void;
  /** Passes an event on to the listeners. `event` is called only if there are listeners. */
  emit(event: () => TapeEvent): void;
  /** The author of the pending confirmed commit; `null` when none is pending. */
  pendingAuthor(): Author | null;
}

export interface LiveSession extends DeviceSession {
  readonly client: string;
  readonly permission: DeviceUser['permission'];
  /** The candidate that all sessions share. */
  readonly shared: Workspace;
  /** What this session edits: `shared`, or a private copy. */
  workspace: Workspace;
  /** Ends the session on the router's own decision. */
  end(reason: EndReason): void;
}

/** The configuration that a session edits: the candidate that all share, or a private copy. */
export interface Workspace {
  readonly kind: 'shared' | 'private';
  readonly config: Config;
  readonly isEdited: boolean;
  edit(edit: ConfigEdit): Loaded;
  /** Discards all edits. */
  discard(): void;
  /** The configuration that a commit would make the running one. */
  toCommit(): Config;
  /** To be called when `config`, which came from `toCommit`, has become the running configuration. */
  committed(config: Config): void;
}

/** One operation while the router carries it out. */
export interface Call {
  readonly router: RouterModel;
  readonly session: LiveSession;
  readonly operation: XmlElement;
  /** The router's generation when the operation began. */
  readonly generation: number;
  /** How the reply is sent once the operation has ended: as it is, only its first part, or as the router's last output. See `FaultOutcome`. */
  ending: 'reply' | 'truncate' | 'half-close';
  /** Gives what is sent in place of the reply's body. */
  rewrite: (body: string) => string;
  /** Carries out a step, with the faults that are due before and after it. */
  step<T>(step: Step, work: () => Promise<T> | T): Promise<T>;
}

/** Carries out an operation. Returns the content of `<rpc-reply>`. Throws a RefusedError if the reply is errors, and a NoReplyError if there is none. */
export type Operation = (call: Call) => Promise<string> | string;
