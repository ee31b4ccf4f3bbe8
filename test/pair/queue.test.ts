import assert from 'node:assert/strict';
import { pairIdOf } from '../../pair/messages.ts';
import { queueOf, sizesOf } from '../../pair/queue.ts';
import { REVERT, DrivenPair, APPLY, confirm, run } from './driver.ts';

const ROUTERS = ['er1', 'er2'] as const;

describe('what a pair shows of itself', () => {
  it('is found under one id, whichever router is named first', () => {
    assert.equal(pairIdOf(['er2', 'er1']), 'router_pair:er1+er2');
    assert.equal(pairIdOf(['er1', 'er2']), 'router_pair:er1+er2');
  });

  it('says since when it is idle', () => {
    assert.deepEqual(queueOf(new DrivenPair().state, ROUTERS, 1_000), {
      routers: ROUTERS,
      names: ROUTERS,
      reservation: null,
      phase: 'idle',
      blockedBy: null,
      since: '1970-01-01T00:00:01.000Z',
      vrrp: null,
      batch: [],
      waiting: [],
      door: { standing: 0, gate: 0 },
    });
  });

  it('names the routers where their names are known', () => {
    const { routers, names } = queueOf(new DrivenPair().state, ROUTERS, 0, ['MX-1', 'MX-2']);
    assert.deepEqual([routers, names], [ROUTERS, ['MX-1', 'MX-2']]);
  });

  it('shows the verdicts of the batch, and since when the phase lasts and each member waits', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(run('a'), run('b'), run('c'));
    pair.requested(run('a'), confirm('t.1.1'));
    pair.requested(run('b'), REVERT);
    pair.now = 59_999;
    pair.requested(run('d'), APPLY);
    const queue = queueOf(pair.state, ROUTERS, 0);
    assert.equal(queue.reservation, 't.1');
    assert.equal(queue.phase, 'waiting for verdicts');
    assert.equal(queue.since, '1970-01-01T00:00:01.005Z');
    assert.deepEqual(
      queue.batch.map(({ name, verdict }) => [name, verdict]),
      [
        ['a', 'confirm'],
        ['b', 'revert'],
        ['c', null],
      ],
    );
    assert.deepEqual(queue.waiting, [
      { gateway: run('d').gateway, name: 'd', since: '1970-01-01T00:01:00.000Z' },
    ]);
  });

  it('says what is in the way, until it goes on', () => {
    const pair = new DrivenPair();
    pair.requested(run('a'), APPLY);
    pair.happens({
      kind: 'reservation blocked',
      why: 'er1 is held for maintenance since noon: new line card',
    });
    assert.equal(
      queueOf(pair.state, ROUTERS, 0).blockedBy,
      'er1 is held for maintenance since noon: new line card',
    );
    pair.reserved();
    assert.equal(queueOf(pair.state, ROUTERS, 0).blockedBy, null);
  });

  it('counts a wait from the first request, not from the same request sent again', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(run('a'));
    pair.now = 9_999;
    pair.requested(run('b'), APPLY, { sequence: 5_000 });
    pair.now = 20_000;
    pair.requested(run('b'), APPLY, { sequence: 5_000 });
    assert.equal(queueOf(pair.state, ROUTERS, 0).waiting[0]?.since, '1970-01-01T00:00:10.000Z');
  });

  it('shows the queue in the order of arrival', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(run('a'));
    for (const name of ['b', 'c', 'd']) pair.requested(run(name), APPLY);
    assert.equal(pair.overview, 'waiting for verdicts: a | b c d');
  });

  it('counts for metrics who waits, who is applied and who is on trial', () => {
    const pair = new DrivenPair();
    const sizes = () => sizesOf(pair.state, ROUTERS, 5);
    const none = {
      pair: ROUTERS,
      waiting: 0,
      oldestSince: null,
      applying: 0,
      onTrial: 0,
      trialSince: null,
      at: 5,
    };
    assert.deepEqual(sizes(), none);
    pair.now = 9_999;
    pair.requested(run('a'), APPLY);
    assert.deepEqual(sizes(), { ...none, applying: 1 });
    const other = new DrivenPair();
    other.hasOnTrial(run('a'), run('b'), run('c'));
    other.now = 59_999;
    other.requested(run('d'), APPLY);
    assert.deepEqual(sizesOf(other.state, ROUTERS, 5), {
      ...none,
      onTrial: 3,
      waiting: 1,
      oldestSince: 60_000,
      trialSince: 1_005,
    });
    const settling = new DrivenPair();
    settling.hasOnTrial(run('a'));
    settling.requested(run('a'), REVERT);
    assert.deepEqual(sizesOf(settling.state, ROUTERS, 5), { ...none, onTrial: 1 });
  });
});
