import assert from 'node:assert/strict';
import { Probe } from '../../../worker/monitoring/probe.ts';

const TIMES = { pauseMs: 5, answerMs: 40, goodMs: 60 };

/** Resolves once the condition holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a probe of a server', () => {
  let over: AbortController;
  let ended: Promise<void>;
  beforeEach(() => (over = new AbortController()));
  afterEach(async () => {
    over.abort();
    await ended;
  });
  function start(ask: () => Promise<unknown>): { probe: Probe; told: (number | undefined)[] } {
    const told: (number | undefined)[] = [];
    const probe = new Probe({ name: 'etcd', ask, told: (ms) => void told.push(ms), times: TIMES });
    ended = probe.run(over.signal);
    return { probe, told };
  }

  it('says that nothing was asked yet, then that there is an answer', async () => {
    const { probe, told } = start(async () => undefined);
    assert.match(probe.cause ?? '', /^etcd has not answered for 0\.06 s: it was not asked yet$/);
    await until(() => probe.cause === undefined);
    assert.equal(typeof told[0], 'number');
  });

  it('says why there is no answer any more, in one line, and notices when there is', async () => {
    let isAway = false;
    const { probe, told } = start(async () => {
      if (isAway) throw new Error('connection refused\nat line 2');
    });
    await until(() => probe.cause === undefined);
    isAway = true;
    await until(() => probe.cause !== undefined);
    assert.equal(probe.cause, 'etcd has not answered for 0.06 s: connection refused');
    assert.equal(told.at(-1), undefined);
    isAway = false;
    await until(() => probe.cause === undefined);
  });

  it('does not wait for an answer for ever', async () => {
    const { probe, told } = start(() => new Promise(() => {}));
    await until(() => told.length > 1);
    assert.deepEqual(told.slice(0, 2), [undefined, undefined]);
    assert.match(probe.cause ?? '', /no answer within 0\.04 s/);
  });
});
