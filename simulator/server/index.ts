/** Simulated Junos routers over SSH: one, a pair, or many pairs in one process. */

export type { Clock } from '../device/clock.ts';
export type { Device } from '../device/device.ts';
export type { FaultOutcome, FaultPoint, FaultRule } from '../device/faults.ts';
export { loginClass, type LoginClass } from '../device/login-class.ts';
export type { DeviceOptionsInput } from '../device/options.ts';
export { baseConfig } from './base-config.ts';
export { createHostKey, HostKeyError, keptHostKey, type HostKey } from './host-key.ts';
export { startPair, startRouters, type PairOptions, type RouterPair, type Routers } from './pair.ts';
export { RouterConfigError, startRouter, type Router, type RouterOptions } from './router.ts';
export { StateFileError } from './state-file.ts';
export type { RouterUser } from './users.ts';
