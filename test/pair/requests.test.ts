import assert from 'node:assert/strict';
import { DrivenPair, APPLY, confirm, run, REVERT } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];

describe('requests to a pair', () => {
  it('of a lone gateway do not wait for company', () => {
    const pair = new DrivenPair();
    assert.deepEqual(pair.requested(a, APPLY), ['reserve t.1']);
    assert.deepEqual(pair.reserved(), ['apply t.1: a']);
    assert.deepEqual(pair.applied(a), ['answer a (first apply): applied t.1.1', 'await verdicts t.1.1']);
    assert.deepEqual(pair.requested(a, confirm('t.1.1')), ['settle t.1: confirm a, revert']);
    assert.deepEqual(pair.settled({ kept: [a] }), ['answer a (first confirm): kept', 'end reservation t.1']);
    assert.deepEqual(pair.reservationEnded(), []);
    assert.equal(pair.overview, 'idle:  | ');
  });

  it('of a gateway that was woken wait a moment for others that were', () => {
    const pair = new DrivenPair();
    assert.deepEqual(pair.requested(a, APPLY, { woken: true }), ['reserve t.1 in 500 ms']);
    assert.deepEqual(pair.requested(b, APPLY, { woken: true }), []);
    assert.deepEqual(pair.reserved(), ['apply t.1: a b']);
  });

  it('of a gateway that was woken have company already, if a batch was on the routers', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(b, APPLY, { woken: true });
    pair.requested(a, confirm('t.1.1'));
    pair.settled({ kept: [a] });
    assert.deepEqual(pair.reservationEnded(), ['reserve t.2']);
  });

  it('that arrive while the routers are being reserved join the batch', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    assert.deepEqual(pair.requested(b, APPLY), []);
    assert.deepEqual(pair.reserved(), ['apply t.1: a b']);
  });

  it('that arrive while a batch is on the routers wait for the next batch, which begins by itself', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(b, APPLY);
    pair.requested(c, APPLY);
    assert.equal(pair.overview, 'waiting for verdicts: a | b c');
    pair.requested(a, confirm('t.1.1'));
    pair.settled({ kept: [a] });
    assert.deepEqual(pair.reservationEnded(), ['reserve t.2']);
    assert.equal(pair.overview, 'reserving: b c | ');
  });

  it('beyond the limit of a batch wait, in the order of arrival', () => {
    const pair = new DrivenPair();
    pair.limits = { batchLimit: 2 };
    pair.requested(a, APPLY);
    pair.requested(b, APPLY);
    pair.requested(c, APPLY);
    assert.equal(pair.overview, 'reserving: a b | c');
  });

  it('that waited fill the next batch up to its limit', () => {
    const pair = new DrivenPair();
    pair.limits = { batchLimit: 2 };
    pair.hasOnTrial(a);
    for (const name of ['b', 'c', 'd']) pair.requested(run(name), APPLY);
    pair.requested(a, confirm('t.1.1'));
    pair.settled({ kept: [a] });
    pair.reservationEnded();
    assert.equal(pair.overview, 'reserving: b c | d');
  });

  it('do not overtake those that wait, even if a place becomes free', () => {
    const pair = new DrivenPair();
    pair.limits = { batchLimit: 1 };
    pair.hasOnTrial(run('z'));
    pair.requested(run('z'), confirm('t.1.1'));
    pair.settled({ kept: [run('z')] });
    pair.reservationEnded();
    pair.requested(a, APPLY);
    pair.requested(b, APPLY);
    pair.requested(a, REVERT);
    pair.requested(c, APPLY);
    assert.equal(pair.overview, 'reserving:  | b c');
  });

  it('repeat the attempt to reserve, and pass on what was in the way last', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    assert.deepEqual(pair.happens({ kind: 'reservation blocked', why: 'er1 is held for maintenance' }), [
      'reserve t.1',
    ]);
    assert.equal(pair.state.batch?.blockedBy, 'er1 is held for maintenance');
    pair.reserved();
    assert.equal(pair.state.batch?.blockedBy, null);
  });

  it('each get a reservation with an id of its own', () => {
    const pair = new DrivenPair();
    for (const reservation of ['t.1', 't.2', 't.3']) {
      assert.deepEqual(pair.requested(run(reservation), APPLY), [`reserve ${reservation}`]);
      pair.reserved();
      pair.appliedWith({ toRevert: [] });
      pair.settled({ reverted: [{ member: run(reservation), owedOn: [], reason: null }] });
      pair.reservationEnded();
    }
  });
});
