import assert from 'node:assert/strict';
import { APPLY, DrivenPair, REVERT, owing, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];
const RETIRED = { kind: 'reservation blocked', why: 'MX-1 was retired', isRetired: true } as const;

describe('a pair whose router is retired', () => {
  it('fails all that wait to be applied, and ends', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.requested(b, APPLY);
    assert.deepEqual(pair.happens(RETIRED), [
      'answer a (first apply): reverted, RouterRetired: MX-1 was retired',
      'answer b (first apply): reverted, RouterRetired: MX-1 was retired',
      'end reservation t.1',
    ]);
    assert.deepEqual(pair.reservationEnded([]), []);
  });

  it('keeps a gateway that may have been applied waiting: only a look can tell how it ended', () => {
    const pair = new DrivenPair();
    pair.requested(a, REVERT);
    pair.requested(b, APPLY);
    assert.deepEqual(pair.happens(RETIRED), [
      'answer b (first apply): reverted, RouterRetired: MX-1 was retired',
      'reserve t.1',
    ]);
    assert.equal(pair.overview, 'reserving: a | ');
    assert.equal(pair.state.batch?.blockedBy, 'MX-1 was retired');
  });

  describe('that are more than a batch', () => {
    const told = (name: string) => `answer ${name} (first apply): reverted, RouterRetired: MX-1 was retired`;
    const crowd = () => {
      const pair = new DrivenPair();
      pair.limits = { batchLimit: 2, waitingLimit: 300 };
      pair.requested(a, REVERT);
      for (const name of ['b', 'c', 'd']) pair.requested(run(name), APPLY);
      pair.requested(run('e'), REVERT);
      assert.equal(pair.overview, 'reserving: a b | c d e');
      return pair;
    };

    it('fails those behind the batch as well, and whoever comes later', () => {
      const pair = crowd();
      assert.deepEqual(pair.happens(RETIRED), [...['b', 'c', 'd'].map(told), 'reserve t.1']);
      assert.equal(pair.overview, 'reserving: a | e');
      pair.requested(run('f'), APPLY);
      assert.deepEqual(pair.happens(RETIRED), [told('f'), 'reserve t.1']);
    });

    it('fails no more at once than it remembers', () => {
      const pair = crowd();
      for (let count = 0; count < 253; count += 1) pair.requested(run(`g${count}`), APPLY);
      pair.requested(run('last'), APPLY);
      assert.equal(pair.happens(RETIRED).length, 256 + 1);
      assert.equal(pair.overview, 'reserving: a | e last');
      assert.deepEqual(pair.happens(RETIRED), [told('last'), 'reserve t.1']);
    });

    it('fails those of the batch alone in a run that an older release has begun', () => {
      const pair = crowd();
      assert.deepEqual(pair.happens({ ...RETIRED, isOlder: true }), [told('b'), 'reserve t.1']);
      assert.equal(pair.overview, 'reserving: a | c d e');
    });
  });

  /** `er2` owes something and is back, and the pair reserves it. */
  function paying() {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.happens(RETIRED);
    pair.reservationEnded([owing(1, 'er2')]);
    const look = { kind: 'owed changes looked at', look: 1, ready: ['er2'], inTheWay: null } as const;
    const commands = pair.commandsOf({ ...look, routers: [owing(1, 'er2')], isSlow: false });
    return { pair, commands };
  }

  it('makes what the other router owes, and needs nothing but that one for it', () => {
    const { pair, commands } = paying();
    assert.deepEqual(commands, [{ kind: 'reserve', reservation: 't.2', known: null, needs: ['er2'] }]);
    assert.deepEqual(pair.commandsOf({ kind: 'reservation blocked', why: 'er2 is held' }), [
      { kind: 'reserve', reservation: 't.2', known: 'er2 is held', needs: ['er2'] },
    ]);
    assert.deepEqual(pair.happens({ kind: 'reserved', leftover: [], paysOnly: true }), ['pay t.2: er2']);
    assert.deepEqual(pair.happens({ kind: 'paid', inTheWay: null }), ['end reservation t.2']);
  });

  it('applies no gateway under a reservation that it needs for one router only', () => {
    const { pair } = paying();
    pair.requested(b, APPLY);
    pair.happens({ kind: 'reserved', leftover: [], paysOnly: true });
    assert.equal(pair.overview, 'making owed changes:  | b');
    pair.happens({ kind: 'paid', inTheWay: null });
    assert.deepEqual(pair.commandsOf({ kind: 'reservation ended', owing: [] }), [
      { kind: 'reserve', reservation: 't.3', known: null },
    ]);
  });
});
