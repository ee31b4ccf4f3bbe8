import assert from 'node:assert/strict';
import { Driven, PUSH, keep, run, DROP } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];

describe('asking a pair', () => {
  it('a lone gateway does not wait for company', () => {
    const pair = new Driven();
    assert.deepEqual(pair.asks(a, PUSH), ['take turn t.1']);
    assert.deepEqual(pair.reserved(), ['apply t.1: a']);
    assert.deepEqual(pair.applied(a), ['answer a (first push): applied t.1.1', 'await verdicts t.1.1']);
    assert.deepEqual(pair.asks(a, keep('t.1.1')), ['settle t.1: keep a, drop']);
    assert.deepEqual(pair.settled({ kept: [a] }), ['answer a (first keep): kept', 'release t.1']);
    assert.deepEqual(pair.released(), []);
    assert.equal(pair.place, 'idle:  | ');
  });

  it('who comes while the turn is being taken goes along', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    assert.deepEqual(pair.asks(b, PUSH), []);
    assert.deepEqual(pair.reserved(), ['apply t.1: a b']);
  });

  it('who comes while a batch is on the routers gathers for the next, which begins by itself', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(b, PUSH);
    pair.asks(c, PUSH);
    assert.equal(pair.place, 'waiting for verdicts: a | b c');
    pair.asks(a, keep('t.1.1'));
    pair.settled({ kept: [a] });
    assert.deepEqual(pair.released(), ['take turn t.2']);
    assert.equal(pair.place, 'taking the turn: b c | ');
  });

  it('a batch has its limit, and the rest keep their order', () => {
    const pair = new Driven();
    pair.limits = { batchLimit: 2 };
    pair.asks(a, PUSH);
    pair.asks(b, PUSH);
    pair.asks(c, PUSH);
    assert.equal(pair.place, 'taking the turn: a b | c');
  });

  it('of those that gathered, no more than the limit go along', () => {
    const pair = new Driven();
    pair.limits = { batchLimit: 2 };
    pair.carries(a);
    for (const name of ['b', 'c', 'd']) pair.asks(run(name), PUSH);
    pair.asks(a, keep('t.1.1'));
    pair.settled({ kept: [a] });
    pair.released();
    assert.equal(pair.place, 'taking the turn: b c | d');
  });

  it('nobody overtakes those who wait, even where a place gets free', () => {
    const pair = new Driven();
    pair.limits = { batchLimit: 1 };
    pair.carries(run('z'));
    pair.asks(run('z'), keep('t.1.1'));
    pair.settled({ kept: [run('z')] });
    pair.released();
    pair.asks(a, PUSH);
    pair.asks(b, PUSH);
    pair.asks(a, DROP);
    pair.asks(c, PUSH);
    assert.equal(pair.place, 'taking the turn:  | b c');
  });

  it('a turn that can not be had is asked for again, with what was said last', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    assert.deepEqual(pair.happens({ kind: 'reservation blocked', why: 'er1 is held' }), ['take turn t.1']);
    assert.equal(pair.state.batch?.blockedBy, 'er1 is held');
    pair.reserved();
    assert.equal(pair.state.batch?.blockedBy, null);
  });

  it('each turn has an id of its own', () => {
    const pair = new Driven();
    for (const reservation of ['t.1', 't.2', 't.3']) {
      assert.deepEqual(pair.asks(run(reservation), PUSH), [`take turn ${reservation}`]);
      pair.reserved();
      pair.appliedWith({ toRevert: [] });
      pair.settled({ reverted: [{ member: run(reservation), owedOn: [], reason: null }] });
      pair.released();
    }
  });
});
