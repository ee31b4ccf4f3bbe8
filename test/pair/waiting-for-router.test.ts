import assert from 'node:assert/strict';
import { queueOf } from '../../pair/queue.ts';
import { DROP, Driven, PUSH, gone, keep, run } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];
const ALICE = 'MX-1: locked by alice';
const GONE = 'answer a (first drop): gone, Cancelled: cancelled by an operator';

/** A batch that was tried at 1,010 and waits for alice. */
function held(...members: (typeof a)[]): Driven {
  const pair = new Driven();
  for (const member of members) pair.asks(member, PUSH);
  pair.now = 1_009;
  pair.reserved();
  assert.deepEqual(pair.applyWaits(ALICE), [`await routers t.1 since 1010: ${ALICE}`]);
  return pair;
}

describe('a batch whose routers somebody is at', () => {
  it('says who holds it, and no longer when it goes on', () => {
    const pair = held(a);
    const { phase, blockedBy } = queueOf(pair.state, ['er1', 'er2'], 0);
    assert.deepEqual([phase, blockedBy], ['waiting for a router', ALICE]);
    assert.deepEqual(pair.routersAwaited(), ['apply t.1: a']);
    assert.equal(pair.state.batch?.blockedBy, null);
    assert.equal(pair.applied(a)[0], 'answer a (first push): applied t.1.2');
  });

  it('says why a step of it is stuck, does nothing else, and no longer says so when it is tried again', () => {
    const pair = new Driven();
    assert.deepEqual(pair.happens({ kind: 'step stuck', why: 'nobody is on' }), []);
    pair.asks(a, PUSH);
    for (const why of ['the record can not be read', null]) {
      assert.deepEqual(pair.happens({ kind: 'step stuck', why }), []);
      assert.equal(pair.state.batch?.blockedBy, why);
    }
    assert.deepEqual(pair.reserved(), ['apply t.1: a']);
  });

  it('goes on waiting as long as somebody is, with what was said last', () => {
    const pair = held(a);
    assert.deepEqual(pair.routersAwaited('MX-2: locked by bob'), [
      'await routers t.1 since 1010: MX-2: locked by bob',
    ]);
    assert.equal(pair.state.batch?.blockedBy, 'MX-2: locked by bob');
  });

  it('is patient from its first try on, however often it tries', () => {
    const pair = held(a);
    pair.now = 5_000;
    pair.routersAwaited();
    assert.deepEqual(pair.applyWaits(ALICE), [`await routers t.1 since 1010: ${ALICE}`]);
    const { commands } = { commands: pair.routersAwaited() };
    assert.deepEqual(commands, ['apply t.1: a']);
    assert.equal(pair.state.batch?.triedSince, 1_010);
  });

  it('is patient anew in another round', () => {
    const pair = held(a);
    pair.routersAwaited();
    pair.applied(a);
    pair.asks(a, keep('t.1.2'));
    pair.now = 9_999;
    assert.deepEqual(pair.settled({ fellBack: [a] }), ['apply t.1: a']);
    assert.equal(pair.state.batch?.triedSince, 10_000);
  });

  it('lets go at once who is dropped, and the others go on waiting', () => {
    const pair = held(a, b);
    assert.deepEqual(pair.asks(a, DROP), [GONE]);
    assert.equal(pair.place, 'waiting for a router: b | ');
    assert.deepEqual(pair.asks(a, DROP), [GONE], 'a lost answer is told again');
    assert.deepEqual(pair.routersAwaited(), ['apply t.1: b']);
  });

  it('is not waited for any longer when nobody is left, and gives the turn back', () => {
    const pair = held(a);
    assert.deepEqual(pair.asks(a, DROP), [GONE, 'stop applying']);
    assert.deepEqual(pair.routersAwaited(ALICE), ['release t.1']);
  });

  it('lets go who was dropped while it was tried, and the others wait', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.asks(b, PUSH);
    pair.reserved();
    assert.deepEqual(pair.asks(a, DROP), []);
    assert.deepEqual(pair.applyWaits(ALICE), [GONE, `await routers t.1 since 1003: ${ALICE}`]);
    assert.equal(pair.place, 'waiting for a router: b | ');
  });

  it('looks for who may have been applied before, by a workflow that is forgotten (T6)', () => {
    const pair = new Driven();
    pair.asks(a, keep('s.1.1'));
    pair.asks(b, PUSH);
    pair.asks(c, keep('s.1.1'));
    pair.asks(c, DROP);
    pair.reserved();
    pair.applyWaits(ALICE);
    assert.deepEqual(pair.asks(a, DROP), []);
    assert.deepEqual(pair.asks(b, DROP).slice(-1), ['stop applying']);
    assert.deepEqual(pair.routersAwaited(ALICE), ['settle t.1: keep, drop a c']);
    assert.equal(pair.settled({ reverted: [gone(a), gone(c)] })[0], GONE);
  });

  it('takes nobody along who comes meanwhile: they are patient for themselves', () => {
    const pair = held(a);
    assert.deepEqual(pair.asks(b, PUSH), []);
    assert.equal(pair.place, 'waiting for a router: a | b');
  });

  it('takes a newer run of the same gateway in the place of the older', () => {
    const pair = held(a);
    assert.deepEqual(pair.asks(run('a', 'second'), PUSH), []);
    assert.equal(pair.place, 'waiting for a router: a | ');
    pair.routersAwaited();
    assert.equal(pair.applied(run('a', 'second'))[0], 'answer a (second push): applied t.1.2');
  });
});
