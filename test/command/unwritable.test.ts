/** The command as a process whose output nobody reads, or nobody can write. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { created, openScene, type Scene } from '../client/scene.ts';

const PROGRAM = fileURLToPath(new URL('../../command/gateway-saga.mjs', import.meta.url));

describe('gateway-saga whose output', function () {
  this.timeout(60_000);
  let scene: Scene;
  let env: Record<string, string | undefined>;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
    const { PATH, HOME } = process.env;
    env = { PATH, HOME, ...scene.env };
  });
  after(() => scene.close());

  /** Starts the command. `full`: a file descriptor for standard output, instead of a pipe. */
  const start = (argv: readonly string[], full?: number) => {
    const child = spawn(process.execPath, [PROGRAM, ...argv], {
      env,
      stdio: ['ignore', full ?? 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
    return { child, ended, err: () => err };
  };
  /** Starts a creation, and lets it succeed once `then` has been done. */
  const create = async (then: (started: ReturnType<typeof start>) => void, full?: number) => {
    const gateway = scene.gateway();
    const started = start(['create', gateway.resourceType, gateway.resourceId, '--json'], full);
    then(started);
    await scene.begun(gateway);
    await scene.end(gateway, created(gateway));
    return { code: (await started.ended)[0], err: started.err() };
  };

  it('is read ends with 0 when the gateway is created', async () => {
    assert.deepEqual(await create(({ child }) => child.stdout?.resume()), { code: 0, err: '' });
  });

  it('is a pipe that was closed early has not succeeded, although the gateway is created', async () => {
    assert.deepEqual(await create(({ child }) => child.stdout?.destroy()), { code: 141, err: '' });
  });

  it('is a full disk says so in one line', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      const { code, err } = await create(() => {}, full);
      assert.equal(code, 1);
      assert.match(
        err,
        /^gateway-saga: can't write to standard output: ENOSPC: no space left on device, write\n$/,
      );
    } finally {
      closeSync(full);
    }
  });

  it('is a pipe for errors that was closed early ends with the code of its command, and does not crash', async () => {
    const { child, ended } = start(['create']);
    child.stderr?.destroy();
    const [code] = await ended;
    assert.ok(code === 2 || code === 141, String(code));
  });

  it('is its help takes no offence at a reader who leaves early', async () => {
    const { child, ended } = start(['create', '--help']);
    child.stdout?.destroy();
    assert.deepEqual(await ended, [0, null]);
  });
});
