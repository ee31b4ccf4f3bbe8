import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { COMMANDS } from '../../command/commands.ts';
import { main } from '../../command/run.ts';
import { fakeIo } from './fake-io.ts';

describe('gateway-saga', () => {
  it('shows all commands, examples and where it finds its servers', async () => {
    for (const word of ['--help', '-h', 'help']) {
      const io = fakeIo();
      assert.equal(await main([word], io), 0);
      for (const { name, summary } of COMMANDS) assert(io.out().includes(name) && io.out().includes(summary));
      assert.match(io.out(), /Examples:\n {2}gateway-saga create /);
      assert.match(io.out(), /ETCDCTL_ENDPOINTS/);
      assert.match(io.out(), /TEMPORAL_ADDRESS/);
    }
  });

  it("shows the package's version", async () => {
    const io = fakeIo();
    assert.equal(await main(['--version'], io), 0);
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    assert.equal(io.out(), `${version}\n`);
  });

  for (const { name } of COMMANDS)
    it(`${name} --help shows usage, options and examples, and does nothing`, async () => {
      for (const argv of [
        [name, '--help'],
        [name, 'x', '--nonsense', '--help'],
      ].slice(0, name === 'router' ? 1 : 2)) {
        const io = fakeIo();
        assert.equal(await main(argv, io), 0);
        assert(io.out().startsWith(`Usage: gateway-saga ${name}`));
        assert.match(io.out(), new RegExp(`Examples:\n(.*\n)*  .*gateway-saga ${name}`));
        assert.equal(io.err(), '');
        const widest = Math.max(
          ...io
            .out()
            .split('\n')
            .map(({ length }) => length),
        );
        assert(widest <= 130, `${name}: a line of ${widest} characters`);
      }
    });

  const misuse: [argv: string[], message: string | RegExp][] = [
    [[], /expected a command \(apply, create, update, delete, status, .*\), got none/],
    [['creat'], /expected a command \(apply, create, .*\), got "creat"/],
    [['\u001b[31m'], /got "\\u001b\[31m"/],
    [['create'], 'create: expected TYPE ID…, or --file FILE, got no argument'],
    [['update', 'vpn_gateway'], 'update: expected TYPE ID…, or --file FILE, got "vpn_gateway"'],
    [['delete', 'a', 'b', '--file', 'list'], 'delete: expected TYPE ID…, or --file FILE, got "a" "b" --file'],
    [['apply', 'a', 'b', 'c', '--version', '1'], 'apply: --version: expected one gateway with it, got 2'],
    [['apply', 'a', 'b', 'c d'], /apply: resourceId: expected .*, got "c d"/],
    [['apply', '--file', '/nowhere'], /apply: --file: expected a readable file, or -, got "\/nowhere"/],
    [['apply', '--file', '-'], 'apply: --file: expected at least one line with TYPE ID, got none'],
    [
      ['create', 'a', 'b', '--wait'],
      'create: expected --file, --version, --again, --owe, --reason, --no-wait, --json, --help, got --wait',
    ],
    [['create', 'a', 'b', '-x'], /create: expected --file, .*, got -x/],
    [['create', 'a', 'b', '--version'], 'create: --version: expected a value, got none'],
    [['create', 'a', 'b', '--version=one'], 'create: --version: expected a whole number from 0, got "one"'],
    [['create', 'a', 'b', '--version=-1'], 'create: --version: expected a whole number from 0, got "-1"'],
    [
      ['create', 'a', 'b', '--version=9007199254740993'],
      /--version: expected a whole number from 0, got "9007199254740993"/,
    ],
    [['create', 'a', 'b', '--json=yes'], 'create: --json: expected no value, got one'],
    [['create', 'a/b', 'c'], /create: resourceType: expected a word like "vpn_gateway".*, got "a\/b"/],
    [['create', 'vpn_gateway', 'a b'], /create: resourceId: expected .*, got "a b"/],
    [['status', 'vpn_gateway', ''], /status: resourceId: expected .*, got ""/],
    [['status'], 'status: expected TYPE ID, got no argument'],
    [['plan', 'vpn_gateway'], 'plan: expected TYPE ID, got "vpn_gateway"'],
    [['plan', 'VPN', '1'], /plan: resourceType: expected .*, got "VPN"/],
    [['templates'], 'templates: expected publish, got no argument'],
    [['templates', 'list'], 'templates: expected publish, got "list"'],
    [['setup', 'now'], 'setup: expected no argument, got "now"'],
    [['worker', 'now'], 'worker: expected no argument, got "now"'],
    [['worker', '--metrics', 'here'], 'worker: --metrics: expected host:port, got "here"'],
  ];
  for (const [argv, message] of misuse)
    it(`answers ${JSON.stringify(argv)} with what was expected and what came, and code 2`, async () => {
      const io = fakeIo();
      assert.equal(await main(argv, io), 2);
      if (typeof message === 'string') assert(io.err().startsWith(`gateway-saga ${message}\n`), io.err());
      else assert.match(io.err(), message);
      assert.match(io.err(), /gateway-saga.* --help shows how it is used\.\n$/);
      assert.equal(io.out(), '');
    });

  it('says in one line that Temporal is not there, with code 1', async () => {
    const io = fakeIo({ TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_API_KEY: 'canary-51d0' });
    assert.equal(await main(['setup'], io), 1);
    assert.match(io.err(), /^gateway-saga setup: Temporal at 127\.0\.0\.1:1 can't be reached: .*\n$/);
    assert(!io.err().includes('canary'));
  }).timeout(30_000);

  it('says in one line that etcd is not there, with code 1', async () => {
    const io = fakeIo({ ETCDCTL_ENDPOINTS: '127.0.0.1:1', ETCDCTL_USER: 'root:canary-9a3e' });
    assert.equal(await main(['plan', 'vpn_gateway', '1'], io), 1);
    assert.match(io.err(), /^gateway-saga plan: etcd did not answer.*\n$/);
    assert(!io.err().includes('canary'));
  }).timeout(30_000);
});
