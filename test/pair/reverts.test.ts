import assert from 'node:assert/strict';
import { REVERT, DrivenPair, APPLY, reverted, confirm, refused, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];
const REVERTED = 'answer a (first revert): reverted, Cancelled: cancelled by an operator';

/** A pair that has had a reservation: nothing of an earlier workflow is on the routers. */
function recovered(): DrivenPair {
  const pair = new DrivenPair();
  pair.hasOnTrial(b);
  return pair;
}

describe('a request to revert', () => {
  it('takes the member out of the queue at once if nothing can be on the routers', () => {
    const pair = recovered();
    pair.requested(a, APPLY);
    assert.deepEqual(pair.requested(a, REVERT), [REVERTED]);
    assert.equal(pair.overview, 'waiting for verdicts: b | ');
  });

  it('takes it out at once in a pair that has just begun, if its routers are held and nothing is left there', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.happens({ kind: 'reservation blocked', why: 'held for maintenance', nothingLeft: true });
    assert.deepEqual(pair.requested(a, REVERT), [REVERTED]);
  });

  describe('that comes to a pair that has just begun, before it is known that nothing is left behind', () => {
    const HELD = { kind: 'reservation blocked', why: 'held for maintenance', nothingLeft: true } as const;

    it('takes the member out once that is known, from the batch and from the queue', () => {
      const pair = new DrivenPair();
      pair.limits = { batchLimit: 1 };
      for (const member of [a, b]) pair.requested(member, APPLY);
      for (const member of [a, b, b]) assert.deepEqual(pair.requested(member, REVERT), []);
      const ofB = REVERTED.replace('answer a', 'answer b');
      assert.deepEqual(pair.happens(HELD), [REVERTED, ofB, 'end reservation t.1']);
      assert.deepEqual(pair.reservationEnded(), []);
    });

    it('takes one out that waited at the door', () => {
      const pair = new DrivenPair();
      const ticket = { door: 's', number: 1, gate: 0, last: 1, opened: 1 };
      assert.deepEqual(pair.requested(a, { ...REVERT, atTheDoor: ticket } as never), ['reserve t.1']);
      assert.deepEqual(pair.happens(HELD), [REVERTED, 'end reservation t.1']);
    });

    it('stays if its saga may have seen the member applied: it may be kept, or owed', () => {
      const pair = new DrivenPair();
      pair.requested(a, REVERT);
      pair.requested(b, confirm('s.1.1'));
      pair.requested(b, REVERT);
      assert.deepEqual(pair.happens(HELD), ['reserve t.1']);
      assert.equal(pair.overview, 'reserving: a b | ');
    });

    it('stays if another run requests it, or applies again', () => {
      const pair = new DrivenPair();
      pair.requested(a, APPLY);
      pair.requested(run('a', 'second'), REVERT);
      pair.requested(b, APPLY);
      pair.requested(b, REVERT);
      pair.requested(b, APPLY);
      assert.deepEqual(pair.happens(HELD), ['reserve t.1']);
      assert.equal(pair.overview, 'reserving: a b | ');
    });

    it('stays in a run that an older release has begun', () => {
      const pair = new DrivenPair();
      pair.requested(a, APPLY);
      pair.requested(a, REVERT);
      assert.deepEqual(pair.happens({ ...HELD, isOlder: true }), ['reserve t.1']);
    });
  });

  it('waits for a reservation after one was lost, though etcd knows of nothing that is left', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.happens({ kind: 'reservation lost', reservation: 't.1' });
    pair.happens({ kind: 'reservation blocked', why: 'held for maintenance', nothingLeft: true });
    assert.deepEqual(pair.requested(a, REVERT), []);
    assert.equal(pair.overview, 'reserving: a | ');
  });

  it('waits for a reservation in a pair that has just begun, if an earlier workflow may have left something', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.happens({ kind: 'reservation blocked', why: 'another pair' });
    assert.deepEqual(pair.requested(a, REVERT), []);
    assert.deepEqual(pair.happens({ kind: 'reservation blocked', why: 'held for maintenance' }), [
      'reserve t.1',
    ]);
    assert.equal(pair.overview, 'reserving: a | ');
  });

  it('needs a reservation after all if the pair was reset and cannot know that the member was never applied (T6)', () => {
    const pair = recovered();
    pair.requested(a, APPLY);
    assert.deepEqual(pair.requested(a, REVERT), [REVERTED]);
    const replyTo = { workflowId: 'vpn_gateway:a', runId: 'first', activityId: 'revert' };
    pair.happens({ kind: 'uncertain', member: a, replyTo });
    assert.equal(pair.overview, 'waiting for verdicts: b | a');
    pair.requested(b, REVERT);
    pair.settled({ reverted: [reverted(b)] });
    assert.deepEqual(pair.reservationEnded(), ['reserve t.2']);
    assert.deepEqual(pair.reserved(a), ['settle t.2: confirm, revert a']);
    pair.settled({ reverted: [reverted(a)] });
    pair.reservationEnded();
    assert.deepEqual(pair.reserved(), ['settle t.3: confirm, revert a']);
    assert.deepEqual(pair.settled({ reverted: [reverted(a)] }), [REVERTED, 'end reservation t.3']);
  });

  it('that was not answered is discarded if another run waits, which looks at the routers itself', () => {
    const pair = recovered();
    pair.requested(a, APPLY);
    pair.requested(a, REVERT);
    pair.requested(run('a', 'second'), APPLY);
    const replyTo = { workflowId: 'vpn_gateway:a', runId: 'first', activityId: 'revert' };
    assert.deepEqual(pair.happens({ kind: 'uncertain', member: a, replyTo }), []);
    assert.equal(pair.overview, 'waiting for verdicts: b | a');
  });

  it('needs a reservation if an earlier pair workflow may have applied the member (T6)', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    assert.deepEqual(pair.requested(a, REVERT), []);
    assert.deepEqual(pair.reserved(), ['settle t.1: confirm, revert a']);
    assert.deepEqual(pair.settled({ reverted: [reverted(a)] }), [REVERTED, 'end reservation t.1']);
  });

  it('needs a reservation if the pair knows nothing of the gateway', () => {
    const pair = recovered();
    assert.deepEqual(pair.requested(a, REVERT), []);
    assert.equal(pair.overview, 'waiting for verdicts: b | a');
  });

  it('needs a reservation if the member had requested to confirm, so that it had been applied', () => {
    const pair = recovered();
    pair.requested(a, confirm('s.1.1'));
    assert.deepEqual(pair.requested(a, REVERT), []);
    assert.deepEqual(pair.requested(a, REVERT), []);
    assert.equal(pair.overview, 'waiting for verdicts: b | a');
  });

  it('takes the member out of a batch that waits for its reservation; the empty batch ends the reservation', () => {
    const pair = recovered();
    pair.requested(b, REVERT);
    pair.settled({ reverted: [reverted(b)] });
    pair.reservationEnded();
    pair.requested(a, APPLY);
    assert.deepEqual(pair.requested(a, REVERT), [REVERTED]);
    assert.deepEqual(pair.reserved(), ['end reservation t.2']);
    assert.deepEqual(pair.reservationEnded(), []);
  });

  it('leaves an empty batch, which stops waiting for a blocked reservation', () => {
    const pair = recovered();
    pair.requested(b, REVERT);
    pair.settled({ reverted: [reverted(b)] });
    pair.reservationEnded();
    pair.requested(a, APPLY);
    pair.requested(a, REVERT);
    assert.deepEqual(pair.happens({ kind: 'reservation blocked', why: 'held for maintenance' }), [
      'end reservation t.2',
    ]);
    assert.deepEqual(pair.reservationEnded(), []);
    assert.equal(pair.overview, 'idle:  | ');
  });

  it('that comes while the member is applied is settled without an answer in between', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved();
    assert.deepEqual(pair.requested(a, REVERT), ['stop applying']);
    assert.deepEqual(pair.applied(a), ['settle t.1: confirm, revert a']);
    assert.deepEqual(pair.settled({ reverted: [reverted(a)] }), [REVERTED, 'end reservation t.1']);
  });

  it('is answered with the refusal, if a router refuses the member meanwhile', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved();
    pair.requested(a, REVERT);
    assert.deepEqual(pair.appliedWith({ refused: [refused(a)] }), [
      'answer a (first revert): reverted, RouterRefused: no such filter',
      'end reservation t.1',
    ]);
  });

  it('retains its own reason, if applying failed as well', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved();
    pair.requested(a, REVERT);
    assert.deepEqual(pair.appliedWith({ toRevert: [refused(a)] }), ['settle t.1: confirm, revert a']);
    assert.equal(pair.settled({ reverted: [reverted(a)] })[0], REVERTED);
  });

  it('reverts a member that has just been applied', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    assert.deepEqual(pair.requested(a, REVERT), ['settle t.1: confirm, revert a']);
  });

  it('changes nothing once settling has begun: its outcome is the answer', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, confirm('t.1.1'));
    assert.deepEqual(pair.requested(a, REVERT), []);
    assert.deepEqual(pair.settled({ kept: [a] }), ['answer a (first revert): kept', 'end reservation t.1']);
    assert.deepEqual(pair.undelivered(a, { kind: 'kept' }), ['publish for a (first): kept']);
  });

  it('that came after settling had begun counts if the member would have to be applied again', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, confirm('t.1.1'));
    pair.requested(a, REVERT);
    assert.deepEqual(pair.settled({ fellBack: [a] }), ['settle t.1: confirm, revert a']);
    assert.deepEqual(pair.settled({ reverted: [reverted(a)] }), [REVERTED, 'end reservation t.1']);
  });

  it('for a member that was kept takes a look: /state decides (T10)', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, confirm('t.1.1'));
    pair.settled({ kept: [a] });
    const { now: sequence } = pair;
    assert.deepEqual(pair.requested(a, REVERT, { sequence }), []);
    assert.deepEqual(pair.reservationEnded(), ['reserve t.2']);
    assert.deepEqual(pair.reserved(), ['settle t.2: confirm, revert a']);
    assert.deepEqual(pair.settled({ kept: [a] }), ['answer a (first revert): kept', 'end reservation t.2']);
  });

  it('for a member whose inverse change is owed is attempted again; the same request sent again gets the same answer', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    const { now: sequence } = pair;
    pair.requested(a, REVERT, { sequence });
    pair.settled({ reverted: [reverted(a, ['er1'])] });
    assert.deepEqual(pair.requested(a, REVERT, { sequence }), [`${REVERTED}, owed on er1`]);
    pair.reservationEnded();
    assert.deepEqual(pair.requested(a, REVERT), ['reserve t.2']);
    assert.deepEqual(pair.reserved(), ['settle t.2: confirm, revert a']);
    assert.deepEqual(pair.settled({ reverted: [reverted(a)] }), [REVERTED, 'end reservation t.2']);
  });

  it('is answered with the routers that owe the inverse change', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.requested(a, REVERT);
    assert.equal(
      pair.settled({ reverted: [reverted(a, ['er1', 'er2'])] })[0],
      `${REVERTED}, owed on er1 er2`,
    );
  });
});
