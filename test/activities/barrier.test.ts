import assert from 'node:assert/strict';
import { createBarrier } from '../../activities/barrier.ts';

describe('a barrier before two commits', () => {
  it('opens for both once both are ready, after one decision', async () => {
    const order: string[] = [];
    const note = (word: string) => order.push(word);
    const barrier = createBarrier(2, () => {
      note('decided');
      return Promise.resolve();
    });
    const one = barrier.ready().then(() => note('one'));
    await Promise.resolve();
    assert.equal(order.length, 0);
    const other = barrier.ready().then(() => note('other'));
    await Promise.all([one, other]);
    assert.deepEqual(order, ['decided', 'one', 'other']);
  });

  it('stays shut for both when the decision is against it', async () => {
    const barrier = createBarrier(2, () => Promise.reject(new Error('superseded')));
    const [one, other] = await Promise.allSettled([barrier.ready(), barrier.ready()]);
    assert.equal(one.status, 'rejected');
    assert.equal(other.status, 'rejected');
    assert.match(String(one.reason), /superseded/);
  });

  it('tells who waits that the other one failed, without deciding', async () => {
    let decided = false;
    const barrier = createBarrier(2, () => {
      decided = true;
      return Promise.resolve();
    });
    const waiting = barrier.ready();
    barrier.fail(new Error('check refused'));
    await assert.rejects(waiting, /check refused/);
    assert.equal(decided, false);
  });

  it('tells who comes later that the other one has failed', async () => {
    const barrier = createBarrier(2, () => assert.fail('nobody asked'));
    barrier.fail(new Error('check refused'));
    await assert.rejects(barrier.ready(), /check refused/);
  });
});
