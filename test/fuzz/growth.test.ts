import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { TARGETS } from './targets/index.ts';

/** In characters. So large that what each call costs anyway is small beside it. */
const size = 20_000;

describe('the work for an input', function () {
  this.timeout(120_000);
  let counter: ChildProcess;

  before(async () => {
    counter = fork(new URL('./steps.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
    await once(counter, 'message');
  });
  after(() => void counter.kill());

  async function steps(target: string, index: number, of: number): Promise<number> {
    counter.send({ target, index, size: of });
    const [answer] = (await once(counter, 'message')) as [{ steps?: number; error?: string }];
    assert.equal(answer.error, undefined);
    return answer.steps ?? Number.NaN;
  }

  for (const { name, growing } of TARGETS) {
    for (const [index, input] of growing.entries()) {
      const shown = JSON.stringify(input(24)).slice(0, 60);
      it(`of ${name} grows with its size, not with its square: ${shown}…`, async () => {
        const single = await steps(name, index, size);
        const twice = await steps(name, index, 2 * size);
        assert.ok(twice < 2.6 * single + 20_000, `${single} steps, and ${twice} for twice the size`);
      });
    }
  }
});
