import assert from 'node:assert/strict';
import { COMMANDS } from '../../command/commands.ts';
import { connectedTo, connectionOptions } from '../../command/connection-options.ts';
import { main } from '../../command/run.ts';
import { fakeIo } from './fake-io.ts';

describe('options for addresses', () => {
  it('count as the variables that they take the place of, and win over them', () => {
    const env = { TEMPORAL_ADDRESS: 'old:1', ETCDCTL_ENDPOINTS: 'old:2', OTHER: 'x' };
    const argv = [
      'a',
      '--temporal-address',
      'new:1',
      '--etcd=b:1,c:2',
      'd',
      '--temporal-namespace=n',
      '--json',
    ];
    assert.deepEqual(connectedTo(['temporal', 'etcd'], argv, env), {
      argv: ['a', 'd', '--json'],
      env: {
        TEMPORAL_ADDRESS: 'new:1',
        TEMPORAL_NAMESPACE: 'n',
        ETCDCTL_ENDPOINTS: 'b:1,c:2',
        OTHER: 'x',
      },
    });
  });

  it('are left to a command that does not connect there, and behind --', () => {
    const argv = ['--etcd', 'a', '--', '--temporal-address', 'b'];
    assert.deepEqual(connectedTo(['temporal'], argv, {}).argv, argv);
  });

  const refused: [argv: string[], message: RegExp][] = [
    [
      ['status', 'a', 'b', '--temporal-address'],
      /^gateway-saga status: --temporal-address: expected a value/,
    ],
    [['queue', '--etcd', '--json'], /^gateway-saga queue: --etcd: expected a value, got none\n/],
    [['plan', 'a', 'b', '--etcd='], /^gateway-saga plan: --etcd: expected a value, got none\n/],
    [['plan', 'a', 'b', '--etcd', 'ftp://x'], /^gateway-saga plan: --etcd: expected host:port/],
    [
      ['plan', 'a', 'b', '--etcd', 'https://u:canary@x'],
      /^gateway-saga plan: --etcd: .* got one with a login/,
    ],
    [['plan', 'a', 'b', '--etcd', 'http://a:1,https://b:2'], /^gateway-saga plan: --etcd: /],
    [['setup', '--etcd', 'x:1'], /^gateway-saga setup: expected .*--help, got --etcd\n/],
  ];
  for (const [argv, message] of refused)
    it(`are refused by their own name: ${argv.join(' ')}`, async () => {
      const io = fakeIo({ ETCDCTL_ENDPOINTS: '127.0.0.1:1' });
      assert.equal(await main(argv, io), 2);
      assert.match(io.err(), message);
      assert(!io.err().includes('canary'));
    });

  it('are used: a command says that it found nobody there', async () => {
    const io = fakeIo({ TEMPORAL_ADDRESS: '127.0.0.1:2' });
    assert.equal(await main(['setup', '--temporal-address', '127.0.0.1:1'], io), 1);
    assert.match(io.err(), /Temporal at 127\.0\.0\.1:1 can't be reached/);
  }).timeout(30_000);

  it('are in the help of each command that connects, and no command has an option of that name', async () => {
    for (const { name, connects = [], load, furtherOptions } of COMMANDS) {
      const { HELP, OPTIONS } = await load();
      const own = { ...OPTIONS, ...(await furtherOptions?.()) };
      for (const option of Object.keys(connectionOptions(['temporal', 'etcd'])))
        assert(!Object.hasOwn(own, option), `${name} --${option}`);
      for (const option of Object.keys(connectionOptions(connects)))
        assert.match(HELP, new RegExp(`--${option}\\b`), name);
    }
  });
});

describe('the options of a command', () => {
  for (const { name, load, furtherOptions, actions = [], connects } of COMMANDS)
    it(`are those that its help names: ${name}`, async () => {
      const { HELP, OPTIONS } = await load();
      const table = { ...OPTIONS, ...(await furtherOptions?.()), ...connectionOptions(connects), help: {} };
      const text = HELP.replace(/Examples:\n(?: .*\n)+/, '');
      const named = new Set((text.match(/--[a-z][a-z0-9-]*/g) ?? []).map((option) => option.slice(2)));
      // A help may speak of another command's option.
      const others = new Set(['watch', 'again', 'version', 'for']);
      assert.deepEqual(
        [...named].filter((option) => !Object.hasOwn(table, option) && !others.has(option)),
        [],
      );
      assert.deepEqual(
        Object.keys(table).filter((option) => !named.has(option)),
        [],
      );
      for (const action of actions) assert.match(HELP, new RegExp(`\\b${action}\\b`));
    });
});
