import { createHostKey } from '../../../simulator/server/host-key.ts';
import { listenSsh, type SshServer } from '../../../simulator/server/ssh-server.ts';
import { authenticator, type RouterUser } from '../../../simulator/server/users.ts';
import { HELLO_1_0, openRaw, type Login, type RawClient } from './raw-client.ts';
import { scriptedDevice, type Script, type ScriptedDevice } from './scripted-device.ts';

/** Answers each operation with an empty element of its name. */
export const ok: Script = (operation) => ({ kind: 'reply', body: `<${operation.name}/>`, last: false });

export interface Served {
  readonly server: SshServer;
  readonly device: ScriptedDevice;
  readonly at: Login;
}

/** Servers in front of scripted devices, of one test file; all of them end with it. */
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
  /** A session past its hellos. */
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
