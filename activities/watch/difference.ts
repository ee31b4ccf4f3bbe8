/** What is to be done for a resource, by its configuration and its `/state` alone. Events only say where to look. */

/** A configuration, as far as the watch needs it. */
export interface Configured {
  /** `undefined`: it can't be read. */
  readonly version: number | undefined;
  /** Why it can't be read. */
  readonly reason?: string;
  /** etcd's `mod_revision`. */
  readonly modRevision: string;
}

/** The version that has ended. `null`: `/state` has none that can be read. */
export interface PublishedVersion {
  readonly version: number | null;
  /** It says `READ_COMPLETE` of a gateway: there was no kind for its type then. So this version is still to be made. */
  readonly isRead?: boolean;
}

export type ConfigDifference =
  /** There is no configuration, or `/state` has the outcome of its version or of a newer one: made, failed or removed. */
  | 'none'
  | 'differs'
  /** There is a configuration whose version can't be read. */
  | 'unreadable';

export function configDifferenceOf(
  config: Configured | undefined,
  state: PublishedVersion | undefined,
): ConfigDifference {
  if (config === undefined) return 'none';
  if (config.version === undefined) return 'unreadable';
  const ended = state?.version ?? null;
  if (ended === config.version && state?.isRead === true) return 'differs';
  return ended !== null && ended >= config.version ? 'none' : 'differs';
}
