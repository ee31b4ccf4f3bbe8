import assert from 'node:assert/strict';
import { FAILURES } from '../../gateway/failures.ts';
import { Driven, PUSH, gone, keep, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];

describe('a saga that is gone when it is answered (M4)', () => {
  it('is dropped alone where it stands unjudged', () => {
    const pair = new Driven();
    pair.carries(a, b);
    assert.deepEqual(pair.nobody(a, { kind: 'applied', trial: 't.1.1' }), []);
    assert.deepEqual(pair.asks(b, keep('t.1.1')), ['settle t.1: keep b, drop a']);
    assert.deepEqual(pair.settled({ kept: [b], reverted: [gone(a)] }), [
      'publish for a (first): gone, Cancelled: its workflow is gone',
      'answer b (first keep): kept',
      'release t.1',
    ]);
  });

  it('settles the batch when it was the last without a verdict', () => {
    const pair = new Driven();
    pair.carries(a);
    assert.deepEqual(pair.nobody(a, { kind: 'applied', trial: 't.1.1' }), ['settle t.1: keep, drop a']);
  });

  it('that was told to poll again is dropped as well', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, keep('s.1.1'));
    assert.deepEqual(pair.nobody(a, { kind: 'applied again', reservation: 't.1.1' }), ['settle t.1: keep, drop a']);
  });

  it('an answer of a round before that nobody took drops nobody in this one', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, keep('t.1.1'));
    pair.settled({ fellBack: [a] });
    pair.applied(a);
    assert.deepEqual(pair.nobody(a, { kind: 'applied', trial: 't.1.1' }), []);
    assert.equal(pair.place, 'waiting for verdicts: a | ');
  });

  it('changes nothing once it has its verdict', () => {
    const pair = new Driven();
    pair.carries(a, b);
    pair.asks(a, keep('t.1.1'));
    assert.deepEqual(pair.nobody(a, { kind: 'applied', trial: 't.1.1' }), []);
    assert.deepEqual(pair.asks(b, keep('t.1.1')), ['settle t.1: keep a b, drop']);
  });

  it('changes nothing where another run has taken over', () => {
    const pair = new Driven();
    pair.carries(run('a', 'second'));
    assert.deepEqual(pair.nobody(a, { kind: 'applied', trial: 't.1.1' }), []);
    assert.equal(pair.place, 'waiting for verdicts: a | ');
  });

  it('and was kept is published as created, with what it had seen', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, keep('t.1.1'));
    pair.settled({ kept: [a] });
    assert.deepEqual(pair.nobody(a, { kind: 'kept' }), ['publish for a (first): created, seen MASTER']);
  });

  it('and is gone from the routers is published with the reason', () => {
    const pair = new Driven();
    const answer = { kind: 'reverted' as const, type: FAILURES.RouterBusy, reason: 'locked', owedOn: ['er1'] };
    assert.deepEqual(pair.nobody(a, answer), [
      'publish for a (first): gone, RouterBusy: locked, owed on er1',
    ]);
  });

  it('is of no more interest when the pair is idle', () => {
    assert.deepEqual(new Driven().nobody(a, { kind: 'applied', trial: 't.1.1' }), []);
  });

  it('comes back, and is asked for: then it is answered like any other', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, PUSH, { by: 'after reset' });
    assert.equal(pair.place, 'waiting for verdicts: a | ');
    assert.deepEqual(pair.asks(a, keep('t.1.1')), ['settle t.1: keep a, drop']);
  });
});
