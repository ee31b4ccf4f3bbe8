import assert from 'node:assert/strict';
import { DROP, Driven, PUSH, gone, keep, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];
const LEFT = 'left behind by a router pair workflow that was ended';

describe('what a pair workflow before this one left behind', () => {
  it('is dropped before anything is applied, on a turn that is then given back: a hold lets nothing new begin on it', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    assert.deepEqual(pair.reserved(b), ['settle t.1: keep, drop b']);
    assert.deepEqual(pair.settled({ reverted: [gone(b)] }), [
      `publish for b (first): gone, Cancelled: ${LEFT}`,
      'release t.1',
    ]);
    assert.deepEqual(pair.released(), ['take turn t.2']);
    assert.deepEqual(pair.reserved(), ['apply t.2: a']);
  });

  it('is applied anew for a saga that waits for its push', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.forgets();
    pair.asks(a, PUSH);
    assert.deepEqual(pair.reserved(a), ['settle u.1: keep, drop a']);
    assert.deepEqual(pair.settled({ reverted: [gone(a)] }), ['release u.1']);
    pair.released();
    assert.deepEqual(pair.reserved(), ['apply u.2: a']);
    assert.equal(pair.applied(a)[0], 'answer a (first push): applied u.2.1');
  });

  it('has to be seen working again by a saga that asks to keep it', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.forgets();
    pair.asks(a, keep('t.1.1'));
    pair.reserved(a);
    pair.settled({ reverted: [gone(a)] });
    pair.released();
    pair.reserved();
    assert.equal(pair.applied(a)[0], 'answer a (first keep): poll again u.2.1');
  });

  it('is gone for a saga that asks to drop it only when its turn has looked', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.forgets();
    pair.asks(a, DROP);
    pair.reserved(a);
    pair.settled({ reverted: [gone(a)] });
    pair.released();
    assert.deepEqual(pair.reserved(), ['settle u.2: keep, drop a']);
    assert.equal(
      pair.settled({ reverted: [gone(a)] })[0],
      'answer a (first drop): gone, Cancelled: cancelled by an operator',
    );
  });

  it('does not let a drop leave at once while it is being dropped', () => {
    const pair = new Driven();
    pair.carries(b);
    pair.asks(b, keep('t.1.1'));
    pair.settled({ kept: [b] });
    pair.released();
    pair.asks(a, PUSH);
    pair.reserved(a);
    assert.deepEqual(pair.asks(a, DROP), []);
    pair.settled({ reverted: [gone(a)] });
    pair.released();
    assert.deepEqual(pair.reserved(), ['settle t.3: keep, drop a']);
  });

  it('is not published for when its state had promised it: it stays', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.reserved(b);
    assert.deepEqual(pair.settled({ kept: [b] }), ['release t.1']);
  });

  it('whoever comes meanwhile waits its turn, behind those who came before', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.reserved(run('old'));
    pair.asks(b, PUSH);
    assert.equal(pair.place, 'clearing: a | b');
    pair.settled({ reverted: [gone(run('old'))] });
    pair.released();
    assert.equal(pair.place, 'taking the turn: a b | ');
  });

  it('is settled though nobody asks, when somebody else waits for the turn', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.forgets();
    assert.deepEqual(pair.happens({ kind: 'woken' }), ['take turn u.1']);
    assert.deepEqual(pair.reserved(a), ['settle u.1: keep, drop a']);
    assert.equal(pair.settled({ reverted: [gone(a)] }).at(-1), 'release u.1');
    assert.deepEqual(pair.released(), []);
    assert.equal(pair.place, 'idle:  | ');
  });

  it('is given back though nothing of it stands', () => {
    const pair = new Driven();
    pair.happens({ kind: 'woken' });
    assert.deepEqual(pair.reserved(), ['release t.1']);
  });

  it('is nothing to look for where a turn was had already, or is', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    assert.deepEqual(pair.happens({ kind: 'woken' }), []);
    pair.reserved();
    pair.applied(a);
    pair.asks(a, keep('t.1.1'));
    pair.settled({ kept: [a] });
    pair.released();
    assert.deepEqual(pair.happens({ kind: 'woken' }), []);
  });
});
