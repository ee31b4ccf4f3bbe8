/** Simulated Junos routers over SSH: one, a pair, or many pairs in one process. Code outside `simulator/` imports this file. */

export type { OutsidePeer } from '../device/bgp.ts';
export type { Clock } from '../device/clock.ts';
export type { Device } from '../device/device.ts';
export type { FaultOutcome, FaultPoint, FaultRule } from '../device/faults.ts';
export { formOf, type TextForm } from '../device/config/load-text.ts';
export { loginClass, type LoginClass } from '../device/login-class.ts';
export type { DeviceOptionsInput } from '../device/options.ts';
export { createHostKey, HostKeyError, keptHostKey, type HostKey } from './host-key.ts';
export { RouterConfigError, startRouter, type Router, type RouterOptions } from './router.ts';
export { baseConfig, startPair, startRouters } from './routers.ts';
export type { PairOptions, SimulatedPair, Routers } from './routers.ts';
export { StateFileError } from './state-file.ts';
export type { RouterUser } from './users.ts';
