import assert from 'node:assert/strict';
import { pairIdOf } from '../../pair/messages.ts';
import { queueOf } from '../../pair/queue.ts';
import { DROP, Driven, PUSH, keep, run } from './driver.ts';

const ROUTERS = ['er1', 'er2'] as const;

describe('what a pair shows of itself', () => {
  it('has the same name whichever router is named first', () => {
    assert.equal(pairIdOf(['er2', 'er1']), 'router_pair:er1+er2');
    assert.equal(pairIdOf(['er1', 'er2']), 'router_pair:er1+er2');
  });

  it('is idle since it became so', () => {
    assert.deepEqual(queueOf(new Driven().state, ROUTERS, 1_000), {
      routers: ROUTERS,
      names: ROUTERS,
      reservation: null,
      phase: 'idle',
      blockedBy: null,
      since: '1970-01-01T00:00:01.000Z',
      on: [],
      waiting: [],
    });
  });

  it('names the routers as far as that is known', () => {
    const { routers, names } = queueOf(new Driven().state, ROUTERS, 0, ['MX-1', 'MX-2']);
    assert.deepEqual([routers, names], [ROUTERS, ['MX-1', 'MX-2']]);
  });

  it('shows who is on with its verdict, who waits since when, and the phase since when', () => {
    const pair = new Driven();
    pair.carries(run('a'), run('b'), run('c'));
    pair.asks(run('a'), keep('t.1.1'));
    pair.asks(run('b'), DROP);
    pair.now = 59_999;
    pair.asks(run('d'), PUSH);
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

  it('says what holds it, and no longer when it goes on', () => {
    const pair = new Driven();
    pair.asks(run('a'), PUSH);
    pair.happens({ kind: 'reservation blocked', why: 'er1 is held since noon: new line card' });
    assert.equal(queueOf(pair.state, ROUTERS, 0).blockedBy, 'er1 is held since noon: new line card');
    pair.reserved();
    assert.equal(queueOf(pair.state, ROUTERS, 0).blockedBy, null);
  });

  it('who asks again waits since it asked first', () => {
    const pair = new Driven();
    pair.carries(run('a'));
    pair.now = 9_999;
    pair.asks(run('b'), PUSH, { sequence: 5_000 });
    pair.now = 20_000;
    pair.asks(run('b'), PUSH, { sequence: 5_000 });
    assert.equal(queueOf(pair.state, ROUTERS, 0).waiting[0]?.since, '1970-01-01T00:00:10.000Z');
  });

  it('keeps all who come meanwhile, in the order in which they came', () => {
    const pair = new Driven();
    pair.carries(run('a'));
    for (const name of ['b', 'c', 'd']) pair.asks(run(name), PUSH);
    assert.equal(pair.place, 'waiting for verdicts: a | b c d');
  });
});
