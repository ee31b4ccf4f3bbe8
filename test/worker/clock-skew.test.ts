import assert from 'node:assert/strict';
import type { NativeConnection } from '@temporalio/worker';
import { clockSkew, warnOfSkew, warningOf } from '../../worker/clock-skew.ts';

const TEN_MINUTES = 10 * 60_000;
const WORKER = { namespace: 'default', identity: '1@here' };

/** A server whose clock is so many ms ahead, and that knows this worker from the `after`th question on. */
function serverAhead(ms: number, after = 1) {
  let asked = 0;
  const workflowService = {
    describeTaskQueue: async () => {
      const at = Date.now() + ms;
      const time = { seconds: Math.floor(at / 1000), nanos: (at % 1000) * 1e6 };
      const pollers = [
        { identity: '2@there', lastAccessTime: { seconds: 1, nanos: 0 } },
        { identity: '1@here', lastAccessTime: time },
      ];
      return { pollers: (asked += 1) < after ? pollers.slice(0, 1) : pollers };
    },
  };
  return { workflowService } as unknown as NativeConnection;
}

describe("a worker's clock", () => {
  for (const ms of [0, TEN_MINUTES, -TEN_MINUTES])
    it(`is measured against a server that is ${ms} ms ahead`, async () => {
      const startedAt = Date.now() - 2_000;
      const skew = await clockSkew(serverAhead(ms), { ...WORKER, startedAt });
      assert.ok(skew && skew.from <= -ms && skew.to >= -ms, JSON.stringify(skew));
      assert.ok(skew.to - skew.from < 5_000, JSON.stringify(skew));
    });

  it('is warned about, once, when the server knows the worker, if it is far off', async () => {
    const warned = async (ms: number) => {
      const words: string[] = [];
      const startedAt = Date.now();
      await warnOfSkew(serverAhead(ms, 3), { ...WORKER, startedAt }, (one) => words.push(one));
      return words;
    };
    assert.match(
      (await warned(TEN_MINUTES)).join(),
      /^this machine's clock is (599|600) s behind Temporal's server/,
    );
    assert.match(
      (await warned(-TEN_MINUTES)).join(),
      /^this machine's clock is (599|600) s ahead of Temporal's server/,
    );
    assert.deepEqual(await warned(0), []);
  });

  it('is not warned about if the skew may be nothing', () => {
    assert.equal(warningOf({ from: -60_000, to: 1 }), undefined);
    assert.equal(warningOf({ from: 4_999, to: 60_000 }), undefined);
    assert.notEqual(warningOf({ from: 5_000, to: 60_000 }), undefined);
    assert.notEqual(warningOf({ from: -60_000, to: -5_000 }), undefined);
  });
});
