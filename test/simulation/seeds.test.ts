import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { harness } from '../chaos/harness.ts';
import { ASKING_SEEDS } from './draw-asking.ts';
import { FAMILY_SEEDS } from '../chaos/draw-family.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** How many seeds; enough for a developer to notice a mistake. */
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 100);
const FAMILY_COUNT = Math.ceil(SEEDS / 4);
const ASKING_COUNT = Math.ceil(SEEDS / 10);
/** How many seeds run once more in the other process. */
const COMPARED = Math.min(8, SEEDS);

interface Line {
  readonly seed: number;
  readonly digest?: string;
}

async function simulated(...ranges: readonly (readonly [number, number])[]): Promise<readonly Line[]> {
  const seeds = ranges.map(([from, to]) => `${from}..${to}`).join(',');
  const { lines } = await harness(MAIN, '--digests', '--seeds', seeds);
  return lines.map((line) => JSON.parse(line) as Line);
}

describe('the simulation', function () {
  this.timeout(180_000 + SEEDS * 2_000);

  /** Two processes run all seeds: each takes seconds to start. */
  let one: readonly Line[];
  let other: readonly Line[];
  before(async () => {
    const half = Math.ceil(SEEDS / 2);
    [one, other] = await Promise.all([
      simulated([1, half], [FAMILY_SEEDS, FAMILY_SEEDS + FAMILY_COUNT - 1], [1, Math.min(2, half)]),
      simulated([half + 1, SEEDS], [ASKING_SEEDS + 1, ASKING_SEEDS + ASKING_COUNT], [1, COMPARED]),
    ]);
  });

  /** So many seeds ran from `first` on, and nothing was found in any of them. */
  function assertKept(first: number, count: number): void {
    const lines = [...one, ...other].filter(({ seed }) => seed >= first && seed < first + count);
    assert.deepEqual(
      lines.filter(({ digest }) => digest === undefined),
      [],
    );
    assert.equal(new Set(lines.map(({ seed }) => seed)).size, count);
  }

  it(`breaks none of the nine promises, whatever goes wrong, with ${SEEDS} seeds`, () =>
    assertKept(1, SEEDS));

  it(`keeps parents and children together, with ${FAMILY_COUNT} seeds`, () =>
    assertKept(FAMILY_SEEDS, FAMILY_COUNT));

  it(`keeps them when people ask for other attempts and for owed deletions, with ${ASKING_COUNT} seeds`, () =>
    assertKept(ASKING_SEEDS + 1, ASKING_COUNT));

  it('is the same for the same seed, to the last byte, in one process and in two, whatever ran before', () => {
    const digestsOf = (wanted: number) =>
      [...one, ...other].flatMap(({ seed, digest }) =>
        seed === wanted && digest !== undefined ? [digest] : [],
      );
    const compared = Array.from({ length: COMPARED }, (_, index) => index + 1);
    for (const seed of compared) {
      const [digest = '', ...again] = digestsOf(seed);
      assert.match(digest, /^[0-9a-f]{64}$/);
      assert.deepEqual(again, Array(seed <= 2 ? 2 : 1).fill(digest), `seed ${seed} differs from itself`);
    }
    assert.equal(new Set(compared.flatMap(digestsOf)).size, COMPARED);
  });
});
