import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { harness } from './harness.ts';
import { FollowingClock } from './skipping/clock.ts';

const MAIN = fileURLToPath(new URL('./skipping/main.ts', import.meta.url));
/** How many seeds; each takes some seconds. */
const SEEDS = Number(process.env['TORTURE_SKIPPING_SEEDS'] ?? 5);

describe('real workflows on a server that skips time', function () {
  this.timeout(120_000 + SEEDS * 20_000);

  it(`hold all nine promises, whatever goes wrong, with ${SEEDS} seeds`, async () => {
    const { code, lines } = await harness(MAIN, '--seeds', `1..${SEEDS}`);
    assert.deepEqual(lines, []);
    assert.equal(code, 0);
  });
});

describe("a clock that follows the server's", () => {
  let clock: FollowingClock;
  beforeEach(() => (clock = new FollowingClock()));
  afterEach(() => clock.restore());

  it('takes everybody along, and never goes back', () => {
    const shown = Date.now() + 3_600_000;
    clock.follow(shown);
    clock.follow(shown - 1_800_000);
    assert.ok(Date.now() >= shown && Date.now() < shown + 60_000);
    assert.ok(new Date().getTime() >= shown);
    assert.equal(new Date(5).getTime(), 5);
    clock.restore();
    assert.ok(Date.now() < shown);
  });

  it('makes come true at once, in order, what came due by a jump, and nothing else', async () => {
    const made: string[] = [];
    clock.after(60_000, () => made.push('later'));
    clock.after(30_000, () => made.push('sooner'));
    clock.after(90_000, () => made.push('not yet'));
    clock.after(20_000, () => made.push('taken back'))();
    clock.jump(70_000);
    assert.deepEqual(made, []);
    await sleep(20);
    assert.deepEqual(made, ['sooner', 'later']);
    clock.jump(70_000);
    await sleep(20);
    assert.deepEqual(made, ['sooner', 'later', 'not yet']);
  });
});
