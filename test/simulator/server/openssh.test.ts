import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHostKey, type Router } from '../../../simulator/server/index.ts';
import { need, run, type Output } from './independent-client.ts';
import { HELLO_1_0, rpc } from './raw-client.ts';
import { COMPARE, load, LOCK, routersOfTest, UNLOCK, USER } from './starting.ts';

const openssh = { package: 'openssh-client', probe: ['ssh', '-V'] } as const;
const sshpass = { package: 'sshpass', probe: ['sshpass', '-V'] } as const;

describe("OpenSSH's client", function () {
  const { router, closeAll } = routersOfTest();
  const clientKey = createHostKey();
  let folder: string;

  before(function () {
    need(this, openssh, sshpass);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openssh-'));
  });
  afterEach(async () => {
    await closeAll();
    rmSync(folder, { recursive: true });
  });

  const keyFile = (): string => {
    const file = join(folder, 'id');
    writeFileSync(file, clientKey.privateKey, { mode: 0o600 });
    return file;
  };
  const knownHosts = (line: string): string => {
    const file = join(folder, 'known_hosts');
    writeFileSync(file, `${line}\n`);
    return file;
  };
  const messages = (...all: readonly string[]): string => all.map((text) => `${text}\n]]>]]>\n`).join('');
  const options = (known: string): string[] => {
    const set = {
      StrictHostKeyChecking: 'yes',
      UserKnownHostsFile: known,
      GlobalKnownHostsFile: 'none',
      IdentityAgent: 'none',
    };
    return ['-F', 'none', ...Object.entries(set).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  };
  /** `ssh -p PORT -s USER@HOST netconf`, by password. */
  const ssh = (at: Router, known: string, input: string, command = ['-s']): Promise<Output> => {
    const [flags, target] = command[0] === '-s' ? [['-s'], ['netconf']] : [[], command];
    const args = [...options(known), '-o', 'PubkeyAuthentication=no', '-p', String(at.port), ...flags];
    return run('sshpass', ['-e', 'ssh', ...args, `${USER.name}@${at.host}`, ...target], {
      input,
      env: { SSHPASS: USER.password },
    });
  };

  it('has a session by password: hello, lock, load, compare, commit, close, exit code 0', async () => {
    const at = await router();
    const text = 'interfaces { ae0 { description by-openssh; } }';
    const input = [LOCK, load(text), COMPARE, '<commit/>', UNLOCK, '<close-session/>'];
    const { code, stdout, stderr } = await ssh(
      at,
      knownHosts(at.hostKeyLine),
      messages(HELLO_1_0, ...input.map((operation, index) => rpc(operation, String(index)))),
    );
    assert.equal(code, 0, stderr);
    const replies = stdout.split(']]>]]>');
    assert.equal(replies.length, 8);
    assert.match(replies[0] ?? '', /<hello /);
    assert.doesNotMatch(stdout, /<rpc-error>/);
    assert.match(replies[3] ?? '', /message-id="2"[^]*\n\+\s+description by-openssh;/);
    assert.match(replies[7] ?? '', /<!-- session end at /);
    assert.match(at.device.running(), /description by-openssh;/);
  });

  it('has a session by public key', async () => {
    const at = await router({ users: [{ name: USER.name, publicKeys: [clientKey.publicKey] }] });
    const args = [...options(knownHosts(at.hostKeyLine)), '-o', 'BatchMode=yes', '-i', keyFile()];
    const { code, stdout, stderr } = await run(
      'ssh',
      [...args, '-p', String(at.port), '-s', `${USER.name}@${at.host}`, 'netconf'],
      { input: messages(HELLO_1_0, rpc('<close-session/>')) },
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /<ok\/>/);
  });

  it('has a session by the command netconf, and by no other command', async () => {
    const at = await router();
    const known = knownHosts(at.hostKeyLine);
    const input = messages(HELLO_1_0, rpc('<close-session/>'));
    assert.match((await ssh(at, known, input, ['netconf'])).stdout, /<ok\/>/);
    const other = await ssh(at, known, input, ['id']);
    assert.notEqual(other.code, 0);
    assert.equal(other.stdout, '');
  });

  it('gets its replies when its input ends without close-session', async () => {
    const at = await router();
    const { code, stdout } = await ssh(at, knownHosts(at.hostKeyLine), messages(HELLO_1_0, rpc(LOCK)));
    assert.equal(code, 0);
    assert.match(stdout, /<ok\/>/);
  });

  it('refuses the router when known_hosts has another key for it', async () => {
    const at = await router();
    const other = `[${at.host}]:${at.port} ${createHostKey().publicKey}`;
    const { code, stdout, stderr } = await ssh(at, knownHosts(other), '');
    assert.notEqual(code, 0);
    assert.equal(stdout, '');
    assert.match(stderr, /Host key verification failed/);
  });

  it('sees the fingerprint and the known_hosts line that the router reports', async () => {
    const at = await router();
    const scan = await run('ssh-keyscan', ['-p', String(at.port), '-t', 'ed25519', at.host]);
    assert.ok(scan.stdout.split('\n').includes(at.hostKeyLine), scan.stdout);
    const shown = await run('ssh-keygen', ['-l', '-f', knownHosts(at.hostKeyLine)]);
    assert.ok(shown.stdout.includes(at.fingerprint), shown.stdout);
  });
});
