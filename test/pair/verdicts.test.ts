import assert from 'node:assert/strict';
import { REVERT, DrivenPair, APPLY, reverted, confirm, refused, run } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];

describe('verdicts on a batch', () => {
  it('settle it once the last member has its verdict, each member by its own', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a, b);
    assert.deepEqual(pair.requested(a, confirm('t.1.1')), []);
    assert.deepEqual(pair.requested(b, REVERT), ['settle t.1: confirm a, revert b']);
    assert.deepEqual(pair.settled({ kept: [a], reverted: [reverted(b)] }), [
      'answer a (first confirm): kept',
      'answer b (first revert): reverted, Cancelled: cancelled by an operator',
      'end reservation t.1',
    ]);
  });

  it('are not needed from a member that was refused: it is answered at once, and no other is affected', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.requested(b, APPLY);
    pair.reserved();
    assert.deepEqual(pair.appliedWith({ applied: [b], refused: [refused(a)] }), [
      'answer a (first apply): reverted, RouterRefused: no such filter',
      'answer b (first apply): applied t.1.1',
      'await verdicts t.1.1',
    ]);
    assert.deepEqual(pair.requested(b, confirm('t.1.1')), ['settle t.1: confirm b, revert']);
  });

  it('are not needed if all members are refused: the reservation ends at once', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved();
    assert.equal(pair.appliedWith({ refused: [refused(a)] }).at(-1), 'end reservation t.1');
    assert.deepEqual(pair.reservationEnded(), []);
  });

  it('are to revert for a member that could not be put on both routers, which hears why once that is done', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved();
    assert.deepEqual(pair.appliedWith({ toRevert: [refused(a, 'er2 is away')] }), [
      'settle t.1: confirm, revert a',
    ]);
    assert.deepEqual(pair.settled({ reverted: [reverted(a, ['er2'])] }), [
      'answer a (first apply): reverted, RouterRefused: er2 is away, owed on er2',
      'end reservation t.1',
    ]);
  });

  it('are to revert for a member that applying did not report', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.requested(b, APPLY);
    pair.reserved();
    assert.deepEqual(pair.applied(a), ['answer a (first apply): applied t.1.1', 'await verdicts t.1.1']);
    assert.deepEqual(pair.requested(a, confirm('t.1.1')), ['settle t.1: confirm a, revert b']);
  });

  it('that are missing when the time is over are to revert; the others count (T11)', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a, b);
    pair.requested(a, confirm('t.1.1'));
    assert.deepEqual(pair.happens({ kind: 'verdicts due', trial: 't.1.1' }), [
      'settle t.1: confirm a, revert b',
    ]);
    assert.deepEqual(pair.settled({ kept: [a], reverted: [reverted(b)] }), [
      'answer a (first confirm): kept',
      'publish for b (first): reverted, NotConverged: no verdict in time',
      'end reservation t.1',
    ]);
    assert.deepEqual(pair.requested(b, confirm('t.1.1')), [
      'answer b (first confirm): reverted, NotConverged: no verdict in time',
    ]);
  });

  it('are not ended by the time limit of another trial', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    assert.deepEqual(pair.happens({ kind: 'verdicts due', trial: 't.1.0' }), []);
    assert.equal(pair.overview, 'waiting for verdicts: a | ');
  });

  it('to confirm are answered with `reverted`, if the member fell back for good before', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, confirm('t.1.1'));
    const [answer] = pair.settled({ reverted: [{ member: a, owedOn: [], reason: 'er1 had rebooted' }] });
    assert.equal(answer, 'answer a (first confirm): reverted, NotConverged: er1 had rebooted');
  });

  it('to revert are answered with `kept`, if /state promises the gateway (T10)', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, REVERT);
    assert.deepEqual(pair.settled({ kept: [a] }), ['answer a (first revert): kept', 'end reservation t.1']);
  });

  it('count again for a member that settling did not report', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a, b, c);
    pair.requested(a, confirm('t.1.1'));
    pair.requested(b, confirm('t.1.1'));
    pair.requested(c, REVERT);
    assert.deepEqual(pair.settled({ kept: [a] }), [
      'answer a (first confirm): kept',
      'settle t.1: confirm b, revert c',
    ]);
  });

  it('do not count before the member was applied: its saga must see this trial working', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved();
    assert.deepEqual(pair.requested(a, confirm('t.1.1')), []);
    assert.deepEqual(pair.applied(a), [
      'answer a (first confirm): applied again t.1.1',
      'await verdicts t.1.1',
    ]);
  });
});
