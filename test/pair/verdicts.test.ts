import assert from 'node:assert/strict';
import { DROP, Driven, PUSH, gone, keep, refused, run } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];

describe('verdicts on a batch', () => {
  it('it is settled when the last one has its verdict, each by its own', () => {
    const pair = new Driven();
    pair.carries(a, b);
    assert.deepEqual(pair.asks(a, keep('t.1.1')), []);
    assert.deepEqual(pair.asks(b, DROP), ['settle t.1: keep a, drop b']);
    assert.deepEqual(pair.settled({ kept: [a], reverted: [gone(b)] }), [
      'answer a (first keep): kept',
      'answer b (first drop): gone, Cancelled: cancelled by an operator',
      'release t.1',
    ]);
  });

  it('who is refused hears it at once, and no other notices', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.asks(b, PUSH);
    pair.reserved();
    assert.deepEqual(pair.appliedWith({ applied: [b], refused: [refused(a)] }), [
      'answer a (first push): gone, RouterRefused: no such filter',
      'answer b (first push): applied t.1.1',
      'await verdicts t.1.1',
    ]);
    assert.deepEqual(pair.asks(b, keep('t.1.1')), ['settle t.1: keep b, drop']);
  });

  it('when all are refused the turn is given back at once', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.reserved();
    assert.equal(pair.appliedWith({ refused: [refused(a)] }).at(-1), 'release t.1');
    assert.deepEqual(pair.released(), []);
  });

  it('who could not be brought on both is settled as dropped, and hears why when that is done', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.reserved();
    assert.deepEqual(pair.appliedWith({ toRevert: [refused(a, 'er2 is away')] }), ['settle t.1: keep, drop a']);
    assert.deepEqual(pair.settled({ reverted: [gone(a, ['er2'])] }), [
      'answer a (first push): gone, RouterRefused: er2 is away, owed on er2',
      'release t.1',
    ]);
  });

  it('who is not said to be applied is not: it is settled as dropped', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.asks(b, PUSH);
    pair.reserved();
    assert.deepEqual(pair.applied(a), ['answer a (first push): applied t.1.1', 'await verdicts t.1.1']);
    assert.deepEqual(pair.asks(a, keep('t.1.1')), ['settle t.1: keep a, drop b']);
  });

  it('who has no verdict in time is dropped, with all others settled as they wish (T11)', () => {
    const pair = new Driven();
    pair.carries(a, b);
    pair.asks(a, keep('t.1.1'));
    assert.deepEqual(pair.happens({ kind: 'verdicts due', trial: 't.1.1' }), ['settle t.1: keep a, drop b']);
    assert.deepEqual(pair.settled({ kept: [a], reverted: [gone(b)] }), [
      'answer a (first keep): kept',
      'publish for b (first): gone, NotConverged: no verdict in time',
      'release t.1',
    ]);
    assert.deepEqual(pair.asks(b, keep('t.1.1')), [
      'answer b (first keep): gone, NotConverged: no verdict in time',
    ]);
  });

  it('the time of one round is not that of another', () => {
    const pair = new Driven();
    pair.carries(a);
    assert.deepEqual(pair.happens({ kind: 'verdicts due', trial: 't.1.0' }), []);
    assert.equal(pair.place, 'waiting for verdicts: a | ');
  });

  it('who fell back for good before it was confirmed hears that it is gone', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, keep('t.1.1'));
    const [answer] = pair.settled({ reverted: [{ member: a, owedOn: [], reason: 'er1 had rebooted' }] });
    assert.equal(answer, 'answer a (first keep): gone, NotConverged: er1 had rebooted');
  });

  it('who stays because its state promises it hears that it was kept, though it was dropped (T10)', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, DROP);
    assert.deepEqual(pair.settled({ kept: [a] }), ['answer a (first drop): kept', 'release t.1']);
  });

  it('whom settling says nothing of is settled again, by the same verdict', () => {
    const pair = new Driven();
    pair.carries(a, b, c);
    pair.asks(a, keep('t.1.1'));
    pair.asks(b, keep('t.1.1'));
    pair.asks(c, DROP);
    assert.deepEqual(pair.settled({ kept: [a] }), [
      'answer a (first keep): kept',
      'settle t.1: keep b, drop c',
    ]);
  });

  it('a keep before its push was answered is no verdict: it has to see what was applied', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.reserved();
    assert.deepEqual(pair.asks(a, keep('t.1.1')), []);
    assert.deepEqual(pair.applied(a), ['answer a (first keep): poll again t.1.1', 'await verdicts t.1.1']);
  });
});
