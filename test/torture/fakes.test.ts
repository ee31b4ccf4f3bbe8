import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./fakes/main.ts', import.meta.url));
/** How many seeds; enough for a developer to notice what he broke. */
const SEEDS = Number(process.env['TORTURE_FAKE_SEEDS'] ?? 300);
const PROCESSES = Math.min(2, availableParallelism());

interface Ended {
  readonly code: number;
  readonly lines: readonly string[];
}

/** In a process of its own: it takes the clock, and the timers of everybody else with it. */
function fakes(...options: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', MAIN, ...options];
    execFile(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      const lines = stdout.split('\n').filter((line) => line !== '');
      if (code === 0 || (code === 1 && lines.length > 0)) resolve({ code, lines });
      else reject(new Error(`the fakes ended with ${code}: ${stderr}`, { cause: error }));
    });
  });
}

describe('the fakes', function () {
  this.timeout(60_000 + SEEDS * 500);

  it(`hold all nine promises, whatever goes wrong, with ${SEEDS} seeds`, async () => {
    const share = Math.ceil(SEEDS / PROCESSES);
    const shares = Array.from({ length: PROCESSES }, (_, index) => [index * share + 1, (index + 1) * share]);
    const ended = await Promise.all(shares.map(([from, to]) => fakes('--seeds', `${from}..${to}`)));
    assert.deepEqual(
      ended.flatMap(({ lines }) => lines),
      [],
    );
  });

  it('are the same for the same seed, to the last byte, in one process and in two', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => fakes('--seeds', '1..8', '--times', '2', '--digests')),
    );
    const digests = (one?.lines ?? []).map((line) => JSON.parse(line) as { seed: number; digest: string });
    assert.equal(digests.length, 16);
    for (const [index, { seed, digest }] of digests.entries()) {
      assert.match(digest, /^[0-9a-f]{64}$/);
      assert.equal(digest, digests[index - (index % 2)]?.digest, `seed ${seed} differs from itself`);
    }
    assert.equal(new Set(digests.map(({ digest }) => digest)).size, 8);
    assert.deepEqual(one, other);
  });
});
