import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { InvalidRequestError } from '../../client/errors.ts';
import { workerOptions } from '../../command/worker-options.ts';
import { UsageError } from '../../command/usage.ts';
import { DEFAULT_POLICY } from '../../gateway/policies.ts';
import packageJson from '../../package.json' with { type: 'json' };

const { version: packageVersion } = packageJson;

describe("a worker's options", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-saga-'));
    await writeFile(join(folder, 'key'), 'canary-key');
    await writeFile(join(folder, 'policy'), '{"vrrpLimitMs":5000}');
    await writeFile(join(folder, 'unknown'), '{"vrrpLimit":5000}');
    await writeFile(join(folder, 'list'), '[]');
    await writeFile(join(folder, 'broken'), '{');
    await writeFile(join(folder, 'hosts'), '');
    for (const [name, mode] of [['open keys', 0o644] as const, ['kept keys', 0o640] as const]) {
      await writeFile(join(folder, name), `a ${Buffer.alloc(32).toString('base64')}\n`);
      await chmod(join(folder, name), mode);
    }
  });
  after(() => rm(folder, { recursive: true }));
  const file = (name: string) => join(folder, name);

  it('are sensible without any', () => {
    const options = workerOptions([], {});
    assert.equal(options.knownHosts, join(homedir(), '.ssh', 'known_hosts'));
    assert.equal(options.policy, DEFAULT_POLICY);
    assert.equal(options.temporal.namespace, 'default');
    assert.deepEqual(options.etcd, { endpoints: ['127.0.0.1:2379'] });
    assert.deepEqual(options.log, { format: 'text', level: 'info' });
    for (const name of [
      'connectTo',
      'privateKey',
      'agent',
      'templates',
      'metrics',
      'metricsPerRouter',
      'health',
      'traces',
      'workflowBundle',
    ] as const)
      assert.equal(options[name], undefined);
  });

  it('name a version of a Worker Deployment, by default that of the package', () => {
    assert.equal(workerOptions([], {}).deployment, undefined);
    assert.deepEqual(workerOptions(['--deployment', 'gateways'], {}).deployment, {
      deploymentName: 'gateways',
      buildId: packageVersion,
    });
    const env = { GATEWAY_SAGA_DEPLOYMENT: 'gateways', GATEWAY_SAGA_BUILD_ID: '2.0+a' };
    assert.deepEqual(workerOptions([], env).deployment, { deploymentName: 'gateways', buildId: '2.0+a' });
    assert.deepEqual(workerOptions(['--build-id', '2.1'], env).deployment, {
      deploymentName: 'gateways',
      buildId: '2.1',
    });
  });

  for (const [argv, why] of [
    [['--build-id', '1'], '--build-id: expected --deployment beside it, got none'],
    [['--deployment', 'a.b'], '--deployment: expected a name without "." and ":", got "a.b"'],
    [['--deployment', '__a'], '--deployment: expected a name without "." and ":", got "__a"'],
    [['--deployment', 'a', '--build-id', 'b:c'], '--build-id: expected an id without ":", got "b:c"'],
  ] as const)
    it(`refuse ${argv.join(' ')}`, () => {
      assert.throws(() => workerOptions(argv, {}), new UsageError(why));
    });

  it('are given by flags', () => {
    const options = workerOptions(
      `--known-hosts ${file('hosts')} --templates ${folder} --metrics [::1]:9464 --metrics-per-router --health [::1]:9465 --traces http://127.0.0.1:4318 --agent --workflow-bundle ${file('list')}
       --connect-to r1:127.0.0.1:8301 --connect-to 10.0.0.2:830:[::1]:8302
       --log-format json --log-level warn --private-key ${file('key')} --policy ${file('policy')}`.split(
        /\s+/,
      ),
      { SSH_AUTH_SOCK: '/agent' },
    );
    assert.equal(options.knownHosts, file('hosts'));
    assert.equal(options.templates, folder);
    assert.equal(options.metrics, '[::1]:9464');
    assert.equal(options.metricsPerRouter, true);
    assert.equal(options.health, '[::1]:9465');
    assert.deepEqual(options.traces, { url: 'http://127.0.0.1:4318/v1/traces' });
    assert.equal(options.agent, '/agent');
    assert.deepEqual(options.log, { format: 'json', level: 'warn' });
    assert.equal(options.privateKey, 'canary-key');
    assert.equal(options.workflowBundle, file('list'));
    assert.deepEqual(options.policy, { ...DEFAULT_POLICY, vrrpLimitMs: 5000 });
    assert.deepEqual(
      [...(options.connectTo ?? [])],
      [
        ['r1', { host: '127.0.0.1', port: 8301 }],
        ['10.0.0.2:830', { host: '::1', port: 8302 }],
      ],
    );
  });

  it('watch /config only if they are told to, by flag or environment', () => {
    assert.equal(workerOptions([], {}).watch, undefined);
    assert.equal(workerOptions([], { GATEWAY_SAGA_WATCH: '0' }).watch, undefined);
    assert.equal(workerOptions(['--watch'], {}).watch, true);
    assert.equal(workerOptions([], { GATEWAY_SAGA_WATCH: '1' }).watch, true);
  });

  it('are switched on and off by 1 and 0 only, so that no other word is taken for off', () => {
    for (const value of ['', '0', 'false'])
      assert.equal(workerOptions([], { GATEWAY_SAGA_METRICS_PER_ROUTER: value }).metricsPerRouter, undefined);
    for (const name of ['WATCH', 'METRICS_PER_ROUTER', 'AGENT'])
      assert.throws(() => workerOptions([], { [`GATEWAY_SAGA_${name}`]: 'yes' }), {
        name: 'UsageError',
        message: `GATEWAY_SAGA_${name}: expected 1 or 0, got "yes"`,
      });
  });

  it('are given by the environment, after the flags', () => {
    const env = {
      GATEWAY_SAGA_KNOWN_HOSTS: file('hosts'),
      GATEWAY_SAGA_CONNECT_TO: 'r1:127.0.0.1:8301,r2:127.0.0.1:8302',
      GATEWAY_SAGA_PRIVATE_KEY: file('key'),
      GATEWAY_SAGA_AGENT: '1',
      SSH_AUTH_SOCK: '/agent',
      GATEWAY_SAGA_POLICY: file('policy'),
      GATEWAY_SAGA_TEMPLATES: folder,
      GATEWAY_SAGA_METRICS: '127.0.0.1:9464',
      GATEWAY_SAGA_METRICS_PER_ROUTER: '1',
      GATEWAY_SAGA_HEALTH: '127.0.0.1:9465',
      GATEWAY_SAGA_TRACES: 'https://collector/traces',
      GATEWAY_SAGA_WORKFLOW_BUNDLE: file('list'),
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: 'network',
      ETCDCTL_ENDPOINTS: 'etcd:2379',
    };
    const options = workerOptions([], env);
    assert.equal(options.knownHosts, file('hosts'));
    assert.equal(options.connectTo?.size, 2);
    assert.deepEqual([options.metricsPerRouter, options.health], [true, '127.0.0.1:9465']);
    assert.deepEqual(options.traces, { url: 'https://collector/traces' });
    assert.equal(options.privateKey, 'canary-key');
    assert.equal(options.agent, '/agent');
    assert.equal(options.policy.vrrpLimitMs, 5000);
    assert.equal(options.templates, folder);
    assert.equal(options.metrics, '127.0.0.1:9464');
    assert.equal(options.workflowBundle, file('list'));
    assert.equal(options.temporal.connection.address, 'temporal:7233');
    assert.equal(options.temporal.namespace, 'network');
    assert.deepEqual(options.etcd.endpoints, ['etcd:2379']);
    assert.equal(workerOptions(['--known-hosts', file('list')], env).knownHosts, file('list'));
    assert.equal(workerOptions(['--connect-to', 'r3:h:1'], env).connectTo?.size, 1);
  });

  /** Each option is refused by the name of what gave it: its flag, or its variable. */
  const bad: [flag: string, variable: string, value: () => string, message: RegExp][] = [
    ['--connect-to', 'GATEWAY_SAGA_CONNECT_TO', () => 'r1', /^NAME: .*expected ID:HOST:PORT/],
    ['--metrics', 'GATEWAY_SAGA_METRICS', () => 'host:99999', /^NAME: expected host:port, got "host:99999"/],
    ['--log-format', 'GATEWAY_SAGA_LOG_FORMAT', () => 'xml', /^NAME: expected text, json, got "xml"/],
    [
      '--log-level',
      'GATEWAY_SAGA_LOG_LEVEL',
      () => 'INFO',
      /^NAME: expected error, warn, info, debug, got "INFO"/,
    ],
    [
      '--private-key',
      'GATEWAY_SAGA_PRIVATE_KEY',
      () => '/no/key',
      /^NAME: expected a readable file, got \/no/,
    ],
    ['--policy', 'GATEWAY_SAGA_POLICY', () => '/no/policy', /^NAME: expected a readable file, got \/no/],
    ['--policy', 'GATEWAY_SAGA_POLICY', () => file('unknown'), /^NAME \S+: .*unknown field "vrrpLimit"/],
    ['--policy', 'GATEWAY_SAGA_POLICY', () => file('list'), /^NAME \S+: expected a JSON object/],
    ['--policy', 'GATEWAY_SAGA_POLICY', () => file('broken'), /^NAME \S+: .*JSON/],
    // A key given for a policy must not be quoted by the JSON parser's message.
    ['--policy', 'GATEWAY_SAGA_POLICY', () => file('key'), /^NAME /],
    [
      '--known-hosts',
      'GATEWAY_SAGA_KNOWN_HOSTS',
      () => '/no/hosts',
      /^NAME: expected a readable file, got \/no\/hosts$/,
    ],
    [
      '--templates',
      'GATEWAY_SAGA_TEMPLATES',
      () => '/no/kinds',
      /^NAME: expected a readable folder, got \/no/,
    ],
    [
      '--workflow-bundle',
      'GATEWAY_SAGA_WORKFLOW_BUNDLE',
      () => '/no/bundle',
      /^NAME: expected a readable file, got \/no/,
    ],
    [
      '--codec-keys',
      'GATEWAY_SAGA_CODEC_KEYS',
      () => '/no/keys',
      /^NAME: expected a readable file, got "\/no/,
    ],
    [
      '--codec-keys',
      'GATEWAY_SAGA_CODEC_KEYS',
      () => file('key'),
      /^NAME \S+, line 1: expected a name and 32/,
    ],
    [
      '--codec-keys',
      'GATEWAY_SAGA_CODEC_KEYS',
      () => file('open keys'),
      /^NAME: expected a file that not everybody can read, as chmod 600 makes it, got .*open keys with mode 644$/,
    ],
  ];
  for (const [flag, variable, value, message] of bad)
    for (const by of [flag, variable])
      it(`are refused: ${message.source.replace('NAME', by)}`, () => {
        const [argv, env] = by === flag ? [[flag, value()], {}] : [[], { [variable]: value() }];
        refused(argv, env, new RegExp(message.source.replace('NAME', by)));
      });

  it('have codec keys from a file that a group may read', () => {
    assert.equal(workerOptions(['--codec-keys', file('kept keys')], {}).codec?.encrypts, true);
  });

  it('are refused with an agent whose socket nothing names', () => {
    refused(['--agent'], {}, /^--agent: expected SSH_AUTH_SOCK to name/);
    refused([], { GATEWAY_SAGA_AGENT: '1' }, /^GATEWAY_SAGA_AGENT: expected SSH_AUTH_SOCK to name/);
  });

  it('are refused with an unknown flag', () => {
    refused(
      ['--known-host', 'x'],
      {},
      /expected --known-hosts, .*, got --known-host; did you mean --known-hosts\?$/,
    );
  });

  function refused(argv: string[], env: Record<string, string>, message: RegExp): void {
    assert.throws(
      () => workerOptions(argv, env),
      (error) => {
        assert(error instanceof UsageError || error instanceof InvalidRequestError);
        assert.match(error.message, message);
        assert(!inspect(error, { depth: 10 }).includes('canary'));
        return true;
      },
    );
  }
});
