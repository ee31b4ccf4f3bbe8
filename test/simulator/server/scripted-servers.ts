/** SSH servers in front of devices that follow a script, for tests of the server alone. */

import type { Device, DeviceSession, EndReason, Reply } from '../../../simulator/device/device.ts';
import { createFaults } from '../../../simulator/device/faults.ts';
import type { XmlElement } from '../../../simulator/device/xml.ts';
import { createHostKey } from '../../../simulator/server/host-key.ts';
import { listenSsh, type SshServer } from '../../../simulator/server/ssh-server.ts';
import { authenticator, type RouterUser } from '../../../simulator/server/users.ts';
import { HELLO_1_0, openRaw, type Login, type RawClient } from './raw-client.ts';

/** Returns the reply to an operation of a session. */
export type Script = (operation: XmlElement, session: number) => Reply | Promise<Reply>;

/** The script that replies with an empty element of the operation's name. */
export const ok: Script = (operation) => ({ kind: 'reply', body: `<${operation.name}/>`, last: false });

export interface ScriptedDevice extends Device {
  /** The names of all operations so far. */
  readonly asked: string[];
  /** The ids of all closed sessions. */
  readonly closed: number[];
  /** Ends a session as a device does by itself. */
  end(session: number, reason: EndReason): void;
}

export function scriptedDevice(script: Script, capabilities: readonly string[] = []): ScriptedDevice {
  const asked: string[] = [];
  const closed: number[] = [];
  const listeners = new Map<number, (reason: EndReason) => void>();
  let lastSession = 100;
  const unused = (): never => {
    throw new Error('not part of a scripted device');
  };
  return {
    name: 'scripted',
    asked,
    closed,
    end: (session, reason) => listeners.get(session)?.(reason),
    open({ user }): DeviceSession {
      const id = (lastSession += 1);
      let queue: Promise<unknown> = Promise.resolve();
      return {
        id,
        user,
        loginClass: undefined,
        capabilities: ['urn:ietf:params:netconf:base:1.0', ...capabilities],
        handle(operation) {
          asked.push(operation.name);
          const reply = queue.then(() => script(operation, id));
          queue = reply;
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
    isolateVrrp: unused,
    holdBgpDown: unused,
    setOutsidePeer: unused,
    setLink: unused,
    switchover: unused,
    setBackupAway: unused,
    running: unused,
    onEvent: () => {},
    inspect: () => ({ running: '', candidate: '', lock: null, pending: null, sessions: [] }),
    stop: () => {},
  };
}

export interface Served {
  readonly server: SshServer;
  readonly device: ScriptedDevice;
  readonly at: Login;
}

/** The servers of one test file. `closeAll` ends all of them. */
export function scriptedServers(users: readonly RouterUser[] = [{ name: 'alice', password: 'right' }]) {
  const servers: SshServer[] = [];
  const serve = async (script: Script = ok, capabilities: readonly string[] = []): Promise<Served> => {
    const device = scriptedDevice(script, capabilities);
    const server = await listenSsh({
      device,
      hostKey: createHostKey(),
      authenticate: authenticator(users),
      host: '127.0.0.1',
      port: 0,
      now: () => Date.UTC(2024, 0, 2, 3, 4, 5),
    });
    servers.push(server);
    const at = { host: '127.0.0.1', port: server.port, username: 'alice', password: 'right' };
    return { server, device, at };
  };
  /** A session after both hellos. */
  const session = async (script: Script = ok): Promise<Served & { readonly raw: RawClient }> => {
    const served = await serve(script);
    const raw = await openRaw(served.at);
    await raw.receive();
    raw.send(HELLO_1_0);
    return { ...served, raw };
  };
  const closeAll = async (): Promise<void> => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  };
  return { serve, session, closeAll };
}
