import assert from 'node:assert/strict';
import { DROP, Driven, PUSH, gone, keep, refused, run } from './driver.ts';

const a = run('a');
const newer = run('a', 'second');

describe('an ask that comes twice, late, or from another run (M2)', () => {
  it('one with an older stamp is nothing', () => {
    const pair = new Driven();
    pair.asks(a, PUSH, { sequence: 5 });
    pair.reserved();
    pair.applied(a);
    pair.asks(a, keep('t.1.1'), { sequence: 6 });
    const before = pair.state;
    assert.deepEqual(pair.asks(a, PUSH, { sequence: 5 }), []);
    assert.deepEqual(pair.asks(a, DROP, { sequence: 4 }), []);
    assert.equal(pair.state, before);
  });

  it('one with an older stamp is nothing after the end either', () => {
    const pair = new Driven();
    pair.asks(a, PUSH, { sequence: 5 });
    pair.reserved();
    pair.applied(a);
    pair.asks(a, keep('t.1.1'), { sequence: 6 });
    pair.settled({ kept: [a] });
    pair.released();
    assert.deepEqual(pair.asks(a, PUSH, { sequence: 5 }), []);
    assert.equal(pair.place, 'idle:  | ');
  });

  it('the same push again while it waits is one member, answered where it asked last', () => {
    const pair = new Driven();
    pair.asks(a, PUSH, { sequence: 5, by: 'first try' });
    assert.deepEqual(pair.asks(a, PUSH, { sequence: 5, by: 'retry' }), []);
    pair.reserved();
    assert.deepEqual(pair.applied(a), ['answer a (first retry): applied t.1.1', 'await verdicts t.1.1']);
  });

  it('the same push again while it is applied is answered where it asked last', () => {
    const pair = new Driven();
    pair.asks(a, PUSH, { sequence: 5 });
    pair.reserved();
    pair.asks(a, PUSH, { sequence: 5, by: 'retry' });
    assert.equal(pair.applied(a)[0], 'answer a (first retry): applied t.1.1');
  });

  it('the same push after its answer was lost is answered again', () => {
    const pair = new Driven();
    pair.asks(a, PUSH, { sequence: 5 });
    pair.reserved();
    pair.applied(a);
    assert.deepEqual(pair.asks(a, PUSH, { sequence: 5 }), ['answer a (first push): applied t.1.1']);
  });

  it('the same keep while it is settled is answered where it asked last', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, keep('t.1.1'), { sequence: 2_000 });
    assert.deepEqual(pair.asks(a, keep('t.1.1'), { sequence: 2_000, by: 'retry' }), []);
    assert.equal(pair.settled({ kept: [a] })[0], 'answer a (first retry): kept');
  });

  it('the same keep after its answer was lost is answered from memory, and again', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, keep('t.1.1'), { sequence: 2_000 });
    pair.settled({ kept: [a] });
    pair.released();
    for (const by of ['retry', 'second retry']) {
      assert.deepEqual(pair.asks(a, keep('t.1.1'), { sequence: 2_000, by }), [`answer a (first ${by}): kept`]);
    }
    assert.equal(pair.place, 'idle:  | ');
  });

  it('the same push after its refusal was lost is refused from memory', () => {
    const pair = new Driven();
    pair.asks(a, PUSH, { sequence: 5 });
    pair.reserved();
    pair.appliedWith({ refused: [refused(a)] });
    pair.released();
    assert.deepEqual(pair.asks(a, PUSH, { sequence: 5 }), [
      'answer a (first push): gone, RouterRefused: no such filter',
    ]);
  });

  it('a push of a newer run is new, though an older one ended', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, DROP);
    pair.settled({ reverted: [gone(a)] });
    pair.released();
    assert.deepEqual(pair.asks(newer, PUSH), ['take turn t.2']);
  });

  it('a newer run takes the place of one that waits', () => {
    const pair = new Driven();
    pair.carries(run('b'));
    pair.asks(a, PUSH);
    pair.asks(run('c'), PUSH);
    pair.asks(newer, PUSH);
    assert.equal(pair.place, 'waiting for verdicts: b | a c');
    assert.equal(pair.state.waiting[0]?.run, 'second');
  });

  it('a newer run takes the place of one whose batch waits for its turn', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.asks(newer, PUSH);
    assert.equal(pair.place, 'taking the turn: a | ');
    pair.reserved();
    assert.equal(pair.applied(newer)[0], 'answer a (second push): applied t.1.1');
  });

  it('while an older one is on the routers, a newer run waits until that is settled as dropped', () => {
    const pair = new Driven();
    pair.carries(a);
    assert.deepEqual(pair.asks(newer, PUSH), ['settle t.1: keep, drop a']);
    assert.equal(pair.place, 'settling: a | a');
    pair.settled({ reverted: [gone(a)] });
    assert.deepEqual(pair.released(), ['take turn t.2']);
    assert.deepEqual(pair.reserved(), ['apply t.2: a']);
    assert.equal(pair.applied(newer)[0], 'answer a (second push): applied t.2.1');
  });

  it('a drop of a newer run is not gone while an older one is on the routers (T6)', () => {
    const pair = new Driven();
    pair.carries(a);
    assert.deepEqual(pair.asks(newer, DROP), ['settle t.1: keep, drop a']);
    pair.settled({ reverted: [gone(a)] });
    pair.released();
    assert.deepEqual(pair.reserved(), ['settle t.2: keep, drop a']);
    assert.equal(
      pair.settled({ reverted: [gone(newer)] })[0],
      'answer a (second drop): gone, Cancelled: cancelled by an operator',
    );
  });

  it('nor may it leave the queue at once while an older one is on the routers', () => {
    const pair = new Driven();
    pair.carries(run('b'));
    pair.asks(run('b'), keep('t.1.1'));
    pair.settled({ kept: [run('b')] });
    pair.released();
    pair.asks(a, PUSH);
    pair.reserved();
    pair.asks(newer, PUSH);
    assert.deepEqual(pair.asks(newer, DROP), []);
    assert.equal(pair.place, 'applying: a | a');
  });

  it('a newer run whose turn was a former pair workflow takes over with its keep too', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    assert.deepEqual(pair.asks(newer, keep('s.1.1')), []);
    pair.reserved();
    assert.equal(pair.applied(newer)[0], 'answer a (second keep): poll again t.1.1');
  });

  it('what an older run asks once it has ended is answered from memory, and the newer one keeps its place', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(newer, PUSH);
    pair.settled({ reverted: [gone(a)] });
    assert.deepEqual(pair.asks(a, DROP), ['answer a (first drop): gone, Cancelled: another run took over']);
    pair.released();
    assert.equal(pair.place, 'taking the turn: a | ');
    assert.equal(pair.state.batch?.members[0]?.run, 'second');
  });

  it('the memory of those that ended has its limit', () => {
    const pair = new Driven();
    pair.carries(run('0'));
    pair.asks(run('0'), DROP);
    pair.settled({ reverted: [gone(run('0'))] });
    pair.released();
    pair.asks(run('busy'), PUSH);
    pair.reserved();
    for (let i = 1; i <= 1_100; i += 1) {
      pair.asks(run(`${i}`), PUSH);
      pair.asks(run(`${i}`), DROP);
    }
    assert.equal(pair.state.outcomes.length, 1_000);
    assert.equal(pair.state.outcomes.at(-1)?.name, '1100');
    assert.ok(
      JSON.stringify(pair.state).length < 1_000_000,
      'it travels in one workflow input of at most 2 MB',
    );
  });
});
