import assert from 'node:assert/strict';
import { DROP, Driven, gone, keep, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];

describe('a batch that fell back', () => {
  function fallenBack(): Driven {
    const pair = new Driven();
    pair.carries(a, b);
    pair.asks(a, keep('t.1.1'));
    pair.asks(b, keep('t.1.1'));
    return pair;
  }

  it('is applied again on the same turn, but for those that ended (T12)', () => {
    const pair = fallenBack();
    assert.deepEqual(pair.settled({ kept: [b], fellBack: [a] }), [
      'answer b (first keep): kept',
      'apply t.1: a',
    ]);
    assert.deepEqual(pair.applied(a), ['answer a (first keep): poll again t.1.2', 'await verdicts t.1.2']);
  });

  it('no verdict on the round before counts (M3)', () => {
    const pair = fallenBack();
    pair.settled({ fellBack: [a, b] });
    pair.applied(a, b);
    assert.deepEqual(pair.asks(a, keep('t.1.1')), ['answer a (first keep): poll again t.1.2']);
    assert.equal(pair.place, 'waiting for verdicts: a b | ');
    pair.asks(a, keep('t.1.2'));
    assert.deepEqual(pair.asks(b, keep('t.1.2')), ['settle t.1: keep a b, drop']);
  });

  it('a keep asked again while it is applied anew is answered with the new round', () => {
    const pair = fallenBack();
    const sequence = pair.now;
    pair.settled({ fellBack: [a, b] });
    assert.deepEqual(pair.asks(a, keep('t.1.1'), { sequence, by: 'retry' }), []);
    assert.equal(pair.applied(a, b)[0], 'answer a (first retry): poll again t.1.2');
  });

  it('the time of the first round ends none of the second', () => {
    const pair = fallenBack();
    pair.settled({ fellBack: [a, b] });
    pair.applied(a, b);
    assert.deepEqual(pair.happens({ kind: 'verdicts due', trial: 't.1.1' }), []);
    assert.deepEqual(pair.happens({ kind: 'verdicts due', trial: 't.1.2' }), ['settle t.1: keep, drop a b']);
  });

  it('who is dropped is not applied again', () => {
    const pair = new Driven();
    pair.carries(a, b);
    pair.asks(a, keep('t.1.1'));
    pair.asks(b, DROP);
    assert.deepEqual(pair.settled({ fellBack: [a, b] }), ['apply t.1: a']);
    pair.applied(a);
    assert.deepEqual(pair.asks(a, keep('t.1.2')), ['settle t.1: keep a, drop b']);
  });

  it('is not applied again before something is known of every other', () => {
    const pair = fallenBack();
    assert.deepEqual(pair.settled({ fellBack: [a] }), ['settle t.1: keep a b, drop']);
    assert.deepEqual(pair.settled({ kept: [b], fellBack: [a] }), [
      'answer b (first keep): kept',
      'apply t.1: a',
    ]);
  });

  it('may fall back once more', () => {
    const pair = fallenBack();
    pair.settled({ reverted: [gone(b)], fellBack: [a] });
    pair.applied(a);
    pair.asks(a, keep('t.1.2'));
    pair.settled({ fellBack: [a] });
    assert.equal(pair.applied(a)[0], 'answer a (first keep): poll again t.1.3');
    assert.deepEqual(pair.asks(a, keep('t.1.3')), ['settle t.1: keep a, drop']);
  });
});
