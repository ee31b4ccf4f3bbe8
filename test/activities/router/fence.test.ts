import assert from 'node:assert/strict';
import { install } from '@sinonjs/fake-timers';
import type { Clock } from '@sinonjs/fake-timers';
import { OvertakenError, permitCommit } from '../../../activities/router/fence.ts';
import type { Store } from '../../../etcd/store.ts';

const FENCE = { reservation: 'one', routers: ['a', 'b'], token: 3 } as const;

describe('a permission to commit (T3)', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = install({ toFake: ['performance', 'Date'] });
  });
  afterEach(() => clock.uninstall());

  /** Answers so, each answer after so many ms. */
  function storeThat(...answers: readonly (readonly [isCurrent: boolean, afterMs: number])[]) {
    let asked = 0;
    const store: Pick<Store, 'permitCommit'> = {
      permitCommit: () => {
        const [isCurrent, afterMs] = answers[asked] ?? assert.fail('asked too often');
        asked += 1;
        clock.tick(afterMs);
        return Promise.resolve(isCurrent);
      },
    };
    return { store, asked: () => asked };
  }

  it('is asked for once, if it comes in time', async () => {
    const { store, asked } = storeThat([true, 5_900]);
    await permitCommit(store, FENCE, ['a']);
    assert.equal(asked(), 1);
  });

  it('is asked for again by a worker that was frozen while the answer was on its way', async () => {
    const { store, asked } = storeThat([true, 60_000], [true, 20]);
    await permitCommit(store, FENCE, ['a']);
    assert.equal(asked(), 2);
  });

  it('is no permission any more if the worker was overtaken while it was frozen', async () => {
    const { store } = storeThat([true, 60_000], [false, 20]);
    await assert.rejects(permitCommit(store, FENCE, ['a']), OvertakenError);
  });
});
