/** All operations, for other folders to import from one place. */
export { withDeadline, type Done, type Operation } from './operation.ts';
export {
  closeSession,
  discardChanges,
  killSession,
  lock,
  unlock,
  type LockHolder,
} from './session-operations.ts';
export {
  check,
  commit,
  compareWithRollback,
  compareWithRunning,
  getConfiguration,
  loadRollback,
  loadSet,
  loadText,
} from './configuration-operations.ts';
export { commitInformation, type CommitEntry, type CommitHistory } from './commit-information.ts';
export { allInterfaces, interfaceTerse, systemTime, type InterfaceState } from './operational-operations.ts';
export { routingEngines, synchronized } from './routing-engines.ts';
export { allFilters, countersIn, filterCounters, type FilterCounter } from './firewall-operations.ts';
export { vrrpInterface, vrrpSummary, type VrrpGroup } from './vrrp-operations.ts';
export { softwareInformation, type SoftwareInformation } from './software-information.ts';
export { allBgpSessions, bgpSession, sessionWith, type BgpPeer, type BgpSession } from './bgp-operations.ts';
export {
  activeRoute,
  hasRoute,
  shownRoute,
  staticRoutes,
  type RouteTables,
  type ShownRoute,
} from './route-operations.ts';
