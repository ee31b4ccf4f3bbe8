import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHostKey, type Router } from '../../../simulator/server/index.ts';
import { need, run } from './independent-client.ts';
import { routersOfTest, USER } from './starting.ts';

/** The Python that Debian's packages are for; the path may have another one. */
const PYTHON = '/usr/bin/python3';
const ncclient = { package: 'python3-ncclient', probe: [PYTHON, '-c', 'import ncclient'] } as const;
const SCRIPT = fileURLToPath(new URL('ncclient_session.py', import.meta.url));

interface NcclientError {
  readonly tag: string;
  readonly message: string;
  readonly info: string | null;
}

/** The output of the script's scene `session`. */
interface SessionOutput {
  readonly ids: readonly [string, string];
  readonly capabilities: readonly string[];
  readonly replies: Readonly<Record<string, string>>;
  /** The errors of each refused operation. */
  readonly refused: Readonly<Record<string, readonly NcclientError[]>>;
}

describe('ncclient, in its mode for Junos', function () {
  const { router, closeAll } = routersOfTest();
  let home: string;

  before(function () {
    need(this, ncclient);
  });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'ncclient-'));
    mkdirSync(join(home, '.ssh'));
  });
  afterEach(async () => {
    await closeAll();
    rmSync(home, { recursive: true });
  });

  async function play(scene: 'connecting' | 'session', at: Router, hostKeyLine: string): Promise<unknown> {
    writeFileSync(join(home, '.ssh', 'known_hosts'), `${hostKeyLine}\n`);
    const { code, stdout, stderr } = await run(PYTHON, [SCRIPT, scene], {
      env: {
        HOME: home,
        ROUTER_HOST: at.host,
        ROUTER_PORT: String(at.port),
        ROUTER_USER: USER.name,
        ROUTER_PASSWORD: USER.password,
      },
    });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  for (const base11 of [false, true]) {
    describe(base11 ? 'in chunked framing' : 'in end-of-message framing', () => {
      let at: Router;
      let output: SessionOutput;

      beforeEach(async () => {
        at = await router({ options: { base11 } });
        output = (await play('session', at, at.hostKeyLine)) as SessionOutput;
      });

      it('locks, loads, compares, checks, commits and reads, and understands each refusal', () => {
        const { ids, capabilities, replies, refused } = output;
        assert.equal(capabilities.includes('urn:ietf:params:netconf:base:1.1'), base11);
        assert.match(replies['load'] ?? '', /<ok\/>/);
        assert.match(replies['compare'] ?? '', /\[edit interfaces ae0\]\n\+ {3,}unit 1025 \{/);
        assert.match(replies['check'] ?? '', /<commit-check-success\/>/);
        assert.match(replies['junos check'] ?? '', /<commit-check-success\/>/);
        assert.match(replies['commit'] ?? '', /<commit-success\/>/);
        assert.match(at.device.running(), /unit 1025 \{\s+apply-groups VPNGW1-VRRP;/);
        assert.match(replies['get-config'] ?? '', /<data>[^]*<name>1025<\/name>/);
        assert.match(replies['get-configuration'] ?? '', /<configuration-text>[^]*unit 1025 \{/);
        assert.match(replies['vrrp'] ?? '', /<interface>ae0\.1025<[^]*<vrrp-state>(backup|master)</);

        const [denied] = refused['lock'] ?? [];
        assert.equal(denied?.tag, 'lock-denied');
        assert.match(denied.message, /locked by:\s+netops /);
        assert.match(denied.info ?? '', new RegExp(`<session-id>${ids[0]}</session-id>`));
        assert.deepEqual(messagesOf(refused['load']), [
          'syntax error',
          'error recovery ignores input until this point',
        ]);
        assert.equal(messagesOf(refused['check']).at(-1), 'configuration check-out failed');
        assert.match(messagesOf(refused['check'])[0] ?? '', /NO-SUCH/);
        assert.deepEqual(messagesOf(refused['rpc']), ['syntax error']);

        assert.match(replies['kill'] ?? '', /<ok\/>/);
        assert.equal(replies['lock after kill'], 'granted');
        assert.match(replies['killed'] ?? '', /^(TransportError|SessionCloseError)$/);
      });
    });
  }

  it('refuses a host key that is not in known_hosts', async () => {
    const at = await router();
    const output = await play('connecting', at, `[${at.host}]:${at.port} ${createHostKey().publicKey}`);
    assert.deepEqual(output, { connecting: 'SSHUnknownHostError' });
  });

  it('is refused with a wrong password', async () => {
    const at = await router();
    const output = await play('connecting', at, at.hostKeyLine);
    assert.deepEqual(output, { connecting: 'AuthenticationError' });
  });
});

const messagesOf = (errors: readonly NcclientError[] = []): string[] => errors.map((error) => error.message);
