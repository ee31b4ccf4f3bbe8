import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT, RUNS, SHELL_FILE } from '../../local/folders.ts';
import { processStart } from '../../local/processes.mjs';
import { freePorts } from '../../local/ports.ts';
import { SAMPLE_GATEWAYS } from '../../local/samples.ts';

const [FIRST] = SAMPLE_GATEWAYS;

/** None of these may reach the worker of `npm start`: it would not start, or serve something else. */
const ELSEWHERE = {
  ETCDCTL_ENDPOINTS: '127.0.0.1:1',
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  TEMPORAL_NAMESPACE: 'elsewhere',
  GATEWAY_SAGA_CONNECT_TO: 'nowhere',
  GATEWAY_SAGA_KNOWN_HOSTS: '/nowhere',
  GATEWAY_SAGA_POLICY: '/nowhere',
  GATEWAY_SAGA_TEMPLATES: '/nowhere',
  GATEWAY_SAGA_CODEC_KEYS: '/nowhere',
  GATEWAY_SAGA_DEPLOYMENT: 'elsewhere',
};

/** A proxy that does not answer. Nothing of a stack is behind it. */
const PROXY = {
  http_proxy: 'http://127.0.0.1:1',
  https_proxy: 'http://127.0.0.1:1',
  no_proxy: 'example.net',
};

/** `npm start` without npm, on ports of its own. */
interface Started {
  readonly said: (text: string) => Promise<void>;
  readonly words: () => string;
  /** Ctrl-C. */
  readonly interrupt: () => void;
  /** The terminal is closed: nobody reads any more. */
  readonly hangUp: () => void;
  /** Process id of a program of its stack. */
  readonly pidOf: (name: string) => Promise<number>;
  /** Exit code and signal. */
  readonly exited: Promise<unknown[]>;
}

describe('npm start', function () {
  this.timeout(90_000);

  const running = new Set<ChildProcess>();
  afterEach(async () => {
    for (const program of running) {
      if (program.exitCode === null && program.signalCode === null) {
        program.kill('SIGTERM');
        await once(program, 'exit');
      }
    }
    running.clear();
  });

  const start = async (options: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Started> => {
    const [etcd, temporal, ui] = await freePorts(3);
    const program = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts', ...options], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        GATEWAY_SAGA_ETCD_PORT: String(etcd),
        GATEWAY_SAGA_TEMPORAL_PORT: String(temporal),
        GATEWAY_SAGA_UI_PORT: String(ui),
        ...env,
      },
    });
    running.add(program);
    let words = '';
    const looks = new Set<() => void>();
    for (const stream of [program.stdout, program.stderr]) {
      stream.on('data', (data: Buffer) => {
        words += data.toString();
        for (const look of looks) look();
      });
    }
    const exited = once(program, 'close');
    const said = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => words.includes(text) && resolve();
        looks.add(look);
        void exited.then(() => reject(new Error(`it ended without "${text}": ${words}`)));
        look();
      });
    const pidOf = async (name: string) => {
      const mine = (await readdir(RUNS)).find((run) => run.includes(`-${program.pid}-`));
      const record = await readFile(`${RUNS}/${mine}/${name}.process.json`, 'utf8');
      return (JSON.parse(record) as { pid: number }).pid;
    };
    return {
      said,
      words: () => words,
      interrupt: () => void program.kill('SIGINT'),
      hangUp() {
        for (const stream of [program.stdout, program.stderr]) stream.destroy();
        program.kill('SIGHUP');
      },
      pidOf,
      exited,
    };
  };
  const inShell = async (command: string, env: NodeJS.ProcessEnv = {}) => {
    const { stdout } = await promisify(execFile)('sh', ['-c', `. .local/env; ${command}`], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });
    return stdout;
  };

  it('leads other terminals to its stack first of all, and says so when its worker ends', async () => {
    const [health = 0] = await freePorts(1);
    const { said, words, pidOf, exited } = await start(['--keep'], {
      GATEWAY_SAGA_HEALTH: `127.0.0.1:${health}`,
      GATEWAY_SAGA_LOG_FORMAT: 'json',
      ...ELSEWHERE,
      ...PROXY,
    });
    await said('stays up until you press Ctrl-C');
    assert.equal((await fetch(`http://127.0.0.1:${health}/healthz`)).status, 200);
    const [opening = '', hint = ''] = words()
      .split('\n')
      .filter((line) => line !== '');
    assert.match(opening, /^Starting etcd/);
    assert.match(hint, /^In every other terminal, before any command: {2}\. \.local\/env$/);
    const name = `${FIRST?.resourceType} ${FIRST?.resourceId}`;
    const commands = words().slice(words().indexOf('Try next'));
    assert.ok(commands.includes(`\n  npx gateway-saga status ${name}\n`), commands);
    const status = await inShell(`node command/gateway-saga.mjs status ${name}`, PROXY);
    assert.match(status, /\ncreated version 1\nVRRP: primary MASTER, secondary BACKUP\nstands: version 1\n$/);
    const listed = await inShell('temporal workflow list --output json');
    assert.match(listed, new RegExp(`${FIRST?.resourceType}:${FIRST?.resourceId}`));

    const worker = spawn('sh', ['-c', '. .local/env; exec node command/gateway-saga.mjs worker 2>&1'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    running.add(worker);
    for await (const data of worker.stdout as AsyncIterable<Buffer>)
      if (data.includes('state=RUNNING')) break;
    worker.kill('SIGTERM');
    await once(worker, 'exit');

    const pid = await pidOf('worker');
    process.kill(pid, 'SIGKILL');
    assert.deepEqual(await exited, [1, null]);
    const log = await readFile(assertTold(words(), 'worker', pid), 'utf8');
    const lines = log.trimEnd().split('\n');
    assert.ok(lines.length > 1);
    for (const line of lines) assert.doesNotThrow(() => JSON.parse(line), line);
    await assert.rejects(stat(SHELL_FILE), { code: 'ENOENT' });
  });

  it('says so when one of its servers ends before the gateways are created', async () => {
    const { said, words, pidOf, exited } = await start();
    await said('poll primary begins');
    const pid = await pidOf('etcd');
    process.kill(pid, 'SIGKILL');
    assert.deepEqual(await exited, [1, null]);
    const log = assertTold(words(), 'etcd', pid);
    assert.ok((await stat(log)).isFile());
    assert.ok(!words().includes('── Outcome'));
  });

  it('can be interrupted while a server is not ready, and leaves nothing behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'start-'));
    const program = join(folder, 'etcd');
    await writeFile(program, '#!/bin/sh\necho begun\nexec sleep 600\n', { mode: 0o755 });
    try {
      const { words, interrupt, pidOf, exited } = await start([], { GATEWAY_SAGA_ETCD: program });
      const pid = await eventually(() => pidOf('etcd'));
      const begun = await processStart(pid);
      interrupt();
      assert.deepEqual(await Promise.race([exited, sleep(40_000, 'no end')]), [130, null], words());
      assert.notEqual(await processStart(pid), begun);
      await assert.rejects(pidOf('etcd'));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('ends in order when its terminal is closed', async () => {
    const { said, hangUp, pidOf, exited } = await start(['--keep']);
    await said('In every other terminal');
    hangUp();
    assert.deepEqual(await exited, [130, null]);
    await assert.rejects(pidOf('etcd'));
    await assert.rejects(stat(SHELL_FILE), { code: 'ENOENT' });
  });

  it('has a help, and says what it does not understand', async () => {
    const [help, wrong] = await Promise.all([start(['--help']), start(['--wrong'])]);
    assert.deepEqual(await help.exited, [0, null]);
    assert.match(help.words(), /^ {2}GATEWAY_SAGA_METRICS$/m);
    assert.deepEqual(await wrong.exited, [2, null]);
    assert.match(wrong.words(), /^npm start: .*'--wrong'.*; see npm start -- --help\n$/);
  });

  it('says in one line why it can not start', async () => {
    const { words, exited } = await start([], { GATEWAY_SAGA_ETCD: '/nowhere/etcd' });
    assert.deepEqual(await exited, [1, null]);
    assert.match(words(), /\nnpm start: no etcd program at \/nowhere\/etcd: run `npm run setup`\n$/);
  });
});

/** What the work resolves to, as soon as it does. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    const found = await work().catch(() => undefined);
    if (found !== undefined) return found;
    await sleep(50);
  }
}

/** It says which program ended, how, and where its log is: the log's path. */
function assertTold(words: string, name: string, pid: number): string {
  const ended = `npm start: ${name} \\(process ${pid}\\) ended by itself: SIGKILL; its last words \\((.*)\\):`;
  return new RegExp(`\n${ended}\n`).exec(words)?.[1] ?? assert.fail(words);
}
