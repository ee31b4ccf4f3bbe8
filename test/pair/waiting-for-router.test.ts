import assert from 'node:assert/strict';
import { queueOf } from '../../pair/queue.ts';
import { REVERT, DrivenPair, APPLY, reverted, confirm, run } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];
const ALICE = 'MX-1: locked by alice';
const REVERTED = 'answer a (first revert): reverted, Cancelled: cancelled by an operator';

/** A batch that waits for alice. */
function blockedByAlice(...members: (typeof a)[]): DrivenPair {
  const pair = new DrivenPair();
  for (const member of members) pair.requested(member, APPLY);
  pair.reserved();
  assert.deepEqual(pair.applyBlocked(ALICE), [`await routers t.1 after 0 ms: ${ALICE}`]);
  return pair;
}

describe('a batch that waits for a router', () => {
  it('names the operator who is in the way, until it goes on', () => {
    const pair = blockedByAlice(a);
    const { phase, blockedBy } = queueOf(pair.state, ['er1', 'er2'], 0);
    assert.deepEqual([phase, blockedBy], ['waiting for a router', ALICE]);
    assert.deepEqual(pair.routersAwaited(), ['apply t.1: a']);
    assert.equal(pair.state.batch?.blockedBy, null);
    assert.equal(pair.applied(a)[0], 'answer a (first apply): applied t.1.2');
  });

  it('says why a step is stuck, until the next attempt of the step, and does nothing else', () => {
    const pair = new DrivenPair();
    assert.deepEqual(pair.happens({ kind: 'step stuck', why: 'there is no batch' }), []);
    pair.requested(a, APPLY);
    for (const why of ['the record can’t be read', null]) {
      assert.deepEqual(pair.happens({ kind: 'step stuck', why }), []);
      assert.equal(pair.state.batch?.blockedBy, why);
    }
    assert.deepEqual(pair.reserved(), ['apply t.1: a']);
  });

  it('goes on waiting while anything is in the way, and passes on what that was last', () => {
    const pair = blockedByAlice(a);
    assert.deepEqual(pair.routersAwaited('MX-2: locked by bob'), [
      'await routers t.1 after 1000 ms: MX-2: locked by bob',
    ]);
    assert.equal(pair.state.batch?.blockedBy, 'MX-2: locked by bob');
  });

  it('counts the time for which a worker has looked, and not the time without any worker', () => {
    const pair = blockedByAlice(a);
    pair.now = 1_000_000;
    pair.routersAwaited(null, 4_000);
    pair.now = 2_000_000;
    assert.deepEqual(pair.applyBlocked(ALICE, 20), [`await routers t.1 after 4020 ms: ${ALICE}`]);
    assert.deepEqual(pair.routersAwaited(null, 300), ['apply t.1: a']);
    assert.equal(pair.state.batch?.waitedMs, 4_320);
  });

  it('counts its patience anew in another trial', () => {
    const pair = blockedByAlice(a);
    pair.routersAwaited();
    pair.applied(a);
    pair.requested(a, confirm('t.1.2'));
    pair.now = 9_999;
    assert.deepEqual(pair.settled({ fellBack: [a] }), ['apply t.1: a']);
    assert.equal(pair.state.batch?.waitedMs, 0);
  });

  it('answers a request to revert at once, and the others go on waiting', () => {
    const pair = blockedByAlice(a, b);
    assert.deepEqual(pair.requested(a, REVERT), [REVERTED]);
    assert.equal(pair.overview, 'waiting for a router: b | ');
    assert.deepEqual(pair.requested(a, REVERT), [REVERTED], 'a lost answer is given again');
    assert.deepEqual(pair.routersAwaited(), ['apply t.1: b']);
  });

  it('stops waiting and ends its reservation when no member is left', () => {
    const pair = blockedByAlice(a);
    assert.deepEqual(pair.requested(a, REVERT), [REVERTED, 'stop applying']);
    assert.deepEqual(pair.routersAwaited(ALICE), ['end reservation t.1']);
  });

  it('answers a request to revert that came while it was applied in vain, and the others wait', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.requested(b, APPLY);
    pair.reserved();
    assert.deepEqual(pair.requested(a, REVERT), []);
    assert.deepEqual(pair.applyBlocked(ALICE), [REVERTED, `await routers t.1 after 0 ms: ${ALICE}`]);
    assert.equal(pair.overview, 'waiting for a router: b | ');
  });

  it('looks for members that a forgotten workflow may have applied (T6)', () => {
    const pair = new DrivenPair();
    pair.requested(a, confirm('s.1.1'));
    pair.requested(b, APPLY);
    pair.requested(c, confirm('s.1.1'));
    pair.requested(c, REVERT);
    pair.reserved();
    pair.applyBlocked(ALICE);
    assert.deepEqual(pair.requested(a, REVERT), []);
    assert.deepEqual(pair.requested(b, REVERT).slice(-1), ['stop applying']);
    assert.deepEqual(pair.routersAwaited(ALICE), ['settle t.1: confirm, revert a c']);
    assert.equal(pair.settled({ reverted: [reverted(a), reverted(c)] })[0], REVERTED);
  });

  it('goes back to the queue if a router is held meanwhile, and shows the hold there', () => {
    const pair = blockedByAlice(a, b);
    pair.requested(c, APPLY);
    const held = { kind: 'routers awaited', why: null, lookedMs: 10, isHeld: true } as const;
    assert.deepEqual(pair.happens(held), ['end reservation t.1']);
    assert.equal(pair.overview, 'ending the reservation:  | a b c');
    assert.deepEqual(pair.happens({ kind: 'reservation ended' }), ['reserve t.2']);
    const why = 'MX-1 is held for maintenance';
    pair.happens({ kind: 'reservation blocked', why, nothingLeft: true });
    assert.deepEqual([pair.overview, pair.state.batch?.blockedBy], ['reserving: a b c | ', why]);
    assert.deepEqual(pair.requested(a, REVERT), [REVERTED], 'a cancelled gateway leaves at once');
  });

  it('looks at what a forgotten workflow may have applied, also if a router is held', () => {
    const pair = blockedByAlice(a);
    const looking = new DrivenPair();
    looking.requested(a, confirm('s.1.1'));
    looking.reserved();
    looking.applyBlocked(ALICE);
    looking.requested(a, REVERT);
    const held = { kind: 'routers awaited', why: null, lookedMs: 10, isHeld: true } as const;
    assert.deepEqual(looking.happens(held), ['settle t.1: confirm, revert a']);
    assert.deepEqual(pair.happens(held), ['end reservation t.1']);
  });

  it('takes no later member in: each batch has its own patience', () => {
    const pair = blockedByAlice(a);
    assert.deepEqual(pair.requested(b, APPLY), []);
    assert.equal(pair.overview, 'waiting for a router: a | b');
  });

  it('takes a newer run in, in the place of the older run of the same gateway', () => {
    const pair = blockedByAlice(a);
    assert.deepEqual(pair.requested(run('a', 'second'), APPLY), []);
    assert.equal(pair.overview, 'waiting for a router: a | ');
    pair.routersAwaited();
    assert.equal(pair.applied(run('a', 'second'))[0], 'answer a (second apply): applied t.1.2');
  });
});
