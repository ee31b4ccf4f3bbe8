/** All operations there are. */
export { withDeadline, type Done, type Operation } from './operation.ts';
export {
  closeSession,
  discardChanges,
  killSession,
  lock,
  unlock,
  type LockHolder,
  type LockOutcome,
} from './session-operations.ts';
export {
  check,
  commit,
  commitInformation,
  compareWithRollback,
  compareWithRunning,
  getConfiguration,
  loadSet,
  loadText,
  type CommitEntry,
  type CommitOptions,
  type GetConfigurationOptions,
  type LoadAction,
} from './configuration-operations.ts';
export {
  filterCounters,
  interfaceTerse,
  vrrpInterface,
  vrrpSummary,
  type FilterCounter,
  type InterfaceState,
  type VrrpGroup,
} from './operational-operations.ts';
export {
  cancelCommit,
  commitStandard,
  editConfig,
  getConfig,
  validate,
  type Datastore,
} from './standard-operations.ts';
