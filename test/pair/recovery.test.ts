import assert from 'node:assert/strict';
import { REVERT, DrivenPair, APPLY, reverted, confirm, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];
const LEFTOVER = 'left behind by a router pair workflow that was ended';

describe('what an earlier workflow of the pair left behind', () => {
  it('is reverted before anything is applied, under a reservation that then ends: a maintenance hold allows no more', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    assert.deepEqual(pair.reserved(b), ['settle t.1: confirm, revert b']);
    assert.deepEqual(pair.settled({ reverted: [reverted(b)] }), [
      `publish for b (first): reverted, Cancelled: ${LEFTOVER}`,
      'end reservation t.1',
    ]);
    assert.deepEqual(pair.reservationEnded(), ['reserve t.2']);
    assert.deepEqual(pair.reserved(), ['apply t.2: a']);
  });

  it('is reverted, and applied again, for a saga that requests to apply', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.startsAnew();
    pair.requested(a, APPLY);
    assert.deepEqual(pair.reserved(a), ['settle u.1: confirm, revert a']);
    assert.deepEqual(pair.settled({ reverted: [reverted(a)] }), ['end reservation u.1']);
    pair.reservationEnded();
    assert.deepEqual(pair.reserved(), ['apply u.2: a']);
    assert.equal(pair.applied(a)[0], 'answer a (first apply): applied u.2.1');
  });

  it('must be seen working again by a saga that requests to confirm', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.startsAnew();
    pair.requested(a, confirm('t.1.1'));
    pair.reserved(a);
    pair.settled({ reverted: [reverted(a)] });
    pair.reservationEnded();
    pair.reserved();
    assert.equal(pair.applied(a)[0], 'answer a (first confirm): applied again u.2.1');
  });

  it('is looked for once more before a saga that requests to revert is answered', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.startsAnew();
    pair.requested(a, REVERT);
    pair.reserved(a);
    pair.settled({ reverted: [reverted(a)] });
    pair.reservationEnded();
    assert.deepEqual(pair.reserved(), ['settle u.2: confirm, revert a']);
    assert.equal(
      pair.settled({ reverted: [reverted(a)] })[0],
      'answer a (first revert): reverted, Cancelled: cancelled by an operator',
    );
  });

  it('does not let a member leave at once while it is being reverted', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(b);
    pair.requested(b, confirm('t.1.1'));
    pair.settled({ kept: [b] });
    pair.reservationEnded();
    pair.requested(a, APPLY);
    pair.reserved(a);
    assert.deepEqual(pair.requested(a, REVERT), []);
    pair.settled({ reverted: [reverted(a)] });
    pair.reservationEnded();
    assert.deepEqual(pair.reserved(), ['settle t.3: confirm, revert a']);
  });

  it('stays, and is published, if it was kept before', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved(b);
    assert.deepEqual(pair.settled({ kept: [b] }), ['publish for b (first): kept', 'end reservation t.1']);
  });

  it('makes later members wait behind the earlier ones', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved(run('old'));
    pair.requested(b, APPLY);
    assert.equal(pair.overview, 'recovering: a | b');
    pair.settled({ reverted: [reverted(run('old'))] });
    pair.reservationEnded();
    assert.equal(pair.overview, 'reserving: a b | ');
  });

  it('is settled without any request if another pair waits for the routers', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.startsAnew();
    assert.deepEqual(pair.happens({ kind: 'woken' }), ['reserve u.1']);
    assert.deepEqual(pair.reserved(a), ['settle u.1: confirm, revert a']);
    assert.equal(pair.settled({ reverted: [reverted(a)] }).at(-1), 'end reservation u.1');
    assert.deepEqual(pair.reservationEnded(), []);
    assert.equal(pair.overview, 'idle:  | ');
  });

  it('is settled although the wake comes while a reservation ends that was not to be had', () => {
    const pair = new DrivenPair();
    pair.happens({ kind: 'woken' });
    pair.happens({ kind: 'reservation blocked', why: 'another pair' });
    assert.equal(pair.overview, 'ending the reservation:  | ');
    assert.deepEqual(pair.happens({ kind: 'woken' }), []);
    assert.deepEqual(pair.reservationEnded(), ['reserve t.2']);
    assert.deepEqual(pair.reserved(), ['end reservation t.2']);
    assert.deepEqual(pair.reservationEnded(), []);
  });

  it('leaves a reservation to end, even if nothing stands', () => {
    const pair = new DrivenPair();
    pair.happens({ kind: 'woken' });
    assert.deepEqual(pair.reserved(), ['end reservation t.1']);
  });

  it('is not looked for by a workflow that has, or has had, a reservation', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    assert.deepEqual(pair.happens({ kind: 'woken' }), []);
    pair.reserved();
    pair.applied(a);
    pair.requested(a, confirm('t.1.1'));
    pair.settled({ kept: [a] });
    pair.reservationEnded();
    // Somebody may have made a router owe something: that needs a look, and no reservation.
    assert.deepEqual(pair.happens({ kind: 'woken' }), ['look 1 at owed changes in 0 s']);
    assert.deepEqual(pair.looked({ routers: [] }), []);
    assert.equal(pair.state.owing, undefined);
  });
});
