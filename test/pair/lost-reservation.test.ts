import assert from 'node:assert/strict';
import { REVERT, DrivenPair, APPLY, reverted, confirm, run } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];

describe('a pair whose reservation is lost, as it is after a reset', () => {
  it('reserves again with the same members, before all others, and does not end the lost reservation', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.requested(b, APPLY);
    pair.reserved();
    pair.requested(c, APPLY);
    assert.deepEqual(pair.happens({ kind: 'reservation lost', reservation: 't.1' }), ['reserve t.2']);
    assert.equal(pair.overview, 'reserving: a b c | ');
    assert.deepEqual(pair.reserved(), ['apply t.2: a b c']);
    assert.equal(pair.applied(a, b, c)[0], 'answer a (first apply): applied t.2.1');
  });

  it('applies a member that was to be confirmed again, and still reverts one that was to be reverted', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a, b);
    pair.requested(a, confirm('t.1.1'));
    pair.requested(b, REVERT);
    pair.happens({ kind: 'reservation lost', reservation: 't.1' });
    assert.deepEqual(pair.reserved(), ['apply t.2: a']);
    assert.equal(pair.applied(a)[0], 'answer a (first confirm): applied again t.2.1');
    assert.deepEqual(pair.requested(a, confirm('t.2.1')), ['settle t.2: confirm a, revert b']);
  });

  it('reverts what the lost reservation left before it applies anything', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, confirm('t.1.1'));
    pair.happens({ kind: 'reservation lost', reservation: 't.1' });
    assert.deepEqual(pair.reserved(a), ['settle t.2: confirm, revert a']);
    assert.deepEqual(pair.settled({ reverted: [reverted(a)] }), ['end reservation t.2']);
    assert.deepEqual(pair.reservationEnded(), ['reserve t.3']);
  });

  it('hears the newer run, though the older run is reverted in the same batch', () => {
    const pair = new DrivenPair();
    const newer = run('a', 'second');
    pair.hasOnTrial(a);
    pair.requested(newer, APPLY);
    pair.happens({ kind: 'reservation lost', reservation: 't.1' });
    assert.deepEqual(pair.reserved(), ['apply t.2: a']);
    pair.applied(newer);
    assert.deepEqual(pair.requested(newer, confirm('t.2.1')), ['settle t.2: confirm a, revert a']);
    assert.equal(pair.overview, 'settling: a a | ');
  });

  it('puts a member that the pending commit cannot take in at the front of the queue', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.requested(b, APPLY);
    pair.reserved();
    assert.equal(
      pair.appliedWith({ applied: [a], postponed: [b] })[0],
      'answer a (first apply): applied t.1.1',
    );
    assert.equal(pair.overview, 'waiting for verdicts: a | b');
    pair.requested(a, confirm('t.1.1'));
    pair.settled({ kept: [a] });
    assert.deepEqual(pair.reservationEnded(), ['reserve t.2']);
    assert.deepEqual(pair.reserved(), ['apply t.2: b']);
  });

  it('ignores the loss of a reservation that is not its current one', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    assert.deepEqual(pair.happens({ kind: 'reservation lost', reservation: 't.0' }), []);
  });
});
