/** What of a device survives a restart, as plain JSON. */

export interface SnapshotEntry {
  readonly config: string;
  readonly user: string;
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly log?: string;
  readonly comment?: string;
  readonly sequence: number;
}

export interface SnapshotPending {
  /** The sequence number of the commit that waits for its confirmation. */
  readonly sequence: number;
  /** When it falls back, in ms since the epoch. */
  readonly deadline: number;
  /** The configuration to fall back to. */
  readonly fallback: string;
}

export interface DeviceSnapshot {
  readonly version: 1;
  /** Newest first; the first one's `config` is the running configuration. */
  readonly history: readonly SnapshotEntry[];
  readonly pending?: SnapshotPending;
  readonly lastSession: number;
}
