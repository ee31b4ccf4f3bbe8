/**
 * The `type` of every failure that leaves an activity or the workflow. Programs tell failures apart by it. `activities/classify.ts` alone
 * decides which of them are retried.
 */
export const FAILURES = {
  /** The request itself is wrong: workflow id, resource type, version. Nothing was written. */
  InvalidRequest: 'InvalidRequest',
  /** The gateway has no configuration, or its version can't be read. Nothing was written. */
  NotFound: 'NotFound',
  /** The configuration exists but is bad. `/state` says why. */
  InvalidGateway: 'InvalidGateway',
  /** `/state` says that the gateway stands, but gateway-saga has no record of it, so it can be neither changed nor deleted. Nothing was touched. */
  NotSupported: 'NotSupported',
  /** `/state` already has an outcome of this version or of a newer one, and does not say that this version was made. Nothing is applied any more. */
  AlreadyEnded: 'AlreadyEnded',
  /** Another gateway claims a stanza of this gateway, or what somebody else has configured on a router is in the way. The message says what. */
  Conflict: 'Conflict',
  /** A parent of the gateway does not stand: it is not there, has failed, or is being deleted. */
  ParentAbsent: 'ParentAbsent',
  /**
   * Other gateways lie in this one, and are not to be deleted. So this one can't be deleted, or an update of it can't give up the stanza that they lie
   * in.
   */
  HasChildren: 'HasChildren',
  /** While the saga ran, the configuration got a newer version or vanished, or another run took the gateway over. */
  Superseded: 'Superseded',
  /**
   * While the saga ran, its records in etcd vanished: etcd was restored from a backup, or somebody removed them. The saga writes them again and goes on.
   * It fails only if it can't write them.
   */
  RecordsGone: 'RecordsGone',
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
  /** Somebody else works on the router: holds its lock, has changes in its candidate, or has a commit pending. */
  RouterBusy: 'RouterBusy',
  /** A person has retired the router. It is refused until it is readmitted. */
  RouterRetired: 'RouterRetired',
  /** What the kind's monitors name was not as promised within the limit: VRRP, interfaces, counters, BGP sessions or routes. */
  NotConverged: 'NotConverged',
  /** etcd did not answer. */
  StoreUnavailable: 'StoreUnavailable',
  /** A record that only gateway-saga writes can't be read. Until somebody has mended the record, no router is touched for its gateway, or by its pair. */
  StoreCorrupt: 'StoreCorrupt',
  /**
   * A record that only gateway-saga writes was written by a newer version, in a form that this worker does not know. Nothing is overwritten: the step is
   * tried again until a worker of that version carries it out.
   */
  StoreNewer: 'StoreNewer',
  /** A router owes the inverse change, because the gateway could not be reverted there. */
  RevertOwed: 'RevertOwed',
  /** Cancelled by an operator. */
  Cancelled: 'Cancelled',
  /** A defect of gateway-saga. A client also gets it for a workflow that was terminated or timed out. */
  Internal: 'Internal',
} as const;

export type FailureType = (typeof FAILURES)[keyof typeof FAILURES];
