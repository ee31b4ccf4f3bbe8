/**
 * An independent NETCONF server: yuma123's `netconfd` behind OpenSSH's `sshd` (Debian packages netconfd and openssh-server).
 *
 * sshd can log in its own user only, unless it is root. So without root both run as the user of this process; as root, an ordinary account
 * `ncuser` is used, which is created when missing and removed again afterwards.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { accessSync, chmodSync, constants } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { keyPair } from './keys.ts';

const programs = {
  netconfd: '/usr/sbin/netconfd',
  subsystem: '/usr/sbin/netconf-subsystem',
  sshd: '/usr/sbin/sshd',
};

/** Programs that are not installed. */
export function missingPrograms(): readonly string[] {
  return Object.values(programs).filter((path) => {
    try {
      accessSync(path, constants.X_OK);
      return false;
    } catch {
      return true;
    }
  });
}

export interface Netconfd {
  readonly port: number;
  readonly username: string;
  /** Private key that is let in. */
  readonly privateKey: string;
  /** Line for `known_hosts`. */
  readonly knownHostsLine: string;
  readonly logs: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** `protocols`: versions it offers; without `netconf1.1` it speaks end-of-message framing. */
export async function startNetconfd(protocols: 'netconf1.0' | 'netconf1.0 netconf1.1'): Promise<Netconfd> {
  const account = takeAccount();
  const folder = await mkdtemp(join(tmpdir(), 'netconfd-'));
  chmodSync(folder, 0o777);
  const port = await freePort();
  const host = keyPair('ed25519');
  const user = keyPair('ed25519');
  const socket = join(folder, 'ncx.sock');
  await writeFile(join(folder, 'host_key'), host.private, { mode: 0o600 });
  await writeFile(join(folder, 'authorized_keys'), `${user.public}\n`, { mode: 0o644 });
  await writeFile(
    join(folder, 'sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${folder}/host_key`,
      `PidFile ${folder}/sshd.pid`,
      `AuthorizedKeysFile ${folder}/authorized_keys`,
      `AllowUsers ${account.username}`,
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      `Subsystem netconf "${programs.subsystem} --ncxserver-sockname=${port}@${socket}"`,
      '',
    ].join('\n'),
  );
  // Where sshd as root confines its unprivileged half.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });

  const server = spawn(
    programs.netconfd,
    [
      '--module=ietf-interfaces',
      '--module=iana-if-type',
      '--target=candidate',
      `--protocols=${protocols}`,
      '--no-startup',
      `--superuser=${account.username}`,
      `--port=${port}`,
      `--ncxserver-sockname=${socket}`,
      `--log=${folder}/netconfd.log`,
    ],
    { ...account.identity, cwd: folder, env: { HOME: folder, PATH: process.env['PATH'] }, stdio: 'ignore' },
  );
  const sshd = spawn(
    programs.sshd,
    ['-D', '-f', join(folder, 'sshd_config'), '-E', join(folder, 'sshd.log')],
    { stdio: 'ignore' },
  );
  return {
    port,
    username: account.username,
    privateKey: user.private,
    knownHostsLine: `[127.0.0.1]:${port} ${host.public}\n`,
    logs: async () =>
      (
        await Promise.all(
          ['netconfd.log', 'sshd.log'].map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
        )
      ).join('\n'),
    stop: async () => {
      await Promise.all([server, sshd].map(end));
      await rm(folder, { recursive: true, force: true });
      account.giveBack();
    },
  };
}

/** An `ssh-agent` (which sshd's package brings along) that holds one key. */
export async function startAgent(
  privateKey: string,
): Promise<{ readonly socket: string; readonly stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-'));
  const socket = join(folder, 'agent.sock');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  // The agent prints where it listens as soon as it listens.
  await once(agent.stdout, 'data');
  execFileSync('ssh-add', ['-q', '-'], {
    input: privateKey,
    env: { ...process.env, SSH_AUTH_SOCK: socket },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return {
    socket,
    stop: async () => {
      await end(agent);
      await rm(folder, { recursive: true });
    },
  };
}

interface Account {
  readonly username: string;
  readonly identity: { readonly uid?: number; readonly gid?: number };
  readonly giveBack: () => void;
}

function takeAccount(): Account {
  const own = userInfo();
  if (own.uid !== 0) return { username: own.username, identity: {}, giveBack: () => {} };
  const username = 'ncuser';
  const exists = idOf(username, '-u') !== undefined;
  if (!exists)
    execFileSync('useradd', ['--create-home', '--shell', '/bin/sh', '--password', '*', username], {
      stdio: 'ignore',
    });
  return {
    username,
    identity: { uid: Number(idOf(username, '-u')), gid: Number(idOf(username, '-g')) },
    giveBack: () => {
      if (!exists) execFileSync('userdel', ['--remove', '--force', username], { stdio: 'ignore' });
    },
  };
}

function idOf(username: string, what: '-u' | '-g'): string | undefined {
  try {
    return execFileSync('id', [what, username], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await exited;
  clearTimeout(timer);
}
