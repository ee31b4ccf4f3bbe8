/** A router's SSH server: logins, channels, and NETCONF on them (RFC 6242). Junos also accepts `ssh HOST netconf`. */

import { createServer, type AddressInfo, type Socket } from 'node:net';
import ssh2, { type Algorithms, type Connection, type ServerChannel, type Session } from 'ssh2';
import type { Device } from '../device/device.ts';
import type { HostKey } from './host-key.ts';
import { handleLogins, type LoginSwitches } from './logins.ts';
import { serveNetconf, type NetconfSession } from './netconf-session.ts';
import type { Authenticate } from './users.ts';

/** Without group exchange, whose search for primes blocks the process for seconds. */
const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
] as const;

/** The commands that start a NETCONF session on Junos, as the subsystem does. */
const NETCONF_COMMANDS: readonly string[] = ['netconf', 'xml-mode netconf need-trailer'];

export interface SshSwitches extends LoginSwitches {
  /** What an older release offers instead. */
  readonly algorithms?: Algorithms;
}

export interface SshServerSettings {
  readonly device: Device;
  readonly hostKey: HostKey;
  readonly authenticate: Authenticate;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The router's own time, in ms since the epoch. */
  readonly now: () => number;
  /** Default: none. */
  readonly switches?: SshSwitches;
}

export interface SshServer {
  readonly port: number;
  /** How many TCP connections are open. */
  readonly connections: number;
  /** How many requests of NETCONF have come. */
  readonly requests: number;
  /** `false`: all connections are cut, and so is each new one. */
  setReachable(reachable: boolean): void;
  /** `true`: when a connection ends, its session stays, with its lock and edits. `false`: such sessions end too. */
  keepHalfOpen(keep: boolean): void;
  close(): Promise<void>;
}

/** Listens. Rejects with the error of `net.Server` when it can't listen on the address. */
export async function listenSsh(settings: SshServerSettings): Promise<SshServer> {
  const sockets = new Set<Socket>();
  const halfOpen = new Set<NetconfSession>();
  let reachable = true;
  let keepsHalfOpen = false;
  let requests = 0;

  const connectionEnded = (session: NetconfSession): void => {
    session.gone(keepsHalfOpen ? 'unnoticed' : 'noticed');
    if (keepsHalfOpen) halfOpen.add(session);
  };

  const onSession = (connection: Connection, user: string, cut: () => void, ssh: Session): void => {
    const start = (channel: ServerChannel): void => {
      const session = settings.device.open({ user });
      const netconf = serveNetconf({
        channel,
        session,
        cut,
        now: settings.now,
        onRequest: () => void (requests += 1),
      });
      const onClose = (): void => {
        connection.off('close', onClose);
        connectionEnded(netconf);
      };
      ssh.on('close', onClose);
      connection.on('close', onClose);
    };
    ssh.on('subsystem', (accept, reject, { name }) => (name === 'netconf' ? start(accept()) : reject()));
    ssh.on('exec', (accept, reject, { command }) =>
      NETCONF_COMMANDS.includes(command.trim()) ? start(accept()) : reject(),
    );
  };

  const ssh = new ssh2.Server({
    hostKeys: [settings.hostKey.privateKey],
    ident: 'OpenSSH_7.5',
    algorithms: { kex: [...KEX], ...settings.switches?.algorithms },
    // The server sends practically no keepalives, as on Junos: a client that is silent, or frozen, keeps its session. ssh2's default: every 15 s.
    keepaliveInterval: 2 ** 31 - 1,
  });
  ssh.on('connection', (connection, { ip, port }) => {
    const socket = [...sockets].find((one) => one.remoteAddress === ip && one.remotePort === port);
    let user = '';
    // An error ends the connection. The 'close' event follows and is handled.
    connection.on('error', () => {});
    handleLogins(connection, settings.authenticate, settings.switches ?? {}, (name) => (user = name));
    connection.on('session', (accept) => onSession(connection, user, () => socket?.destroySoon(), accept()));
  });

  const listener = createServer({ noDelay: true }, (socket) => {
    if (!reachable) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(settings.port, settings.host, () => {
      listener.off('error', reject);
      resolve();
    });
  });

  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const keepHalfOpen = (keep: boolean): void => {
    keepsHalfOpen = keep;
    if (keep) return;
    for (const session of halfOpen) session.gone('noticed');
    halfOpen.clear();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    get connections() {
      return sockets.size;
    },
    get requests() {
      return requests;
    },
    setReachable(next) {
      reachable = next;
      if (!next) cutAll();
    },
    keepHalfOpen,
    async close() {
      keepHalfOpen(false);
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      cutAll();
      await closed;
    },
  };
}
