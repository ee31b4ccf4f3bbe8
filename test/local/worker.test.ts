import assert from 'node:assert/strict';
import { ChildError } from '../../local/child.ts';
import { processStart } from '../../local/processes.mjs';
import { type Stack, startStack } from '../../local/stack.ts';
import { startWorker } from '../../local/worker-process.ts';

describe("the stack's worker", function () {
  this.timeout(90_000);
  let stack: Stack;
  beforeEach(async () => (stack = await startStack()));
  afterEach(() => stack.stop());

  it('polls as soon as it is started, and ends by itself on SIGTERM', async () => {
    const worker = await startWorker(stack);
    assert.equal(await processStart(worker.pid), worker.start);
    assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  });

  it('can run several times at once, and can be killed', async () => {
    const [one, other] = await Promise.all([
      startWorker(stack, { name: 'worker-1' }),
      startWorker(stack, { name: 'worker-2' }),
    ]);
    one.signal('SIGKILL');
    assert.deepEqual(await one.exited, { code: null, signal: 'SIGKILL' });
    assert.equal(await processStart(other.pid), other.start);
  });

  it('ends with the stack', async () => {
    const worker = await startWorker(stack);
    await stack.stop();
    assert.notEqual(await processStart(worker.pid), worker.start);
  });

  it('says why it can not start', async () => {
    await assert.rejects(startWorker(stack, { policy: { vrrpLimitMs: -1 } }), (error: unknown) => {
      assert.ok(error instanceof ChildError);
      assert.match(error.message, /worker ended before it was ready \(exit code 2\).*vrrpLimitMs/s);
      return true;
    });
  });
});
