import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { workerOptions } from '../../command/worker-options.ts';
import { UsageError } from '../../command/usage.ts';
import { DEFAULT_POLICY } from '../../gateway/policies.ts';

describe("a worker's options", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-saga-'));
    await writeFile(join(folder, 'key'), 'canary-key');
    await writeFile(join(folder, 'policy'), '{"vrrpLimitMs":5000}');
    await writeFile(join(folder, 'unknown'), '{"vrrpLimit":5000}');
    await writeFile(join(folder, 'list'), '[]');
    await writeFile(join(folder, 'broken'), '{');
  });
  after(() => rm(folder, { recursive: true }));
  const file = (name: string) => join(folder, name);

  it('are sensible without any', () => {
    const options = workerOptions([], {});
    assert.equal(options.knownHosts, join(homedir(), '.ssh', 'known_hosts'));
    assert.equal(options.policy, DEFAULT_POLICY);
    assert.equal(options.temporal.namespace, 'default');
    assert.deepEqual(options.etcd, { endpoints: ['127.0.0.1:2379'] });
    for (const name of [
      'connectTo',
      'privateKey',
      'agent',
      'templates',
      'metrics',
      'workflowBundle',
    ] as const)
      assert.equal(options[name], undefined);
  });

  it('are given by flags', () => {
    const options = workerOptions(
      `--known-hosts hosts --templates kinds --metrics [::1]:9464 --agent --workflow-bundle bundle.js
       --connect-to r1:127.0.0.1:8301 --connect-to 10.0.0.2:830:[::1]:8302
       --private-key ${file('key')} --policy ${file('policy')}`.split(/\s+/),
      { SSH_AUTH_SOCK: '/agent' },
    );
    assert.equal(options.knownHosts, 'hosts');
    assert.equal(options.templates, 'kinds');
    assert.equal(options.metrics, '[::1]:9464');
    assert.equal(options.agent, '/agent');
    assert.equal(options.privateKey, 'canary-key');
    assert.equal(options.workflowBundle, 'bundle.js');
    assert.deepEqual(options.policy, { ...DEFAULT_POLICY, vrrpLimitMs: 5000 });
    assert.deepEqual(
      [...(options.connectTo ?? [])],
      [
        ['r1', { host: '127.0.0.1', port: 8301 }],
        ['10.0.0.2:830', { host: '::1', port: 8302 }],
      ],
    );
  });

  it('are given by the environment, after the flags', () => {
    const env = {
      GATEWAY_SAGA_KNOWN_HOSTS: 'hosts',
      GATEWAY_SAGA_CONNECT_TO: 'r1:127.0.0.1:8301,r2:127.0.0.1:8302',
      GATEWAY_SAGA_PRIVATE_KEY: file('key'),
      GATEWAY_SAGA_AGENT: '1',
      SSH_AUTH_SOCK: '/agent',
      GATEWAY_SAGA_POLICY: file('policy'),
      GATEWAY_SAGA_TEMPLATES: 'kinds',
      GATEWAY_SAGA_METRICS: '127.0.0.1:9464',
      GATEWAY_SAGA_WORKFLOW_BUNDLE: 'bundle.js',
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: 'network',
      ETCDCTL_ENDPOINTS: 'etcd:2379',
    };
    const options = workerOptions([], env);
    assert.equal(options.knownHosts, 'hosts');
    assert.equal(options.connectTo?.size, 2);
    assert.equal(options.privateKey, 'canary-key');
    assert.equal(options.agent, '/agent');
    assert.equal(options.policy.vrrpLimitMs, 5000);
    assert.equal(options.templates, 'kinds');
    assert.equal(options.metrics, '127.0.0.1:9464');
    assert.equal(options.workflowBundle, 'bundle.js');
    assert.equal(options.temporal.connection.address, 'temporal:7233');
    assert.equal(options.temporal.namespace, 'network');
    assert.deepEqual(options.etcd.endpoints, ['etcd:2379']);
    assert.equal(workerOptions(['--known-hosts', 'others'], env).knownHosts, 'others');
    assert.equal(workerOptions(['--connect-to', 'r3:h:1'], env).connectTo?.size, 1);
  });

  const bad: [argv: () => string[], message: RegExp][] = [
    [() => ['--known-host', 'x'], /expected --known-hosts, .*, got --known-host$/],
    [() => ['--connect-to', 'r1'], /^--connect-to: .*expected ID:HOST:PORT/],
    [() => ['--agent'], /^--agent: expected SSH_AUTH_SOCK/],
    [() => ['--metrics', 'host:99999'], /^--metrics: expected host:port, got "host:99999"/],
    [() => ['--private-key', '/no/key'], /^--private-key: expected a readable file, got \/no\/key/],
    [() => ['--policy', '/no/policy'], /^--policy: expected a readable file/],
    [() => ['--policy', file('unknown')], /^--policy .*unknown field "vrrpLimit"/],
    [() => ['--policy', file('list')], /^--policy .*expected a JSON object/],
    [() => ['--policy', file('broken')], /^--policy .*JSON/],
    // A key given for a policy must not be quoted by the JSON parser's message.
    [() => ['--policy', file('key')], /^--policy /],
  ];
  for (const [argv, message] of bad)
    it(`are refused: ${message.source}`, () => {
      assert.throws(
        () => workerOptions(argv(), {}),
        (error) => {
          assert(error instanceof UsageError);
          assert.match(error.message, message);
          assert(!inspect(error, { depth: 10 }).includes('canary'));
          return true;
        },
      );
    });
});
