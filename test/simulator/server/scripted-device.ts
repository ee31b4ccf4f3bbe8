import { createFaults } from '../../../simulator/device/faults.ts';
import type { Device, DeviceSession, EndReason } from '../../../simulator/device/device.ts';
import type { Reply } from '../../../simulator/device/device.ts';
import type { XmlElement } from '../../../simulator/device/xml.ts';

/** Decides what a session answers. */
export type Script = (operation: XmlElement, session: number) => Reply | Promise<Reply>;

/** A device that does what a script says and remembers what it was asked: for what is the server's part alone. */
export interface ScriptedDevice extends Device {
  readonly asked: string[];
  readonly closed: number[];
  /** Ends a session from inside. */
  end(session: number, reason: EndReason): void;
}

export function scriptedDevice(script: Script, capabilities: readonly string[] = []): ScriptedDevice {
  const asked: string[] = [];
  const closed: number[] = [];
  const listeners = new Map<number, (reason: EndReason) => void>();
  let last = 100;
  const unused = (): never => {
    throw new Error('not part of a scripted device');
  };
  return {
    name: 'scripted',
    asked,
    closed,
    end: (session, reason) => listeners.get(session)?.(reason),
    open({ user }): DeviceSession {
      const id = (last += 1);
      let reservation: Promise<unknown> = Promise.resolve();
      return {
        id,
        user,
        capabilities: ['urn:ietf:params:netconf:base:1.0', ...capabilities],
        handle(operation) {
          asked.push(operation.name);
          const reply = reservation.then(() => script(operation, id));
          reservation = reply;
          return reply;
        },
        close: () => {
          if (!closed.includes(id)) closed.push(id);
        },
        onEnd: (listener) => void listeners.set(id, listener),
      };
    },
    faults: createFaults(),
    snapshot: unused,
    restore: unused,
    onChange: () => {},
    restart: unused,
    holdVrrpDown: unused,
    setLink: unused,
    running: unused,
    onEvent: () => {},
    inspect: () => ({ running: '', candidate: '', lock: null, pending: null, sessions: [] }),
    stop: () => {},
  };
}
