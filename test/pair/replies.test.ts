import assert from 'node:assert/strict';
import { queueOf } from '../../pair/queue.ts';
import { REVERT, DrivenPair, APPLY, confirm, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];

describe('the answer to a saga once its batch was applied', () => {
  it('names the routers that were committed to plainly, and is the same if the request is sent again', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY, { sequence: 7 });
    pair.reserved();
    const told = 'answer a (first apply): applied t.1.1 plainly on MX-2';
    assert.equal(pair.appliedWith({ applied: [a], plainCommits: ['MX-2'] })[0], told);
    assert.deepEqual(pair.requested(a, APPLY, { sequence: 7 }), [told]);
  });

  it('names no router in a later trial in which both can fall back', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved();
    pair.appliedWith({ applied: [a], plainCommits: ['MX-2'] });
    pair.requested(a, confirm('t.1.1'));
    pair.settled({ fellBack: [a] });
    assert.equal(pair.applied(a)[0], 'answer a (first confirm): applied again t.1.2');
    assert.deepEqual(pair.state.batch?.plainCommits, []);
  });

  it('says how long VRRP takes there, which is known anew after each trial', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY, { sequence: 7 });
    pair.reserved();
    const vrrp = { masterMs: 36_094, limitMs: 90_000 };
    const told = 'answer a (first apply): applied t.1.1 within 90000 ms';
    assert.equal(pair.appliedWith({ applied: [a], vrrp })[0], told);
    assert.deepEqual(pair.requested(a, APPLY, { sequence: 7 }), [told]);
    assert.deepEqual(queueOf(pair.state, ['x', 'y'], 0).vrrp, vrrp);
    pair.requested(a, confirm('t.1.1'));
    assert.equal(queueOf(pair.state, ['x', 'y'], 0).vrrp, null);
    pair.settled({ fellBack: [a] });
    assert.equal(pair.state.batch?.vrrp, undefined);
    const [again] = pair.appliedWith({ applied: [a], vrrp: { masterMs: null, limitMs: 60_000 } });
    assert.equal(again, 'answer a (first confirm): applied again t.1.2 within 60000 ms');
  });

  it('is that /state promises the gateway already, and the same if the request is sent again (T10)', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY, { sequence: 7 });
    pair.requested(b, APPLY);
    pair.reserved();
    assert.deepEqual(pair.appliedWith({ applied: [b], complete: [a] }), [
      'answer a (first apply): complete',
      'answer b (first apply): applied t.1.1',
      'await verdicts t.1.1',
    ]);
    assert.equal(pair.overview, 'waiting for verdicts: b | ');
    assert.deepEqual(pair.requested(a, APPLY, { sequence: 7 }), ['answer a (first apply): complete']);
    assert.deepEqual(pair.undelivered(a, { kind: 'complete' }), []);
    assert.deepEqual(pair.requested(a, REVERT), [], 'a request to revert needs a look at the routers');
    assert.equal(pair.overview, 'waiting for verdicts: b | a');
  });

  it('is how settling ended, if it requested to revert meanwhile', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved();
    pair.requested(a, REVERT);
    assert.deepEqual(pair.appliedWith({ complete: [a] }), ['settle t.1: confirm, revert a']);
    assert.deepEqual(pair.settled({ kept: [a] })[0], 'answer a (first revert): kept');
  });
});
