import assert from 'node:assert/strict';
import { createMachineClock, type MachineClock } from '../../../simulator/server/clock.ts';

describe("the machine's clock", () => {
  let clock: MachineClock;
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  beforeEach(() => {
    clock = createMachineClock();
  });
  afterEach(() => clock.stop());

  it('calls once, after the time, and never before the planning returns', async () => {
    const calls: number[] = [];
    const start = performance.now();
    await new Promise<void>((resolve) => {
      clock.after(20, () => {
        calls.push(performance.now() - start);
        resolve();
      });
      clock.after(0, () => calls.push(0));
      assert.deepEqual(calls, []);
    });
    assert.equal(calls.length, 2);
    assert.ok((calls[1] ?? 0) >= 19, String(calls[1]));
  });

  it('cancels a call, and ignores a second or late cancel', async () => {
    let calls = 0;
    const cancel = clock.after(1, () => (calls += 1));
    cancel();
    cancel();
    const late = clock.after(1, () => (calls += 10));
    await sleep(10);
    late();
    assert.equal(calls, 10);
  });

  it('waits longer than one timer can', async () => {
    let calls = 0;
    clock.after(2 ** 31 + 1000, () => (calls += 1));
    await sleep(10);
    assert.equal(calls, 0);
  });

  it('makes no call after it is stopped', async () => {
    let calls = 0;
    clock.after(5, () => (calls += 1));
    clock.stop();
    clock.after(0, () => (calls += 1));
    await sleep(15);
    assert.equal(calls, 0);
  });
});
