import assert from 'node:assert/strict';
import { PAIR_LIMITS } from '../../pair/limits.ts';
import { REVERT, DrivenPair, APPLY, reverted, confirm, refused, run } from './driver.ts';

const a = run('a');
const newer = run('a', 'second');

describe('a request that comes twice, late, or from another run (M2)', () => {
  it('with a lower sequence number is ignored', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY, { sequence: 5 });
    pair.reserved();
    pair.applied(a);
    pair.requested(a, confirm('t.1.1'), { sequence: 6 });
    const before = pair.state;
    assert.deepEqual(pair.requested(a, APPLY, { sequence: 5 }), []);
    assert.deepEqual(pair.requested(a, REVERT, { sequence: 4 }), []);
    assert.equal(pair.state, before);
  });

  it('with a lower sequence number is ignored after the end as well', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY, { sequence: 5 });
    pair.reserved();
    pair.applied(a);
    pair.requested(a, confirm('t.1.1'), { sequence: 6 });
    pair.settled({ kept: [a] });
    pair.reservationEnded();
    assert.deepEqual(pair.requested(a, APPLY, { sequence: 5 }), []);
    assert.equal(pair.overview, 'idle:  | ');
  });

  it('to apply after its records were gone is no question of what the pair remembers: the routers are looked at again', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY, { sequence: 5 });
    pair.reserved();
    pair.applied(a);
    pair.requested(a, confirm('t.1.1'), { sequence: 6 });
    pair.settled({ kept: [a] });
    pair.reservationEnded();
    const again = { kind: 'apply', again: true } as const;
    assert.match(pair.requested(a, again, { sequence: 7 }).join(), /^reserve t\.2/);
    pair.reserved();
    assert.match(pair.applied(a).join(), /applied again t\.2\.1/);
    assert.deepEqual(pair.requested(a, confirm('t.2.1'), { sequence: 8 }), ['settle t.2: confirm a, revert']);
  });

  it('to apply, sent again while the member waits, makes no second member, and its last activity is answered', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY, { sequence: 5, activity: 'first attempt' });
    assert.deepEqual(pair.requested(a, APPLY, { sequence: 5, activity: 'retry' }), []);
    pair.reserved();
    assert.deepEqual(pair.applied(a), ['answer a (first retry): applied t.1.1', 'await verdicts t.1.1']);
  });

  it('to apply, sent again while the member is applied, has its last activity answered', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY, { sequence: 5 });
    pair.reserved();
    pair.requested(a, APPLY, { sequence: 5, activity: 'retry' });
    assert.equal(pair.applied(a)[0], 'answer a (first retry): applied t.1.1');
  });

  it('to apply, sent again after its answer was lost, is answered again', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY, { sequence: 5 });
    pair.reserved();
    pair.applied(a);
    assert.deepEqual(pair.requested(a, APPLY, { sequence: 5 }), ['answer a (first apply): applied t.1.1']);
  });

  it('to confirm, sent again while the batch is settled, has its last activity answered', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, confirm('t.1.1'), { sequence: 2_000 });
    assert.deepEqual(pair.requested(a, confirm('t.1.1'), { sequence: 2_000, activity: 'retry' }), []);
    assert.equal(pair.settled({ kept: [a] })[0], 'answer a (first retry): kept');
  });

  it('to confirm, sent again after its answer was lost, is answered from memory each time', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, confirm('t.1.1'), { sequence: 2_000 });
    pair.settled({ kept: [a] });
    pair.reservationEnded();
    for (const activity of ['retry', 'second retry']) {
      assert.deepEqual(pair.requested(a, confirm('t.1.1'), { sequence: 2_000, activity }), [
        `answer a (first ${activity}): kept`,
      ]);
    }
    assert.equal(pair.overview, 'idle:  | ');
  });

  it('to apply, sent again after its refusal was lost, is refused from memory', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY, { sequence: 5 });
    pair.reserved();
    pair.appliedWith({ refused: [refused(a)] });
    pair.reservationEnded();
    assert.deepEqual(pair.requested(a, APPLY, { sequence: 5 }), [
      'answer a (first apply): reverted, RouterRefused: no such filter',
    ]);
  });

  it('to apply, of a newer run, is new although an older run has ended', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, REVERT);
    pair.settled({ reverted: [reverted(a)] });
    pair.reservationEnded();
    assert.deepEqual(pair.requested(newer, APPLY), ['reserve t.2']);
  });

  it('of a newer run takes the place of the older run in the queue', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(run('b'));
    pair.requested(a, APPLY);
    pair.requested(run('c'), APPLY);
    pair.requested(newer, APPLY);
    assert.equal(pair.overview, 'waiting for verdicts: b | a c');
    assert.equal(pair.state.waiting[0]?.run, 'second');
  });

  it('of a newer run takes the place of the older run while the batch waits for its reservation', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.requested(newer, APPLY);
    assert.equal(pair.overview, 'reserving: a | ');
    pair.reserved();
    assert.equal(pair.applied(newer)[0], 'answer a (second apply): applied t.1.1');
  });

  it('of a newer run has the older run reverted first, if that is on the routers', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    assert.deepEqual(pair.requested(newer, APPLY), ['settle t.1: confirm, revert a']);
    assert.equal(pair.overview, 'settling: a | a');
    pair.settled({ reverted: [reverted(a)] });
    assert.deepEqual(pair.reservationEnded(), ['reserve t.2']);
    assert.deepEqual(pair.reserved(), ['apply t.2: a']);
    assert.equal(pair.applied(newer)[0], 'answer a (second apply): applied t.2.1');
  });

  it('to revert, of a newer run, is not answered while the older run is on the routers (T6)', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    assert.deepEqual(pair.requested(newer, REVERT), ['settle t.1: confirm, revert a']);
    pair.settled({ reverted: [reverted(a)] });
    pair.reservationEnded();
    assert.deepEqual(pair.reserved(), ['settle t.2: confirm, revert a']);
    assert.equal(
      pair.settled({ reverted: [reverted(newer)] })[0],
      'answer a (second revert): reverted, Cancelled: cancelled by an operator',
    );
  });

  it('to revert, of a newer run in the queue, waits while the older run may be on the routers', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(run('b'));
    pair.requested(run('b'), confirm('t.1.1'));
    pair.settled({ kept: [run('b')] });
    pair.reservationEnded();
    pair.requested(a, APPLY);
    pair.reserved();
    pair.requested(newer, APPLY);
    assert.deepEqual(pair.requested(newer, REVERT), []);
    assert.equal(pair.overview, 'applying: a | a');
  });

  it('to confirm a trial of an earlier pair workflow takes the place of an older run as well', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    assert.deepEqual(pair.requested(newer, confirm('s.1.1')), []);
    pair.reserved();
    assert.equal(pair.applied(newer)[0], 'answer a (second confirm): applied again t.1.1');
  });

  it('of an older run that has ended is answered from memory, and the newer run stays in its place', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(newer, APPLY);
    pair.settled({ reverted: [reverted(a)] });
    assert.deepEqual(pair.requested(a, REVERT), [
      'answer a (first revert): reverted, Cancelled: another run took over',
    ]);
    pair.reservationEnded();
    assert.equal(pair.overview, 'reserving: a | ');
    assert.equal(pair.state.batch?.members[0]?.run, 'second');
  });

  it('is remembered only for the last members, four batches of them', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(run('0'));
    pair.requested(run('0'), REVERT);
    pair.settled({ reverted: [reverted(run('0'))] });
    pair.reservationEnded();
    pair.requested(run('busy'), APPLY);
    pair.reserved();
    for (let i = 1; i <= 300; i += 1) {
      pair.requested(run(`${i}`), APPLY);
      pair.requested(run(`${i}`), REVERT);
    }
    assert.equal(pair.state.outcomes.length, PAIR_LIMITS.remembered);
    assert.equal(pair.state.outcomes.at(-1)?.name, '300');
  });
});
