import assert from 'node:assert/strict';
import { nextBatch } from '../../pair/batch.ts';
import { carried } from '../../pair/carry.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { DROP, Driven, PUSH, gone, keep, run, wordsOf } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];
const LEFT = 'gone, Cancelled: cancelled by an operator';

/** It has had a turn; a has left, and b waits. */
function carriedOver(wasReset: boolean) {
  const pair = new Driven();
  pair.carries(c);
  pair.asks(a, PUSH);
  pair.asks(b, PUSH);
  assert.deepEqual(pair.asks(a, DROP), [`answer a (first drop): ${LEFT}`]);
  pair.limits = { batchLimit: 64, paused: true };
  pair.asks(c, keep('t.1.1'));
  pair.settled({ kept: [c] });
  pair.released();
  pair.limits = { batchLimit: 64 };
  pair.state = nextBatch(carried(pair.state, wasReset), pair.now, pair.limits).state;
  return pair;
}

describe('a pair that is to continue as new', () => {
  it('settles what is on, and begins nothing', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.limits = { batchLimit: 64, paused: true };
    pair.asks(b, PUSH);
    pair.asks(a, keep('t.1.1'));
    pair.settled({ kept: [a] });
    assert.deepEqual(pair.released(), []);
    assert.deepEqual(pair.asks(c, PUSH), []);
    assert.equal(pair.place, 'idle:  | b c');
  });

  it('gives up a turn that it can not have, however long that may last, and keeps the order', () => {
    const pair = new Driven();
    pair.limits = { batchLimit: 1 };
    pair.asks(a, PUSH);
    pair.asks(b, PUSH);
    pair.limits = { batchLimit: 1, paused: true };
    assert.deepEqual(pair.happens({ kind: 'reservation blocked', why: 'er1 is held' }), ['release t.1']);
    assert.deepEqual(pair.released(), []);
    assert.equal(pair.place, 'idle:  | a b');
  });

  it('goes on where it was with all it knew', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.limits = { batchLimit: 64, paused: true };
    pair.asks(a, keep('t.1.1'), { sequence: 2_000 });
    pair.settled({ kept: [a] });
    pair.asks(b, PUSH);
    pair.released();
    pair.limits = { batchLimit: 64 };
    const { state, commands } = nextBatch(
      JSON.parse(JSON.stringify(pair.state)) as typeof pair.state,
      pair.now,
      pair.limits,
    );
    pair.state = state;
    assert.deepEqual(commands.map(wordsOf), ['take turn t.2']);
    assert.deepEqual(pair.asks(a, keep('t.1.1'), { sequence: 2_000 }), ['answer a (first keep): kept']);
    assert.deepEqual(pair.reserved(), ['apply t.2: b']);
  });

  it('lets leave at once whom it never applied', () => {
    const pair = carriedOver(false);
    assert.deepEqual(pair.asks(a, DROP, { by: 'again' }), [`answer a (first again): ${LEFT}`]);
    assert.deepEqual(pair.asks(b, DROP), [`answer b (first drop): ${LEFT}`]);
  });

  it('lets nobody leave without a look at the routers when it was reset', () => {
    const pair = carriedOver(true);
    assert.deepEqual(pair.asks(a, DROP, { by: 'again' }), []);
    assert.deepEqual(pair.asks(b, DROP), []);
    assert.equal(pair.place, 'taking the turn: b a | ');
  });

  it('also gives the turn back after clearing', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.limits = { batchLimit: 64, paused: true };
    pair.reserved(b);
    assert.equal(pair.settled({ reverted: [gone(b)] }).at(-1), 'release t.1');
    assert.deepEqual(pair.released(), []);
    assert.equal(pair.place, 'idle:  | a');
  });

  it('an idle one remembers for longer than a lost answer takes to be asked for again', () => {
    assert.ok(PAIR_TIMES.lingerMs > 2 * PAIR_TIMES.requestAgainMs);
  });
});
