import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { harness } from '../chaos/harness.ts';
import { FAMILY_SEEDS } from './draw-family.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** How many seeds; enough for a developer to notice a mistake. */
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 100);
const FAMILY_COUNT = Math.ceil(SEEDS / 4);
const PROCESSES = Math.min(2, availableParallelism());

const simulation = (...options: readonly string[]) => harness(MAIN, ...options);

describe('the simulation', function () {
  this.timeout(60_000 + SEEDS * 500);

  it(`breaks none of the nine promises, whatever goes wrong, with ${SEEDS} seeds`, async () => {
    const share = Math.ceil(SEEDS / PROCESSES);
    const shares = Array.from({ length: PROCESSES }, (_, index) => [index * share + 1, (index + 1) * share]);
    const ended = await Promise.all(shares.map(([from, to]) => simulation('--seeds', `${from}..${to}`)));
    assert.deepEqual(
      ended.flatMap(({ lines }) => lines),
      [],
    );
  });

  it(`keeps parents and children together, with ${FAMILY_COUNT} seeds`, async () => {
    const seeds = `${FAMILY_SEEDS}..${FAMILY_SEEDS + FAMILY_COUNT - 1}`;
    assert.deepEqual((await simulation('--seeds', seeds)).lines, []);
  });

  it('is the same for the same seed, to the last byte, in one process and in two', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => simulation('--seeds', '1..8', '--times', '2', '--digests')),
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
