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

  it('makes nothing that the other router owes before the router is readmitted', () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.happens(RETIRED);
    pair.reservationEnded([owing(1, 'er2')]);
    assert.deepEqual(pair.looked({ routers: [owing(1, 'er2')], ready: ['er2'] }), ['reserve t.2']);
    assert.deepEqual(pair.happens(RETIRED), ['reserve t.2']);
    assert.deepEqual(pair.happens(RETIRED), ['end reservation t.2']);
  });
});
