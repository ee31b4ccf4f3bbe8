/**
 * The `type` of every failure that leaves an activity or the workflow: the words by which programs tell one from another.
 * Which of them are retried is decided in one place, `activities/classify.ts`.
 */
export const FAILURES = {
  /** The request itself is wrong: workflow id, resource type, version. Nothing was written. */
  InvalidRequest: 'InvalidRequest',
  /** No configuration under that key, or one whose version can't be read. Nothing was written. */
  NotFound: 'NotFound',
  /** The configuration exists but is bad. `/state` says why. */
  InvalidGateway: 'InvalidGateway',
  /** A newer version of a gateway that stands already. Nothing was touched. */
  NotSupported: 'NotSupported',
  /** This version had ended as failed before. Nothing was touched. */
  AlreadySettled: 'AlreadySettled',
  /** Another gateway claims, or somebody else configured, what this one wants to own. */
  Conflict: 'Conflict',
  /** The configuration's version moved on, or it vanished, while the saga ran. */
  Superseded: 'Superseded',
  /** The router's own load, check or commit refused the configuration. */
  RouterRefused: 'RouterRefused',
  /** The candidate's diff touched something that this gateway doesn't own. */
  OutsideOwnership: 'OutsideOwnership',
  /** The router's host key is unknown, changed or revoked. */
  HostKeyRejected: 'HostKeyRejected',
  /** The router refused the credentials. */
  AuthenticationFailed: 'AuthenticationFailed',
  /** The router can't be reached, or stopped answering. */
  RouterUnreachable: 'RouterUnreachable',
  /** Somebody else holds the router's candidate. */
  RouterBusy: 'RouterBusy',
  /** VRRP, interfaces or counters were not as promised within the limit. */
  NotConverged: 'NotConverged',
  /** etcd did not answer. */
  StoreUnavailable: 'StoreUnavailable',
  /** A record that only we write can't be read. No router is touched for its gateway, or by its pair. */
  StoreCorrupt: 'StoreCorrupt',
  /** What an earlier version left on a router could not be removed, and is owed there. */
  RemovalOwed: 'RemovalOwed',
  /** Cancelled by an operator. */
  Cancelled: 'Cancelled',
  /** A defect of ours. */
  Internal: 'Internal',
} as const;

export type FailureType = (typeof FAILURES)[keyof typeof FAILURES];
