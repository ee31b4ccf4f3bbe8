/** How long a batch waits for routers that are in the way, and what ends the wait: without any router, by a clock of its own. */
import assert from 'node:assert/strict';
import type { Dependencies } from '../../../activities/dependencies.ts';
import {
  applyOrWait,
  applying,
  awaitRouters,
  awaitingRouters,
  settling,
} from '../../../activities/pair/apply-or-wait.ts';
import { RefusedError } from '../../../activities/refused.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import type { ResourceRef } from '../../../gateway/resource.ts';
import { HostKeyError, SessionLostError } from '../../../netconf/errors.ts';
import { PAIR_TIMES } from '../../../pair/times.ts';
import { inActivity, scheduledNow } from '../activity.ts';
import { contextOf } from './scene.ts';

const peer = { id: 'r1', host: 'h', port: 830 };
const away = new SessionLostError(peer, { operation: 'hello', sent: false, reason: 'cut' });
const ids = ['r1', 'r2'] as const;
const NOTHING = { reservation: { members: [] }, maintenance: null, owedChanges: [] };
const PATIENCE = 100_000;

describe('waiting for routers', () => {
  let looks: number;
  beforeEach(() => (looks = 0));

  /** Each login fails with this error, or already what comes before. */
  function dependencies(error: Error, fails: 'login' | 'before' = 'login'): Dependencies {
    const body = { name: 'MX-1', ip: '192.0.2.1', ssh_port: 830, login: 'esi' };
    const store = {
      snapshot: () => ({ read: async (ref: ResourceRef) => ({ ref, body }) }),
      readPair: async () => {
        if (fails === 'before') throw error;
        return {};
      },
      holds: async () => [null, null],
      issueToken: async () => ({ kind: 'issued', fence: {}, records: [NOTHING, NOTHING] }),
      router: async () => NOTHING,
      plans: async () => [],
      states: async () => [],
    };
    const withSession = () => {
      looks += 1;
      return Promise.reject(error);
    };
    const policy = { ...DEFAULT_POLICY, patienceMs: PATIENCE, settlePatienceMs: PATIENCE };
    return { store, routers: { withSession }, policy } as unknown as Dependencies;
  }
  const input = { reservation: 'r.1', routers: ids, members: [] };
  /** A clock that says these times one after the other, and then the last one. */
  const clock = (...times: readonly number[]) => {
    const left = [...times];
    return () => (left.length > 1 ? left.shift() : left[0]) as number;
  };
  const waiting = (error: Error, now: () => number, known = away.message, waitedMs = 0) =>
    awaitRouters(dependencies(error), contextOf({ now, since: 0 }), {
      reservation: 'r.1',
      routers: ids,
      known,
      waitedMs,
    });

  it('goes on while the same is in the way, and is told of now and then', async () => {
    const limit = PAIR_TIMES.reservationWaitMs;
    const now = clock(1_000, 1_000, 1_000, 1_000 + limit, 1_000.5 + limit);
    const outcome = await waiting(away, now);
    assert.deepEqual(outcome, { kind: 'blocked', why: away.message, lookedMs: limit + 1 });
  });

  it('ends at once when something else is in the way, or nothing that would go away by itself', async () => {
    const other = await waiting(away, clock(5_000, 5_000, 5_400), 'MX-1 is locked');
    assert.deepEqual(other, { kind: 'blocked', why: away.message, lookedMs: 400 });
    const broken = new RefusedError(FAILURES.InvalidGateway, 'no address');
    assert.deepEqual(await waiting(broken, clock(5_000, 5_400)), { kind: 'try', lookedMs: 400 });
  });

  it('ends with patience, without another look', async () => {
    const outcome = await waiting(away, clock(5_000, 5_000, 5_400), away.message, PATIENCE - 400);
    assert.deepEqual([outcome, looks], [{ kind: 'try', lookedMs: 400 }, 0]);
  });

  it('begins at once, but looks no more often than every 0.3 s', async () => {
    const begin = Date.now();
    await waiting(away, clock(0, 0, 0, PATIENCE));
    const pausedMs = Date.now() - begin;
    assert.ok(pausedMs >= 299 && pausedMs < 2_000, `${pausedMs} ms`);
  });

  it('is an activity like others: it can be cancelled, and says so', async () => {
    const leave = new AbortController();
    const waits = inActivity(
      scheduledNow(),
      () => awaitingRouters(dependencies(away))({ ...input, known: away.message, waitedMs: 0 }),
      undefined,
      leave,
    );
    leave.abort();
    await assert.rejects(waits, { name: 'CancelledFailure' });
  });

  it('begins only if patience is left, the attempt goes on, and what is in the way may go away', async () => {
    const tried = (error: Error, waitedMs: number, more = {}) =>
      applyOrWait(dependencies(error, 'before'), contextOf(more), { ...input, waitedMs });
    const blocked = await tried(away, PATIENCE - 1, { now: clock(7_000, 7_000.5), since: 7_000 });
    assert.deepEqual(blocked, { kind: 'blocked', why: away.message, lookedMs: 1 });
    assert.ok('applied' in (await tried(away, PATIENCE)), 'it is given up');
    const leave = new AbortController();
    leave.abort();
    await assert.rejects(tried(away, 0, { signal: leave.signal }), away);
    const stuck = new RefusedError(FAILURES.InvalidGateway, 'no address');
    assert.ok('applied' in (await tried(stuck, 0)), 'no wait would mend it');
    const activity = await inActivity(scheduledNow(), () => applying(dependencies(away, 'before'))(input));
    assert.ok('why' in activity, JSON.stringify(activity));
  });

  it('is also what a revert does whose login a router refuses: somebody may mend that', async () => {
    const error = new HostKeyError(peer, {} as never);
    const deps = dependencies(error);
    Object.assign(deps.store, { plans: () => Promise.reject(error) });
    const input = { reservation: 'r.1', routers: ids, confirm: [], revert: [] };
    await assert.rejects(
      inActivity(scheduledNow(), () => settling(deps)(input)),
      { type: FAILURES.HostKeyRejected, nonRetryable: false },
    );
  });
});
