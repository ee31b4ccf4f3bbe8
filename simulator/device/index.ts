/** What the simulated router is to those who carry its sessions. */

export { edgeRouterConfig, type EdgeRouter } from './base-config.ts';
export { pause, type Cancel, type Clock } from './clock.ts';
export { createDevice, pair } from './create.ts';
export type { Device, DeviceSession, DeviceSettings, DeviceUser, EndReason, OpenRequest } from './device.ts';
export type { FaultOutcome, FaultPoint, FaultRule, Faults, Step } from './faults.ts';
export {
  DEFAULT_OPTIONS,
  deviceOptions,
  type Delays,
  type DeviceOptions,
  type DeviceOptionsInput,
} from './options.ts';
export { loginClass, type LoginClass } from './login-class.ts';
export type { Permission } from './permission.ts';
export type { Reply } from './reply.ts';
export type { DeviceSnapshot } from './snapshot.ts';
export { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
export type { Author, Inspection, TapeEntry, TapeEvent } from './tape.ts';
export { readXml, XmlError } from './xml-read.ts';
export type { XmlElement } from './xml.ts';
