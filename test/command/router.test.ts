import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../../command/run.ts';
import { createHostKey } from '../../simulator/server/index.ts';
import { HELLO_1_0, openRaw, type RawClient } from '../simulator/server/raw-client.ts';
import { commit, shown, unit } from '../simulator/server/starting.ts';

const SCRIPT = fileURLToPath(new URL('../../command/main.ts', import.meta.url));
const PASSWORD = 'not to be seen';
const VRRP = '<get-vrrp-information><summary/></get-vrrp-information>';

interface Running {
  readonly child: ChildProcess;
  readonly ports: readonly number[];
  readonly output: () => string;
  /** Resolves with its exit code. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

describe('gateway-saga router', () => {
  const children: ChildProcess[] = [];
  let folder: string;
  const inFolder = (name: string): string => join(folder, name);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'router-command-'));
  });
  afterEach(async () => {
    const running = children
      .splice(0)
      .filter((child) => child.exitCode === null && child.signalCode === null);
    await Promise.all(running.map((child) => (child.kill('SIGKILL'), once(child, 'exit'))));
    rmSync(folder, { recursive: true });
  });

  /** Runs it as a program of its own until it listens with as many routers as are expected. */
  async function start(args: readonly string[], routers: number): Promise<Running> {
    const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, 'router', ...args], {
      env: { ...process.env, GATEWAY_SAGA_ROUTER_PASSWORD: PASSWORD },
    });
    children.push(child);
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    const exited = once(child, 'exit');
    const ports = (): number[] =>
      [...output.matchAll(/listens on \S+ port (\d+)/g)].map((found) => Number(found[1]));
    const listening = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (ports().length === routers && output.endsWith('netconf\n')) resolve();
      });
    });
    await Promise.race([
      listening,
      exited.then(() => {
        throw new Error(`ended: ${output}`);
      }),
    ]);
    return {
      child,
      ports: ports(),
      output: () => output,
      async end(signal) {
        child.kill(signal);
        await exited;
        return child.exitCode;
      },
    };
  }

  async function session(
    port: number | undefined,
    login: { privateKey: string } | { password: string },
  ): Promise<RawClient> {
    assert.ok(port);
    const raw = await openRaw({ host: '127.0.0.1', port, username: 'admin', ...login });
    await raw.receive();
    raw.send(HELLO_1_0);
    return raw;
  }

  it('runs a pair with VRRP between the two, says how to reach it, and ends with 0 on SIGTERM', async () => {
    const known = inFolder('known_hosts');
    writeFileSync(known, 'elsewhere ssh-ed25519 AAAA');
    const { ports, output, end } = await start(
      ['--port', '0', '--pair', '0', '--known-hosts', known, '--state', inFolder('state')],
      2,
    );
    const [one, two] = [
      await session(ports[0], { password: PASSWORD }),
      await session(ports[1], { password: PASSWORD }),
    ];
    await commit(one, unit('VPNGW1-VRRP'));
    await commit(two, unit('VPNGW2-VRRP'));
    await shown(one, 'master');
    assert.match(await two.ask(VRRP), /<vrrp-state>backup</);

    assert.match(output(), /^edge-primary listens on 127\.0\.0\.1 port \d+\n {2}host key {5}SHA256:\S{43}\n/);
    assert.ok(output().includes(`  try          ssh -p ${ports[1]} -s admin@127.0.0.1 netconf\n`));
    assert.ok(!output().includes(PASSWORD));
    const lines = [...output().matchAll(/ known_hosts {2}(.*)\n/g)].map((found) => found[1]);
    assert.equal(readFileSync(known, 'utf8'), ['elsewhere ssh-ed25519 AAAA', ...lines, ''].join('\n'));
    for (const role of ['primary', 'secondary']) assert.ok(existsSync(inFolder(`state.${role}`)), role);
    assert.equal(await end('SIGTERM'), 0);
  });

  it('keeps configuration and host key over a restart, and ends with 0 on SIGINT', async () => {
    const args = ['--port', '0', '--state', inFolder('state'), '--host-key', inFolder('key'), '--name', 'r9'];
    const first = await start(args, 1);
    await commit(await session(first.ports[0], { password: PASSWORD }), 'system { host-name renamed; }');
    assert.equal(await first.end('SIGINT'), 0);
    const second = await start(args, 1);
    const raw = await session(second.ports[0], { password: PASSWORD });
    assert.match(
      await raw.ask('<get-configuration format="text" database="committed"/>'),
      /host-name renamed;/,
    );
    const key = (output: string): string | undefined => /SHA256:\S+/.exec(output)?.[0];
    assert.equal(key(second.output()), key(first.output()));
    assert.match(second.output(), /^r9 listens/);
    assert.equal(await second.end('SIGINT'), 0);
  });

  it('takes a configuration in braces or in set commands, and says which it has read', async () => {
    writeFileSync(inFolder('one.conf'), 'system { host-name one; }');
    writeFileSync(inFolder('two.set'), 'set system host-name two\n');
    const running = await start(
      ['--port', '0', '--pair', '0', '--config', inFolder('one.conf'), '--config', inFolder('two.set')],
      2,
    );
    assert.match(running.output(), /config {7}\S*one\.conf, read as text in braces/);
    assert.match(running.output(), /config {7}\S*two\.set, read as set commands/);
    for (const [index, name] of ['one', 'two'].entries()) {
      const raw = await session(running.ports[index], { password: PASSWORD });
      const shown = await raw.ask('<get-configuration format="text" database="committed"/>');
      assert.match(shown, new RegExp(`host-name ${name};`));
    }
  });

  it('takes its configuration from a file, and users by key', async () => {
    const key = createHostKey();
    writeFileSync(inFolder('edge.conf'), 'system { host-name from-file; }\n');
    writeFileSync(inFolder('keys'), `# mine\n${key.publicKey} me\n`);
    const args = [
      '--port',
      '0',
      '--base11',
      '--config',
      inFolder('edge.conf'),
      '--authorized-keys',
      inFolder('keys'),
    ];
    const { ports } = await start(args, 1);
    const raw = await session(ports[0], { privateKey: key.privateKey });
    assert.match(
      await raw.ask('<get-configuration format="text" database="committed"/>'),
      /host-name from-file;/,
    );
  });

  async function runHere(argv: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const written = { stdout: '', stderr: '' };
    const code = await main(['router', ...argv], {
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      env: {},
      onInterrupt: () => () => {},
    });
    return { code, ...written };
  }

  it('explains itself', async () => {
    for (const flag of ['--help', '-h']) {
      const { code, stdout } = await runHere([flag]);
      assert.equal(code, 0);
      assert.match(stdout, /^Usage: gateway-saga router --port PORT/);
      assert.match(stdout, /\nExamples:\n/);
    }
  });

  const login = ['--user', `alice:${PASSWORD}`];
  const misuses: readonly [string, readonly string[], string][] = [
    ['no port', [...login], '--port: expected a port, got none'],
    [
      'a port that is none',
      ['--port', 'ssh', ...login],
      '--port: expected a port from 0 to 65535, got "ssh"',
    ],
    [
      'a port too high',
      ['--port', '65536', ...login],
      '--port: expected a port from 0 to 65535, got "65536"',
    ],
    [
      'one port for two',
      ['--port', '8', '--pair', '8', ...login],
      '--pair: expected another port than --port, got 8 for both',
    ],
    [
      'a role for a pair',
      ['--port', '0', '--pair', '0', '--role', 'primary', ...login],
      '--role: expected for a single router only',
    ],
    [
      'an unknown role',
      ['--port', '0', '--role', 'spare', ...login],
      '--role: expected primary or secondary, got "spare"',
    ],
    [
      'one configuration for two',
      ['--port', '0', '--pair', '0', '--config', 'x', ...login],
      '--config: expected once for each router (2), got 1',
    ],
    [
      'a configuration that is not there',
      ['--port', '0', '--config', '/nowhere', ...login],
      '--config: expected a readable file, got /nowhere',
    ],
    [
      'a host key that can not be made',
      ['--port', '0', '--host-key', '/nowhere/key', ...login],
      '--host-key: expected a private key, or the place for a new one, got no such folder or no right to it: /nowhere/key',
    ],
    [
      'a host key that is none',
      ['--port', '0', '--host-key', SCRIPT, ...login],
      `--host-key: expected a private key, or the place for a new one, got what is none in ${SCRIPT}`,
    ],
    [
      'a known_hosts file that can not be written',
      ['--port', '0', '--known-hosts', '/nowhere/known_hosts', ...login],
      '--known-hosts: expected a file that can be written, got /nowhere/known_hosts',
    ],
    [
      'negative seconds',
      ['--port', '0', '--commit-seconds=-1', ...login],
      '--commit-seconds: expected seconds from 0, got "-1"',
    ],
    [
      'no seconds',
      ['--port', '0', '--check-seconds', 'soon', ...login],
      '--check-seconds: expected seconds from 0, got "soon"',
    ],
    [
      'a minute of nothing',
      ['--port', '0', '--minute-seconds', '0', ...login],
      '--minute-seconds: expected seconds above 0, got "0"',
    ],
    [
      'a user without a name',
      ['--port', '0', '--user', `:${PASSWORD}`],
      '--user: expected NAME or NAME:PASSWORD, got no name',
    ],
    ['a user without a password', ['--port', '0', '--user', 'bob'], '--user bob: expected a password'],
    ['nothing to log in with', ['--port', '0'], '--user admin: expected a password'],
    ['an unknown option', ['--port', '0', '--colour'], 'expected --port, --pair,'],
    ['a stray word', ['--port', '0', 'start'], 'expected no argument, got "start"'],
  ];
  for (const [what, argv, message] of misuses) {
    it(`ends with 2 for ${what}, saying so`, async () => {
      const { code, stdout, stderr } = await runHere(argv);
      assert.equal(code, 2);
      assert.ok(stderr.startsWith(`gateway-saga router: ${message}`), stderr);
      assert.ok(!stderr.includes(PASSWORD));
      assert.equal(stdout, '');
    });
  }

  it('ends with 1 when it cannot start, and keeps no signal to itself', async () => {
    const { ports } = await start(['--port', '0'], 1);
    const listeners = process.listenerCount('SIGTERM');
    const taken = await runHere(['--port', String(ports[0]), ...login]);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /^gateway-saga router: .*EADDRINUSE/);
    writeFileSync(inFolder('state'), 'nonsense');
    const state = await runHere(['--port', '0', '--state', inFolder('state'), ...login]);
    assert.equal(state.code, 1);
    assert.match(state.stderr, /^gateway-saga router: state file /);
    writeFileSync(inFolder('edge.conf'), 'system {');
    const config = await runHere(['--port', '0', '--config', inFolder('edge.conf'), ...login]);
    assert.equal(config.code, 1);
    assert.equal(
      config.stderr,
      "gateway-saga router: configuration of router edge-primary: line 1, column 9: expected '}' for the block opened on line 1, got the end of the text\n",
    );
    assert.equal(existsSync(inFolder('state.next')), false);
    assert.equal(process.listenerCount('SIGTERM'), listeners);
  });
});
