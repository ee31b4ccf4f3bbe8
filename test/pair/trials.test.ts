import assert from 'node:assert/strict';
import { REVERT, DrivenPair, reverted, confirm, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];

describe('a batch that fell back', () => {
  function fallenBack(): DrivenPair {
    const pair = new DrivenPair();
    pair.hasOnTrial(a, b);
    pair.requested(a, confirm('t.1.1'));
    pair.requested(b, confirm('t.1.1'));
    return pair;
  }

  it('is applied again under the same reservation, without the members that ended (T12)', () => {
    const pair = fallenBack();
    assert.deepEqual(pair.settled({ kept: [b], fellBack: [a] }), [
      'answer b (first confirm): kept',
      'apply t.1: a',
    ]);
    assert.deepEqual(pair.applied(a), [
      'answer a (first confirm): applied again t.1.2',
      'await verdicts t.1.2',
    ]);
  });

  it('takes no verdict on the earlier trial (M3)', () => {
    const pair = fallenBack();
    pair.settled({ fellBack: [a, b] });
    pair.applied(a, b);
    assert.deepEqual(pair.requested(a, confirm('t.1.1')), ['answer a (first confirm): applied again t.1.2']);
    assert.equal(pair.overview, 'waiting for verdicts: a b | ');
    pair.requested(a, confirm('t.1.2'));
    assert.deepEqual(pair.requested(b, confirm('t.1.2')), ['settle t.1: confirm a b, revert']);
  });

  it('answers a request to confirm, sent again while it is applied again, with the new trial', () => {
    const pair = fallenBack();
    const sequence = pair.now;
    pair.settled({ fellBack: [a, b] });
    assert.deepEqual(pair.requested(a, confirm('t.1.1'), { sequence, activity: 'retry' }), []);
    assert.equal(pair.applied(a, b)[0], 'answer a (first retry): applied again t.1.2');
  });

  it('is not ended by the time limit of the earlier trial', () => {
    const pair = fallenBack();
    pair.settled({ fellBack: [a, b] });
    pair.applied(a, b);
    assert.deepEqual(pair.happens({ kind: 'verdicts due', trial: 't.1.1' }), []);
    assert.deepEqual(pair.happens({ kind: 'verdicts due', trial: 't.1.2' }), [
      'settle t.1: confirm, revert a b',
    ]);
  });

  it('is applied again without the members that are to be reverted', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a, b);
    pair.requested(a, confirm('t.1.1'));
    pair.requested(b, REVERT);
    assert.deepEqual(pair.settled({ fellBack: [a, b] }), ['apply t.1: a']);
    pair.applied(a);
    assert.deepEqual(pair.requested(a, confirm('t.1.2')), ['settle t.1: confirm a, revert b']);
  });

  it('is not applied again before settling has reported every member', () => {
    const pair = fallenBack();
    assert.deepEqual(pair.settled({ fellBack: [a] }), ['settle t.1: confirm a b, revert']);
    assert.deepEqual(pair.settled({ kept: [b], fellBack: [a] }), [
      'answer b (first confirm): kept',
      'apply t.1: a',
    ]);
  });

  it('may fall back once more', () => {
    const pair = fallenBack();
    pair.settled({ reverted: [reverted(b)], fellBack: [a] });
    pair.applied(a);
    pair.requested(a, confirm('t.1.2'));
    pair.settled({ fellBack: [a] });
    assert.equal(pair.applied(a)[0], 'answer a (first confirm): applied again t.1.3');
    assert.deepEqual(pair.requested(a, confirm('t.1.3')), ['settle t.1: confirm a, revert']);
  });
});
