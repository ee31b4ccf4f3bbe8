import assert from 'node:assert/strict';
import { DROP, Driven, PUSH, gone, keep, refused, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];
const GONE = 'answer a (first drop): gone, Cancelled: cancelled by an operator';

/** A pair that has had a turn: nothing of a workflow before it is on the routers. */
function experienced(): Driven {
  const pair = new Driven();
  pair.carries(b);
  return pair;
}

describe('a drop', () => {
  it('leaves the queue at once where nothing can be on the routers', () => {
    const pair = experienced();
    pair.asks(a, PUSH);
    assert.deepEqual(pair.asks(a, DROP), [GONE]);
    assert.equal(pair.place, 'waiting for verdicts: b | ');
  });

  it('takes a turn after all, where a pair that was reset can not know that it was never applied (T6)', () => {
    const pair = experienced();
    pair.asks(a, PUSH);
    assert.deepEqual(pair.asks(a, DROP), [GONE]);
    const replyTo = { workflowId: 'vpn_gateway:a', runId: 'first', activityId: 'revert' };
    pair.happens({ kind: 'uncertain', member: a, replyTo });
    assert.equal(pair.place, 'waiting for verdicts: b | a');
    pair.asks(b, DROP);
    pair.settled({ reverted: [gone(b)] });
    assert.deepEqual(pair.released(), ['take turn t.2']);
    assert.deepEqual(pair.reserved(a), ['settle t.2: keep, drop a']);
    pair.settled({ reverted: [gone(a)] });
    pair.released();
    assert.deepEqual(pair.reserved(), ['settle t.3: keep, drop a']);
    assert.deepEqual(pair.settled({ reverted: [gone(a)] }), [GONE, 'release t.3']);
  });

  it('doubted is nothing where another run is there, which looks for itself', () => {
    const pair = experienced();
    pair.asks(a, PUSH);
    pair.asks(a, DROP);
    pair.asks(run('a', 'second'), PUSH);
    const replyTo = { workflowId: 'vpn_gateway:a', runId: 'first', activityId: 'revert' };
    assert.deepEqual(pair.happens({ kind: 'uncertain', member: a, replyTo }), []);
    assert.equal(pair.place, 'waiting for verdicts: b | a');
  });

  it('takes a turn where a pair workflow before this one may have applied it (T6)', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    assert.deepEqual(pair.asks(a, DROP), []);
    assert.deepEqual(pair.reserved(), ['settle t.1: keep, drop a']);
    assert.deepEqual(pair.settled({ reverted: [gone(a)] }), [GONE, 'release t.1']);
  });

  it('takes a turn where nothing is known of the gateway', () => {
    const pair = experienced();
    assert.deepEqual(pair.asks(a, DROP), []);
    assert.equal(pair.place, 'waiting for verdicts: b | a');
  });

  it('takes a turn where the gateway had been applied by its own word', () => {
    const pair = experienced();
    pair.asks(a, keep('s.1.1'));
    assert.deepEqual(pair.asks(a, DROP), []);
    assert.deepEqual(pair.asks(a, DROP), []);
    assert.equal(pair.place, 'waiting for verdicts: b | a');
  });

  it('leaves a batch that waits for its turn; the empty one gives the turn back', () => {
    const pair = experienced();
    pair.asks(b, DROP);
    pair.settled({ reverted: [gone(b)] });
    pair.released();
    pair.asks(a, PUSH);
    assert.deepEqual(pair.asks(a, DROP), [GONE]);
    assert.deepEqual(pair.reserved(), ['release t.2']);
    assert.deepEqual(pair.released(), []);
  });

  it('an empty batch gives up a turn that it can not have', () => {
    const pair = experienced();
    pair.asks(b, DROP);
    pair.settled({ reverted: [gone(b)] });
    pair.released();
    pair.asks(a, PUSH);
    pair.asks(a, DROP);
    assert.deepEqual(pair.happens({ kind: 'reservation blocked', why: 'held' }), ['release t.2']);
    assert.deepEqual(pair.released(), []);
    assert.equal(pair.place, 'idle:  | ');
  });

  it('while it is being applied is settled with no answer in between', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.reserved();
    assert.deepEqual(pair.asks(a, DROP), ['stop applying']);
    assert.deepEqual(pair.applied(a), ['settle t.1: keep, drop a']);
    assert.deepEqual(pair.settled({ reverted: [gone(a)] }), [GONE, 'release t.1']);
  });

  it('of one that is refused meanwhile is answered by that', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.reserved();
    pair.asks(a, DROP);
    assert.deepEqual(pair.appliedWith({ refused: [refused(a)] }), [
      'answer a (first drop): gone, RouterRefused: no such filter',
      'release t.1',
    ]);
  });

  it('keeps its own reason where the applying came to nothing too', () => {
    const pair = new Driven();
    pair.asks(a, PUSH);
    pair.reserved();
    pair.asks(a, DROP);
    assert.deepEqual(pair.appliedWith({ toRevert: [refused(a)] }), ['settle t.1: keep, drop a']);
    assert.equal(pair.settled({ reverted: [gone(a)] })[0], GONE);
  });

  it('holds for one that has just been applied', () => {
    const pair = new Driven();
    pair.carries(a);
    assert.deepEqual(pair.asks(a, DROP), ['settle t.1: keep, drop a']);
  });

  it('changes nothing once settling has begun: the outcome is its answer', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, keep('t.1.1'));
    assert.deepEqual(pair.asks(a, DROP), []);
    assert.deepEqual(pair.settled({ kept: [a] }), ['answer a (first drop): kept', 'release t.1']);
    assert.deepEqual(pair.nobody(a, { kind: 'kept' }), ['publish for a (first): created, seen MASTER']);
  });

  it('that came when settling had begun holds for what would be applied again', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, keep('t.1.1'));
    pair.asks(a, DROP);
    assert.deepEqual(pair.settled({ fellBack: [a] }), ['settle t.1: keep, drop a']);
    assert.deepEqual(pair.settled({ reverted: [gone(a)] }), [GONE, 'release t.1']);
  });

  it('of one that was kept is looked at: its state decides (T10)', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, keep('t.1.1'));
    pair.settled({ kept: [a] });
    const { now: sequence } = pair;
    assert.deepEqual(pair.asks(a, DROP, { sequence }), []);
    assert.deepEqual(pair.released(), ['take turn t.2']);
    assert.deepEqual(pair.reserved(), ['settle t.2: keep, drop a']);
    assert.deepEqual(pair.settled({ kept: [a] }), ['answer a (first drop): kept', 'release t.2']);
  });

  it('of one whose removal is owed is tried anew; the same ask again hears the same', () => {
    const pair = new Driven();
    pair.carries(a);
    const { now: sequence } = pair;
    pair.asks(a, DROP, { sequence });
    pair.settled({ reverted: [gone(a, ['er1'])] });
    assert.deepEqual(pair.asks(a, DROP, { sequence }), [`${GONE}, owed on er1`]);
    pair.released();
    assert.deepEqual(pair.asks(a, DROP), ['take turn t.2']);
    assert.deepEqual(pair.reserved(), ['settle t.2: keep, drop a']);
    assert.deepEqual(pair.settled({ reverted: [gone(a)] }), [GONE, 'release t.2']);
  });

  it('names where the removal is owed', () => {
    const pair = new Driven();
    pair.carries(a);
    pair.asks(a, DROP);
    assert.equal(pair.settled({ reverted: [gone(a, ['er1', 'er2'])] })[0], `${GONE}, owed on er1 er2`);
  });
});
