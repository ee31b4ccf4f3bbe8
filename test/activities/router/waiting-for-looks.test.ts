/** What polls that wait for the same router's next look share with each other, and what they leave behind. */
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nextLook } from '../../../activities/router/shared-looks.ts';
import type { ObserveRequest, Shown } from '../../../activities/router/observe.ts';
import type { RouterTarget, SessionPool } from '../../../netconf/pool.ts';
import { inActivity, scheduledNow } from '../activity.ts';

const NOTHING: ObserveRequest = { interfaces: [], filters: [], sessions: [], routes: [] };
const EVERY_MS = 1;

const targetAt = (address: string): RouterTarget => ({ id: 'r', address, port: 830, username: 'u' });

/** Routers that show something else at each look. `addresses`: where they were looked at. */
function shownBy(look: () => Promise<Shown> = async () => ({}) as Shown) {
  const addresses: string[] = [];
  const withSession = (target: RouterTarget): Promise<Shown> => {
    addresses.push(target.address);
    return look();
  };
  return { pool: { withSession } as unknown as SessionPool, addresses };
}

const collectGarbage = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

describe('an activity that waits for the next look', () => {
  it('keeps nothing of the looks that are over', async () => {
    const { pool } = shownBy();
    const place = { target: targetAt('a'), readAt: 1 };
    const early = await inActivity(scheduledNow(), async () => {
      const looks: WeakRef<Shown>[] = [];
      for (let count = 0; count < 5; count += 1)
        looks.push(new WeakRef((await nextLook(pool, place, NOTHING, { everyMs: EVERY_MS })).shown));
      await setImmediate();
      collectGarbage();
      return looks.slice(0, 3).filter((look) => look.deref() !== undefined);
    });
    assert.equal(early.length, 0);
  });

  it('waits no longer once it is cancelled, and leaves no listener behind otherwise', async () => {
    const answers: ((shown: Shown) => void)[] = [];
    const { pool } = shownBy(() => new Promise((resolve) => answers.push(resolve)));
    const [ended, going] = [new AbortController(), new AbortController()];
    const waiting = [ended, going].map((controller) =>
      inActivity(
        scheduledNow(),
        () => nextLook(pool, { target: targetAt('a'), readAt: 1 }, NOTHING, { everyMs: EVERY_MS }),
        undefined,
        controller,
      ),
    );
    const reason = new Error('cancelled');
    ended.abort(reason);
    await assert.rejects(waiting[0] as Promise<unknown>, reason);
    while (answers.length === 0) await setImmediate();
    answers[0]?.({} as Shown);
    await waiting[1];
    assert.deepEqual(getEventListeners(going.signal, 'abort'), []);
  });

  it('looks where the router is by the record that was read last, whoever waits', async () => {
    const { pool, addresses } = shownBy();
    const [older, newer] = [
      { target: targetAt('old'), readAt: 1 },
      { target: targetAt('new'), readAt: 2 },
    ];
    await inActivity(scheduledNow(), async () => {
      const look = (place: typeof older) => nextLook(pool, place, NOTHING, { everyMs: EVERY_MS });
      await look(older);
      await Promise.all([look(newer), look(older)]);
      await look(older);
    });
    assert.deepEqual(addresses, ['old', 'new', 'new']);
  });

  it('leaves no login behind when nobody has waited for a minute', async () => {
    const { pool } = shownBy();
    const waits = async (): Promise<WeakRef<RouterTarget>> => {
      const target = targetAt('a');
      const look = nextLook(pool, { target, readAt: 1 }, NOTHING, { everyMs: EVERY_MS });
      mock.timers.tick(100);
      await look;
      return new WeakRef(target);
    };
    const isKept = async (target: WeakRef<RouterTarget>): Promise<boolean> => {
      await setImmediate();
      collectGarbage();
      return target.deref() !== undefined;
    };
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      await inActivity(scheduledNow(), async () => {
        const first = await waits();
        mock.timers.tick(59_000);
        assert.equal(await isKept(first), true);
        await waits();
        mock.timers.tick(59_000);
        assert.equal(await isKept(first), true);
        mock.timers.tick(2_000);
        assert.equal(await isKept(first), false);
      });
    } finally {
      mock.timers.reset();
    }
  });
});
