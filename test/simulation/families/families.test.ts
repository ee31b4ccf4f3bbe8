import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { harness } from '../../chaos/harness.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** How many seeds; enough for a developer to notice a mistake. */
const SEEDS = Number(process.env['FAMILY_SEEDS'] ?? 25);

describe('families of gateways on simulated routers', function () {
  this.timeout(60_000 + SEEDS * 4_000);

  it(`lose nothing, leave nothing behind, and keep no child without its parent, with ${SEEDS} seeds`, async () => {
    assert.deepEqual((await harness(MAIN, '--seeds', `1..${SEEDS}`)).lines, []);
  });
});
