/** What routers owe is made without a request: the pair looks at them again and again, and reserves nothing while they are away. */
import assert from 'node:assert/strict';
import { resume } from '../../pair/batch.ts';
import { queueOf } from '../../pair/queue.ts';
import { APPLY, DrivenPair, REVERT, owing, reverted, run, wordsOf } from './driver.ts';

const [a, b] = [run('a'), run('b')];
const AWAY = { inTheWay: 'er1: no answer' };

/** Its only batch is over, and `er1` owes the revert of `a`. */
function owingPair(): DrivenPair {
  const pair = new DrivenPair();
  pair.hasOnTrial(a);
  pair.requested(a, REVERT);
  pair.settled({ reverted: [reverted(a, ['er1'])] });
  assert.deepEqual(pair.reservationEnded([owing()]), ['look 1 at owed changes in 30 s']);
  return pair;
}

describe('a pair whose router owes something', () => {
  it('looks after 30 s, then after twice as long each time, at most 90 s, as long as the router is away', () => {
    const pair = owingPair();
    const looks = Array.from({ length: 4 }, () => pair.looked({ routers: [owing()], ...AWAY }));
    assert.deepEqual(looks.flat(), [
      'look 2 at owed changes in 60 s',
      'look 3 at owed changes in 90 s',
      'look 4 at owed changes in 90 s',
      'look 5 at owed changes in 90 s',
    ]);
    assert.equal(pair.overview, 'idle:  | ');
  });

  it('reserves both routers once the one that owes is back, makes what is owed, and ends the reservation', () => {
    const pair = owingPair();
    pair.looked({ routers: [owing()], ...AWAY });
    assert.deepEqual(pair.looked({ routers: [owing()], ready: ['er1'] }), ['reserve t.2']);
    assert.deepEqual(pair.reserved(), ['pay t.2: er1']);
    assert.deepEqual(pair.happens({ kind: 'paid', inTheWay: null }), ['end reservation t.2']);
    assert.deepEqual(pair.reservationEnded([]), []);
    assert.equal(pair.state.owing, undefined);
  });

  it('has nothing more to do once another pair has made it', () => {
    const pair = owingPair();
    assert.deepEqual(pair.looked({ routers: [] }), []);
    assert.equal(pair.state.owing, undefined);
  });

  it('lets go of the routers at once if the router goes away again, and looks later', () => {
    const pair = owingPair();
    pair.looked({ routers: [owing()], ready: ['er1'] });
    pair.reserved();
    assert.deepEqual(pair.happens({ kind: 'paid', ...AWAY }), ['end reservation t.2']);
    assert.deepEqual(pair.reservationEnded([owing()]), ['look 2 at owed changes in 60 s']);
  });

  it('looks ever more seldom at what the router has and does not make', () => {
    const pair = owingPair();
    const waits = Array.from({ length: 6 }, () => {
      pair.looked({ routers: [owing()], ready: ['er1'] });
      pair.reserved();
      pair.happens({ kind: 'paid', inTheWay: null });
      return pair.reservationEnded([owing()]).map((words) => words.replace(/.* in /, ''));
    });
    assert.deepEqual(waits.flat(), ['60 s', '120 s', '240 s', '480 s', '900 s', '900 s']);
  });

  it('looks as often as ever after a batch that has only settled what was left behind', () => {
    const pair = owingPair();
    pair.looked({ routers: [owing()], ready: ['er1'] });
    assert.deepEqual(pair.reserved(b), ['settle t.2: confirm, revert b']);
    pair.settled({ reverted: [reverted(b)] });
    assert.deepEqual(pair.reservationEnded([owing()]), ['look 2 at owed changes in 30 s']);
    pair.looked({ routers: [owing()], ready: ['er1'] });
    assert.deepEqual(pair.reserved(), ['pay t.3: er1']);
  });

  it('looks often at a router that is away, although the other one does not make what it owes', () => {
    const pair = owingPair();
    const both = [owing(1, 'er1'), owing(1, 'er2')];
    const waits = Array.from({ length: 4 }, () => {
      pair.looked({ routers: both, ready: ['er1'], inTheWay: 'er2: no answer' });
      pair.reserved();
      pair.happens({ kind: 'paid', inTheWay: null });
      return pair.reservationEnded(both).map((words) => words.replace(/.* in /, ''));
    });
    assert.ok(
      waits.flat().every((wait) => parseInt(wait, 10) <= 90),
      waits.flat().join(', '),
    );
  });

  it('looks once more if it is woken while its reservation ends: what has become owed since is not known', () => {
    const pair = owingPair();
    pair.looked({ routers: [owing()], ready: ['er1'] });
    pair.reserved();
    pair.happens({ kind: 'paid', inTheWay: null });
    assert.deepEqual(pair.happens({ kind: 'woken' }), []);
    assert.match(pair.reservationEnded([]).join(), /^look \d+ at owed changes in 0 s$/);
    assert.deepEqual(pair.looked({ routers: [] }), []);
    assert.equal(pair.state.owing, undefined);
  });

  it('looks often again once a part of it is made', () => {
    const pair = owingPair();
    pair.looked({ routers: [owing(3)], ...AWAY });
    pair.looked({ routers: [owing(3)], ready: ['er1'] });
    pair.reserved();
    pair.happens({ kind: 'paid', inTheWay: null });
    assert.deepEqual(pair.reservationEnded([owing(2)]), ['look 3 at owed changes in 30 s']);
  });

  it('waits once for another pair that has reserved a router, then lets it go first', () => {
    const pair = owingPair();
    pair.looked({ routers: [owing()], ready: ['er1'] });
    const blocked = { kind: 'reservation blocked', why: 'the pair er2 + er3 has reserved er2' } as const;
    assert.deepEqual(pair.happens(blocked), ['reserve t.2']);
    assert.deepEqual(pair.happens(blocked), ['end reservation t.2']);
    assert.deepEqual(pair.reservationEnded([owing()]), ['look 2 at owed changes in 60 s']);
    assert.equal(pair.state.owing?.inTheWay, blocked.why);
  });

  it('applies a gateway that comes meanwhile: that makes what is owed, too', () => {
    const pair = owingPair();
    pair.looked({ routers: [owing()], ready: ['er1'] });
    pair.requested(b, APPLY);
    assert.deepEqual(pair.reserved(), ['apply t.2: b']);
    pair.applied(b);
    assert.deepEqual(pair.looked({ routers: [owing()], ...AWAY }), []);
  });

  it('takes a gateway that comes while it makes what is owed into the next batch', () => {
    const pair = owingPair();
    pair.looked({ routers: [owing()], ready: ['er1'] });
    pair.reserved();
    pair.requested(b, APPLY);
    assert.equal(pair.overview, 'making owed changes:  | b');
    pair.happens({ kind: 'paid', inTheWay: null });
    assert.deepEqual(pair.reservationEnded([]), ['reserve t.3']);
  });

  it('does not heed a look that is not its newest one', () => {
    const pair = owingPair();
    pair.looked({ routers: [owing()], ...AWAY });
    const late = { kind: 'owed changes looked at', look: 1, ready: ['er1'], inTheWay: null } as const;
    assert.deepEqual(pair.happens({ ...late, isSlow: false }), []);
  });

  it('looks at once when it is woken', () => {
    const pair = owingPair();
    assert.deepEqual(pair.happens({ kind: 'woken' }), ['look 2 at owed changes in 0 s']);
  });

  it('looks as often as ever after a wake by which it has heard first of what is owed', () => {
    const pair = owingPair();
    pair.looked({ routers: [] });
    assert.deepEqual(pair.happens({ kind: 'woken' }), ['look 1 at owed changes in 0 s']);
    const looks = Array.from({ length: 3 }, () => pair.looked({ routers: [owing()], ...AWAY }));
    assert.deepEqual(looks.flat(), [
      'look 2 at owed changes in 30 s',
      'look 3 at owed changes in 60 s',
      'look 4 at owed changes in 90 s',
    ]);
  });

  it('goes on waiting in the next run of its workflow, and begins no batch before that', () => {
    const pair = owingPair();
    pair.now += 10_000;
    const { commands } = resume(pair.state, pair.now, pair.limits);
    assert.deepEqual(commands.map(wordsOf), ['look 1 at owed changes in 20 s']);
    pair.limits = { batchLimit: 64, paused: true };
    assert.deepEqual(pair.looked({ routers: [owing()], ready: ['er1'] }), []);
    assert.equal(pair.state.batch, null);
    // Otherwise each run would look, be about to continue as new, and pass that on.
    const next = resume(pair.state, pair.now, { batchLimit: 64 });
    assert.deepEqual(next.commands.map(wordsOf), ['reserve t.2']);
    assert.equal(next.state.owing?.ready, undefined);
  });

  it('shows who owes how much, when it looks next, and what is in the way', () => {
    const pair = owingPair();
    pair.looked({ routers: [owing(2)], ...AWAY });
    const nextLook = new Date(pair.now + 60_000).toISOString();
    assert.deepEqual(queueOf(pair.state, ['er1', 'er2'], 0).owing, {
      routers: [owing(2)],
      nextLook,
      ...AWAY,
    });
  });

  it('keeps what it knows if a look fails', () => {
    const pair = owingPair();
    pair.looked({ inTheWay: 'unreadable', isSlow: true });
    assert.deepEqual(pair.state.owing?.routers, [owing()]);
  });
});
