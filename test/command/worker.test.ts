import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TASK_QUEUE } from '../../gateway/messages.ts';
import { clientFor, newNamespace, temporal } from '../client/temporal.ts';
import { sharedEtcd } from '../world/etcd.ts';

const PROGRAM = fileURLToPath(new URL('../../command/gateway-saga.mjs', import.meta.url));

/** The command as a process of its own. */
function start(argv: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [PROGRAM, ...argv], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
  return { child, ended, output: () => output };
}

describe('gateway-saga as a process', () => {
  it('ends with the exit code of its command', async () => {
    const version = start(['--version'], {});
    assert.deepEqual(await version.ended, [0, null]);
    assert.match(version.output(), /^gateway-saga \d+\.\d+\.\d+\n/);
    assert.deepEqual(await start(['nonsense'], {}).ended, [2, null]);
  });

  it('says in one line that etcd is not there, and nothing after it', async () => {
    const { ended, output } = start(['plan', 'vpn_gateway', '1'], { ETCDCTL_ENDPOINTS: '127.0.0.1:1' });
    assert.deepEqual(await ended, [1, null]);
    assert.match(output(), /^gateway-saga plan: etcd did not answer.*\n$/);
  });

  it('takes no offence at a reader who leaves early', async () => {
    const { child, ended, output } = start(['--help'], {});
    child.stdout.destroy();
    assert.deepEqual(await ended, [0, null]);
    assert.equal(output(), '');
  });
});

describe('gateway-saga worker', () => {
  let env: Record<string, string>;
  before(async function () {
    this.timeout(90_000);
    env = {
      ETCDCTL_ENDPOINTS: (await sharedEtcd()).endpoint,
      TEMPORAL_ADDRESS: (await temporal()).address,
      TEMPORAL_NAMESPACE: await newNamespace('without attributes'),
      GATEWAY_SAGA_KNOWN_HOSTS: '/dev/null',
    };
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`serves the task queue until ${signal}, then ends with 0`, async function () {
      this.timeout(60_000);
      const { child, ended, output } = start(['worker'], env);
      const { connection } = await clientFor('default');
      const served = async () => {
        const { pollers } = await connection.workflowService.describeTaskQueue({
          namespace: env.TEMPORAL_NAMESPACE,
          taskQueue: { name: TASK_QUEUE },
        });
        return pollers?.some(({ identity }) => identity?.startsWith(`${child.pid}@`)) ?? false;
      };
      try {
        while (!(await served())) {
          assert.equal(child.exitCode, null, output());
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        child.kill(signal);
        assert.deepEqual(await ended, [0, null], output());
      } finally {
        child.kill('SIGKILL');
      }
    });

  for (const [what, away] of [
    ['etcd', { ETCDCTL_ENDPOINTS: '127.0.0.1:1' }],
    ['Temporal', { TEMPORAL_ADDRESS: '127.0.0.1:1' }],
  ] as const)
    it(`says within seconds that ${what} is away, and goes on until it is told to end`, async function () {
      this.timeout(30_000);
      const { child, ended, output } = start(['worker'], { ...env, ...away });
      try {
        const warning = new RegExp(
          `WARN\\W.*${what} at 127\\.0\\.0\\.1:1 does not answer \\(.+\\): this worker`,
        );
        const startedAt = Date.now();
        while (!warning.test(output())) {
          assert.equal(child.exitCode, null, output());
          assert.ok(Date.now() - startedAt < 15_000, output());
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        child.kill('SIGTERM');
        assert.deepEqual(await ended, [0, null], output());
      } finally {
        child.kill('SIGKILL');
      }
    });

  it('is not started with a file of known hosts that is not there, with 2', async () => {
    const { ended, output } = start(['worker'], { ...env, GATEWAY_SAGA_KNOWN_HOSTS: '/nowhere/hosts' });
    assert.deepEqual(await ended, [2, null]);
    assert.match(output(), /GATEWAY_SAGA_KNOWN_HOSTS: expected a readable file, got \/nowhere\/hosts/);
  });

  it('says in one line which address it can not look up, with 1', async () => {
    const { ended, output } = start(['worker', '--metrics', '999.0.0.1:9464'], env);
    assert.deepEqual(await ended, [1, null]);
    assert.match(output(), /^gateway-saga worker: metrics at 999\.0\.0\.1:9464: .*\n$/);
  });

  it('says in one line which file of a kind is wrong, with 2, in whatever form and with metrics at a name', async function () {
    this.timeout(30_000);
    const folder = await mkdtemp(join(tmpdir(), 'kinds-'));
    try {
      await mkdir(join(folder, 'unfinished'));
      const { ended, output } = start(['worker', '--templates', folder, '--metrics', 'localhost:0'], env);
      assert.deepEqual(await ended, [2, null]);
      assert.match(
        output(),
        /^gateway-saga worker: unfinished\/kind\.json: expected a file, got nothing.*\n.*--help.*\n$/m,
      );
      const json = start(['worker', '--templates', folder, '--log-format', 'json'], env);
      assert.deepEqual(await json.ended, [2, null]);
      const { level, message } = JSON.parse(json.output()) as Record<string, string>;
      assert.match(`${level} ${message}`, /^ERROR unfinished\/kind\.json: expected a file, got nothing/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
