import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { COMMANDS } from '../../command/commands.ts';
import { main } from '../../command/run.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed, schemaNamed } from './json-output.ts';

describe('gateway-saga', () => {
  it('shows all commands, examples and where it finds its servers', async () => {
    for (const word of ['--help', '-h', 'help']) {
      const io = fakeIo();
      assert.equal(await main([word], io), 0);
      for (const { name, summary } of COMMANDS) assert(io.out().includes(name) && io.out().includes(summary));
      for (const { name, arguments: args, summary } of COMMANDS)
        assert.ok(
          io
            .out()
            .split('\n')
            .some((line) => line.startsWith(`  ${name} ${args}`.trimEnd()) && line.endsWith(`  ${summary}`)),
          name,
        );
      assert.match(io.out(), /Examples:\n {2}gateway-saga create /);
      assert.match(io.out(), /ETCDCTL_ENDPOINTS/);
      assert.match(io.out(), /TEMPORAL_ADDRESS/);
    }
  });

  it('names in the help of plan each kind of its documents', async () => {
    const io = fakeIo();
    await main(['plan', '--help'], io);
    const { oneOf } = schemaNamed('plan') as { oneOf: { properties: { kind: { const: string } } }[] };
    const kinds = oneOf.map(({ properties }) => `"${properties.kind.const}"`);
    assert.ok(io.out().includes(`{"kind":${kinds.join('|')},`), kinds.join());
  });

  it('says that a number is an exit code', async () => {
    for (const name of ['list', 'status']) {
      const io = fakeIo();
      await main([name, '--help'], io);
      assert.match(
        io.out().replaceAll(/\s+/g, ' '),
        /while Temporal does not answer,.* with exit code 1[;.]/i,
        name,
      );
    }
  });

  it('shows its version, and those of Node.js and the Temporal SDK', async () => {
    const { version, dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
      version: string;
      dependencies: Record<string, string>;
    };
    const { node } = process.versions;
    const temporalSdk = dependencies['@temporalio/client'];
    for (const word of ['version', '--version']) {
      const io = fakeIo();
      assert.equal(await main([word], io), 0);
      assert.equal(io.out(), `gateway-saga ${version}\nNode.js ${node}\nTemporal SDK ${temporalSdk}\n`);
    }
    const io = fakeIo();
    assert.equal(await main(['version', '--json'], io), 0);
    assertDescribed('version', ['--json'], io.out());
    const more = io.out().replace('{', '{"more":1,');
    assert.throws(() => assertDescribed('version', ['--json'], more), /version: .*"more"/);
    assert.deepEqual(JSON.parse(io.out()), { gatewaySaga: version, node, temporalSdk });
  });

  it("shows a command's help by its name", async () => {
    const [io, other] = [fakeIo(), fakeIo()];
    assert.equal(await main(['help', 'status'], io), 0);
    assert.equal(await main(['status', '--help'], other), 0);
    assert.equal(io.out(), other.out());
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
        assert.doesNotMatch(io.out(), /[ \t]$/m);
      }
    });

  const misuse: [argv: string[], message: string | RegExp][] = [
    [[], /expected a command \(apply, create, update, delete, status, .*\), got none/],
    [['creat'], /expected a command \(apply, create, .*\), got "creat"; did you mean create\?/],
    [['\u001b[31m'], /got "\\u001b\[31m"/],
    [['help', 'creat'], /help: expected a command \(apply, create, .*\), got "creat"/],
    [['create'], 'create: expected TYPE ID…, or --file FILE, got no argument'],
    [['update', 'vpn_gateway'], 'update: expected TYPE ID…, or --file FILE, got "vpn_gateway"'],
    [['delete', 'a', 'b', '--file', 'list'], 'delete: expected TYPE ID…, or --file FILE, got "a" "b" --file'],
    [['apply', 'a', 'b', 'c', '--version', '1'], 'apply: --version: expected one gateway with it, got 2'],
    [['apply', 'a', 'b', 'c\td'], /apply: ID: expected .*, got "c\\td"/],
    [['apply', '--file', '/nowhere'], /apply: --file: expected a readable file, or -, got "\/nowhere"/],
    [['apply', '--file', '-'], 'apply: --file: expected at least one line with TYPE ID, got none'],
    [
      ['create', 'a', 'b', '--wait'],
      'create: expected --file, --version, --again, --no-wait, --json, --temporal-address, --temporal-namespace, --etcd, --help, got --wait',
    ],
    [['setup', '--temporal-adress', 'a'], /, got --temporal-adress; did you mean --temporal-address\?/],
    [['create', 'a', 'b', '-x'], /create: expected --file, .*, got -x/],
    [['create', 'a', 'b', '--version'], 'create: --version: expected a value, got none'],
    [['create', 'a', 'b', '--version=one'], 'create: --version: expected a whole number from 0, got "one"'],
    [['create', 'a', 'b', '--version=-1'], 'create: --version: expected a whole number from 0, got "-1"'],
    [
      ['create', 'a', 'b', '--version=9007199254740993'],
      /--version: expected a whole number from 0, got "9007199254740993"/,
    ],
    [['create', 'a', 'b', '--json=yes'], 'create: --json: expected no value, got one'],
    [['create', 'a/b', 'c'], /create: TYPE: expected a word like "vpn_gateway".*, got "a\/b"/],
    [['create', 'vpn_gateway', ' b'], /create: ID: expected .*, got " b"/],
    [['status', 'vpn_gateway', ''], /status: ID: expected .*, got ""/],
    [['status'], 'status: expected TYPE ID, got no argument'],
    [['plan', 'vpn_gateway'], 'plan: expected TYPE ID, got "vpn_gateway"'],
    [['plan', 'VPN', '1'], /plan: TYPE: expected .*, got "VPN"/],
    [['config'], 'config: expected put, get, check or schema, got no argument'],
    [['config', 'list'], 'config: expected put, get, check or schema, got "list"'],
    [['config', 'get', 'vpn_gateway'], 'config: expected TYPE ID [FILE], got "vpn_gateway"'],
    [['config', '--templates', '.', 'schema'], 'config: expected TYPE, got no argument'],
    [['config', '--json', 'check', 'a'], 'config: expected TYPE ID [FILE], got "a"'],
    [['routers', '--json', 'check'], 'routers: expected ID, got no argument'],
    [['routers', '--as', 'check', 'lst'], /routers: expected hold, .* or check, got "lst"/],
    [['routers', 'check', 'a', '--for=b', 'c'], /routers: --for: expected TYPE ID as two words behind it/],
    [
      ['routers', 'check', 'a', '--for', 'b', 'c', '--for', 'd', 'e'],
      'routers: --for: expected one gateway, got two',
    ],
    [['list', '--templates', '/nowhere'], /list: --templates: expected a readable folder, got \/nowhere/],
    [['plan', 'a', 'b', '--templates', '/nowhere'], /plan: --templates: expected a readable folder, /],
    [
      ['config', 'get', 'a', 'b', '--templates', '/nowhere'],
      /config: --templates: expected a readable folder, /,
    ],
    [
      ['config', 'check', 'a', 'b', '--templates', '/nowhere'],
      /config: --templates: expected a readable folder, /,
    ],
    [
      ['config', 'schema', 'a', '--templates', '/nowhere'],
      /config: --templates: expected a readable folder, /,
    ],
    [['templates'], 'templates: expected publish, got no argument'],
    [['templates', 'list'], 'templates: expected publish, got "list"'],
    [['setup', 'now'], 'setup: expected no argument, got "now"'],
    [['worker', 'now'], 'worker: expected no argument, got "now"'],
    [['worker', '--metrics', 'here'], 'worker: --metrics: expected host:port, got "here"'],
    [['worker', '--health', 'here'], 'worker: --health: expected host:port, got "here"'],
    [
      ['worker', '--traces', 'here:4318'],
      'worker: --traces: expected http://host:port or https://…, without a login, got "here:4318"',
    ],
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
    assert.match(io.err(), /^gateway-saga plan: etcd did not answer \(read\): [^:]+: [^:]+: [^\n]+\n$/);
    assert.doesNotMatch(io.err(), /Resolution note|(UNAVAILABLE.*){2}/);
    assert(!io.err().includes('canary'));
  }).timeout(30_000);
});
