import assert from 'node:assert/strict';
import { DROP, Driven, PUSH, gone, keep, run } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];

describe('a pair whose turn is lost, as it is after a reset', () => {
  it('takes another one with the same members, before all others, without giving back the lost one', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.asks(b, PUSH);
    pair.reserved();
    pair.asks(c, PUSH);
    assert.deepEqual(pair.happens({ kind: 'reservation lost', reservation: 't.1' }), ['take turn t.2']);
    assert.equal(pair.place, 'taking the turn: a b c | ');
    assert.deepEqual(pair.reserved(), ['apply t.2: a b c']);
    assert.equal(pair.applied(a, b, c)[0], 'answer a (first push): applied t.2.1');
  });

  it('has what was to be kept seen again, and drops what was to be dropped', () => {
    const pair = new Driven();
    pair.carries(a, b);
    pair.asks(a, keep('t.1.1'));
    pair.asks(b, DROP);
    pair.happens({ kind: 'reservation lost', reservation: 't.1' });
    assert.deepEqual(pair.reserved(), ['apply t.2: a']);
    assert.equal(pair.applied(a)[0], 'answer a (first keep): poll again t.2.1');
    assert.deepEqual(pair.asks(a, keep('t.2.1')), ['settle t.2: keep a, drop b']);
  });

  it('clears what the lost one left before it applies anything', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, keep('t.1.1'));
    pair.happens({ kind: 'reservation lost', reservation: 't.1' });
    assert.deepEqual(pair.reserved(a), ['settle t.2: keep, drop a']);
    assert.deepEqual(pair.settled({ reverted: [gone(a)] }), ['release t.2']);
    assert.deepEqual(pair.released(), ['take turn t.3']);
  });

  it('hears the run that took over, though the one before it goes in the same batch', () => {
    const pair = new Driven();
    const newer = run('a', 'second');
    pair.carries(a);
    pair.asks(newer, PUSH);
    pair.happens({ kind: 'reservation lost', reservation: 't.1' });
    assert.deepEqual(pair.reserved(), ['apply t.2: a']);
    pair.applied(newer);
    assert.deepEqual(pair.asks(newer, keep('t.2.1')), ['settle t.2: keep a, drop a']);
    assert.equal(pair.place, 'settling: a a | ');
  });

  it('lets who came too late for what is pending on the routers go with the next batch', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.asks(b, PUSH);
    pair.reserved();
    assert.equal(pair.appliedWith({ applied: [a], postponed: [b] })[0], 'answer a (first push): applied t.1.1');
    assert.equal(pair.place, 'waiting for verdicts: a | b');
    pair.asks(a, keep('t.1.1'));
    pair.settled({ kept: [a] });
    assert.deepEqual(pair.released(), ['take turn t.2']);
    assert.deepEqual(pair.reserved(), ['apply t.2: b']);
  });

  it('takes no notice of the loss of a turn that it has not', () => {
    const pair = new Driven();
    pair.carries(a);
    assert.deepEqual(pair.happens({ kind: 'reservation lost', reservation: 't.0' }), []);
  });
});
