import assert from 'node:assert/strict';
import { DROP, Driven, PUSH, keep, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];

describe('what a saga is told when its batch was tried', () => {
  it('which routers were committed to plainly, and the same when it asks again', () => {
    const pair = new Driven();
    pair.asks(a, PUSH, { sequence: 7 });
    pair.reserved();
    const told = 'answer a (first push): applied t.1.1 plainly on MX-2';
    assert.equal(pair.appliedWith({ applied: [a], plainCommits: ['MX-2'] })[0], told);
    assert.deepEqual(pair.asks(a, PUSH, { sequence: 7 }), [told]);
  });

  it('nothing of it where both fall back by themselves, in a later round too', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.reserved();
    pair.appliedWith({ applied: [a], plainCommits: ['MX-2'] });
    pair.asks(a, keep('t.1.1'));
    pair.settled({ fellBack: [a] });
    assert.equal(pair.applied(a)[0], 'answer a (first keep): poll again t.1.2');
    assert.deepEqual(pair.state.batch?.plainCommits, []);
  });

  it('that its state promises it already, and the same when it asks again (T10)', () => {
    const pair = new Driven();
    pair.asks(a, PUSH, { sequence: 7 });
    pair.asks(b, PUSH);
    pair.reserved();
    assert.deepEqual(pair.appliedWith({ applied: [b], complete: [a] }), [
      'answer a (first push): created',
      'answer b (first push): applied t.1.1',
      'await verdicts t.1.1',
    ]);
    assert.equal(pair.place, 'waiting for verdicts: b | ');
    assert.deepEqual(pair.asks(a, PUSH, { sequence: 7 }), ['answer a (first push): created']);
    assert.deepEqual(pair.nobody(a, { kind: 'created' }), []);
    assert.deepEqual(pair.asks(a, DROP), [], 'a drop is looked at');
    assert.equal(pair.place, 'waiting for verdicts: b | a');
  });

  it('the end of its removal, where it was asked for meanwhile', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.reserved();
    pair.asks(a, DROP);
    assert.deepEqual(pair.appliedWith({ complete: [a] }), ['settle t.1: keep, drop a']);
    assert.deepEqual(pair.settled({ kept: [a] })[0], 'answer a (first drop): kept');
  });
});
