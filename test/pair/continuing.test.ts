import assert from 'node:assert/strict';
import { nextBatch, resume } from '../../pair/batch.ts';
import { carriedOver } from '../../pair/state.ts';
import { ACTIVITY_TIMES, DEFAULT_POLICY } from '../../gateway/policies.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { REVERT, DrivenPair, APPLY, reverted, confirm, run, wordsOf } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];
const CANCELLED = 'reverted, Cancelled: cancelled by an operator';

/** The next run of a pair that has had a reservation: a has left, and b waits. */
function nextRun(wasReset: boolean) {
  const pair = new DrivenPair();
  pair.hasOnTrial(c);
  pair.requested(a, APPLY);
  pair.requested(b, APPLY);
  assert.deepEqual(pair.requested(a, REVERT), [`answer a (first revert): ${CANCELLED}`]);
  pair.limits = { batchLimit: 64, paused: true };
  pair.requested(c, confirm('t.1.1'));
  pair.settled({ kept: [c] });
  pair.reservationEnded();
  pair.limits = { batchLimit: 64 };
  pair.state = nextBatch(carriedOver(pair.state, wasReset), pair.now, pair.limits).state;
  return pair;
}

describe('a pair that continues as new', () => {
  it('settles its batch, and begins no other', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.limits = { batchLimit: 64, paused: true };
    pair.requested(b, APPLY);
    pair.requested(a, confirm('t.1.1'));
    pair.settled({ kept: [a] });
    assert.deepEqual(pair.reservationEnded(), []);
    assert.deepEqual(pair.requested(c, APPLY), []);
    assert.equal(pair.overview, 'idle:  | b c');
  });

  it('stops waiting for a blocked reservation, and preserves the order of the queue', () => {
    const pair = new DrivenPair();
    pair.limits = { batchLimit: 1 };
    pair.requested(a, APPLY);
    pair.requested(b, APPLY);
    pair.limits = { batchLimit: 1, paused: true };
    assert.deepEqual(pair.happens({ kind: 'reservation blocked', why: 'er1 is held for maintenance' }), [
      'end reservation t.1',
    ]);
    assert.deepEqual(pair.reservationEnded(), []);
    assert.equal(pair.overview, 'idle:  | a b');
  });

  it('looks in its next run for what an earlier workflow left behind, if it is woken when it can’t begin any more', () => {
    const pair = new DrivenPair();
    pair.limits = { batchLimit: 64, paused: true };
    assert.deepEqual(pair.happens({ kind: 'woken' }), []);
    const next = () => {
      const { state, commands } = resume(carriedOver(pair.state, false), pair.now, pair.limits);
      pair.state = state;
      return commands.map(wordsOf);
    };
    assert.deepEqual(next(), []);
    pair.limits = { batchLimit: 64 };
    assert.deepEqual(next(), ['reserve t.1']);
    assert.deepEqual(pair.reserved(a), ['settle t.1: confirm, revert a']);
    pair.settled({ reverted: [reverted(a)] });
    assert.deepEqual(pair.reservationEnded(), []);
    assert.deepEqual(next(), []);
  });

  it('goes on in the next run with everything that it knew', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    pair.limits = { batchLimit: 64, paused: true };
    pair.requested(a, confirm('t.1.1'), { sequence: 2_000 });
    pair.settled({ kept: [a] });
    pair.requested(b, APPLY);
    pair.reservationEnded();
    pair.limits = { batchLimit: 64 };
    const { state, commands } = nextBatch(
      JSON.parse(JSON.stringify(pair.state)) as typeof pair.state,
      pair.now,
      pair.limits,
    );
    pair.state = state;
    assert.deepEqual(commands.map(wordsOf), ['reserve t.2']);
    assert.deepEqual(pair.requested(a, confirm('t.1.1'), { sequence: 2_000 }), [
      'answer a (first confirm): kept',
    ]);
    assert.deepEqual(pair.reserved(), ['apply t.2: b']);
  });

  it('lets a member that it never applied leave at once', () => {
    const pair = nextRun(false);
    assert.deepEqual(pair.requested(a, REVERT, { activity: 'again' }), [
      `answer a (first again): ${CANCELLED}`,
    ]);
    assert.deepEqual(pair.requested(b, REVERT), [`answer b (first revert): ${CANCELLED}`]);
  });

  it('lets no member leave without a look at the routers if it was reset', () => {
    const pair = nextRun(true);
    assert.deepEqual(pair.requested(a, REVERT, { activity: 'again' }), []);
    assert.deepEqual(pair.requested(b, REVERT), []);
    assert.equal(pair.overview, 'reserving: b a | ');
  });

  it('hands its state over as it is', () => {
    const { state } = nextRun(false);
    assert.deepEqual(carriedOver(state, false), state);
  });

  it('hands over what it can still know if it was reset: not which members were never applied, nor that it has recovered', () => {
    const { state } = nextRun(false);
    assert.deepEqual(
      state.outcomes.map(({ name, neverApplied }) => [name, neverApplied]),
      [
        ['a', true],
        ['c', undefined],
      ],
    );
    const next = carriedOver(state, true);
    assert.deepEqual(next, {
      ...state,
      recovered: false,
      outcomes: state.outcomes.filter(({ name }) => name === 'c'),
    });
  });

  it('also ends a reservation under which it has recovered', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.limits = { batchLimit: 64, paused: true };
    pair.reserved(b);
    assert.equal(pair.settled({ reverted: [reverted(b)] }).at(-1), 'end reservation t.1');
    assert.deepEqual(pair.reservationEnded(), []);
    assert.equal(pair.overview, 'idle:  | a');
  });

  it('remembers, while it is idle, for longer than it takes to send a request again whose answer was lost', () => {
    assert.ok(PAIR_TIMES.lingerMs > 2 * ACTIVITY_TIMES.request.startToCloseTimeout);
  });

  it('has time for a replay in each task, and not so much that a trial would end if a worker dies within a task', () => {
    assert.ok(PAIR_TIMES.taskMs > 10_000);
    assert.ok(PAIR_TIMES.taskMs < DEFAULT_POLICY.confirmMarginMs);
  });
});
