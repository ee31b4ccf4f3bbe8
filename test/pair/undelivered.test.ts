import assert from 'node:assert/strict';
import { FAILURES } from '../../gateway/failures.ts';
import { DrivenPair, APPLY, reverted, confirm, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];

describe('a saga that is missing when it is answered (M4)', () => {
  it('has its member reverted alone, if that has no verdict', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a, b);
    assert.deepEqual(pair.undelivered(a, { kind: 'applied', trial: 't.1.1' }), []);
    assert.deepEqual(pair.requested(b, confirm('t.1.1')), ['settle t.1: confirm b, revert a']);
    assert.deepEqual(pair.settled({ kept: [b], reverted: [reverted(a)] }), [
      'publish for a (first): reverted, Cancelled: its workflow is gone',
      'answer b (first confirm): kept',
      'end reservation t.1',
    ]);
  });

  it('has the batch settled, if only its verdict was missing', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    assert.deepEqual(pair.undelivered(a, { kind: 'applied', trial: 't.1.1' }), [
      'settle t.1: confirm, revert a',
    ]);
  });

  it('has its member reverted after `applied again`, too', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, confirm('s.1.1'));
    assert.deepEqual(pair.undelivered(a, { kind: 'applied again', trial: 't.1.1' }), [
      'settle t.1: confirm, revert a',
    ]);
  });

  it('changes nothing if the answer was of an earlier trial', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, confirm('t.1.1'));
    pair.settled({ fellBack: [a] });
    pair.applied(a);
    assert.deepEqual(pair.undelivered(a, { kind: 'applied', trial: 't.1.1' }), []);
    assert.equal(pair.overview, 'waiting for verdicts: a | ');
  });

  it('changes nothing if the member has its verdict', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a, b);
    pair.requested(a, confirm('t.1.1'));
    assert.deepEqual(pair.undelivered(a, { kind: 'applied', trial: 't.1.1' }), []);
    assert.deepEqual(pair.requested(b, confirm('t.1.1')), ['settle t.1: confirm a b, revert']);
  });

  it('changes nothing if another run has taken over', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(run('a', 'second'));
    assert.deepEqual(pair.undelivered(a, { kind: 'applied', trial: 't.1.1' }), []);
    assert.equal(pair.overview, 'waiting for verdicts: a | ');
  });

  it('is published for as created, if its gateway was kept', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, confirm('t.1.1'));
    pair.settled({ kept: [a] });
    assert.deepEqual(pair.undelivered(a, { kind: 'kept' }), ['publish for a (first): kept']);
  });

  it('is published for with the reason, if its gateway was reverted', () => {
    const pair = new DrivenPair();
    const answer = {
      kind: 'reverted' as const,
      type: FAILURES.RouterBusy,
      reason: 'locked',
      owedOn: ['er1'],
    };
    assert.deepEqual(pair.undelivered(a, answer), [
      'publish for a (first): reverted, RouterBusy: locked, owed on er1',
    ]);
  });

  it('changes nothing when the pair is idle', () => {
    assert.deepEqual(new DrivenPair().undelivered(a, { kind: 'applied', trial: 't.1.1' }), []);
  });

  it('is answered like any other if it comes back and sends its request again', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, APPLY, { activity: 'after reset' });
    assert.equal(pair.overview, 'waiting for verdicts: a | ');
    assert.deepEqual(pair.requested(a, confirm('t.1.1')), ['settle t.1: confirm a, revert']);
  });
});
