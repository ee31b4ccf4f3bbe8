import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { WorkflowNotFoundError } from '@temporalio/client';
import { reserving } from '../../../activities/pair/reservation.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { Store } from '../../../etcd/store.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { batchPolicyOf, DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { ROUTER_PAIR, wakingPair } from '../../../pair/messages.ts';
import type { ReserveInput } from '../../../pair/transactions.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { fresh, newFence, newMembers, newRouters, requestOf, SINCE } from '../../etcd/reservation-fixture.ts';
import { RecordingMeter } from '../../worker/monitoring/recording-meter.ts';
import { inActivity, scheduledNow } from '../activity.ts';

const HOLD = { reason: 'new line card', since: SINCE };
const HELD = (router: string) => `${router} is held for maintenance: new line card (since ${SINCE})`;
const HOUR_MS = 3_600_000;

describe('reserving both routers', () => {
  const etcd = useEtcd();
  let meter: RecordingMeter | undefined;
  let routers: readonly [string, string];
  /** What is done with Temporal's client. */
  let started: unknown[];
  let pairs: Readonly<Record<string, string>>;
  beforeEach(() => {
    meter = new RecordingMeter();
    routers = newRouters();
    started = [];
    pairs = {};
  });
  afterEach(() => mock.restoreAll());

  const client = {
    workflow: {
      getHandle: (id: string) => ({
        describe: async () => {
          const name = pairs[id];
          if (name === undefined) throw new WorkflowNotFoundError('none', id, undefined);
          return { runId: 'run', status: { name }, raw: {} };
        },
      }),
      signalWithStart: async (...call: unknown[]) => void started.push(call),
    },
  };

  function reserve(given: Partial<ReserveInput> = {}, times = scheduledNow(), store: Store = etcd().store) {
    const deps = { store, policy: DEFAULT_POLICY, meter } as unknown as Dependencies;
    const { pair, reservation } = requestOf(routers);
    const input = { pair, routers, reservation, known: null, ...given };
    return inActivity(times, () => reserving(deps)(input), client);
  }

  /** Members of an earlier workflow of the pair are permitted. */
  async function leftBehind() {
    const members = newMembers(2);
    await etcd().store.permitCommit(await newFence(etcd().store, routers), routers, members, SINCE);
    return members;
  }

  it('gives the batch the policy of this worker, and writes down which call has reserved, and when by the server’s clock', async () => {
    const times = scheduledNow(HOUR_MS);
    assert.deepEqual(await reserve({ reservation: 't.1' }, { ...times, attempt: 3 }), {
      kind: 'reserved',
      leftover: [],
      policy: batchPolicyOf(DEFAULT_POLICY, routers),
    });
    for (const id of routers) {
      const { reservation } = await etcd().store.router(id);
      assert.deepEqual(reservation?.call, { scheduled: times.scheduledTimestampMs, attempt: 3 });
      assert.equal(reservation?.id, 't.1');
      assert.ok(Math.abs(Date.parse(reservation?.since ?? '') - times.scheduledTimestampMs) < 60_000);
    }
    assert.deepEqual([meter?.recorded, started], [[], []]);
  });

  it('tells what an earlier workflow of the pair has left there', async () => {
    const members = await leftBehind();
    const outcome = await reserve();
    assert.deepEqual(outcome.kind === 'reserved' && outcome.leftover, members);
  });

  it('only pays where the router that is not needed is held', async () => {
    await etcd().store.beginMaintenance(routers[1], HOLD);
    const outcome = await reserve({ needs: [routers[0]] });
    assert.deepEqual([outcome.kind, 'paysOnly' in outcome && outcome.paysOnly], ['reserved', true]);
  });

  it('ends at once if a later call of the pair has ended the reservation', async () => {
    const times = scheduledNow();
    const request = requestOf(routers);
    const by = { pair: request.pair, scheduled: times.scheduledTimestampMs + 1 };
    await etcd().store.endReservation(request, { by });
    await assert.rejects(reserve(request, times), {
      type: FAILURES.Superseded,
      nonRetryable: true,
      message: `reservation ${request.reservation}: it is over`,
    });
  });

  it('says which router is held, and counts that', async () => {
    const [held] = routers;
    await etcd().store.beginMaintenance(held, HOLD);
    assert.deepEqual(await reserve(), { kind: 'blocked', why: HELD(held) });
    assert.deepEqual(meter?.recorded, [['lockRefusals', 1, { router: held, holder: 'maintenance hold' }]]);
    assert.deepEqual(started, []);
  });

  it('says so in a worker that counts nothing, too', async () => {
    meter = undefined;
    await etcd().store.beginMaintenance(routers[0], HOLD);
    assert.deepEqual(await reserve(), { kind: 'blocked', why: HELD(routers[0]) });
  });

  it('says that waiting does not help where a router is retired, and counts that', async () => {
    const [, gone] = routers;
    await etcd().store.beginMaintenance(gone, HOLD);
    await etcd().store.retireRouter(gone, { reason: 'burnt', by: 'alice', since: SINCE });
    const why = `${gone} was retired by alice at ${SINCE} (burnt): no gateway is changed there before "gateway-saga routers readmit ${gone}"`;
    assert.deepEqual(await reserve({ asksForLeft: true }), { kind: 'blocked', why, isRetired: true });
    assert.deepEqual(meter?.recorded, [['lockRefusals', 1, { router: gone, holder: 'retired' }]]);
  });

  it('is blocked by a record that can’t be read, until somebody has mended it', async () => {
    const key = KEYS.router(routers[0]);
    await etcd().raw.put(key).value('spoilt');
    const outcome = await reserve({ asksForLeft: true });
    assert.deepEqual(Object.keys(outcome), ['kind', 'why']);
    assert.match(
      outcome.kind === 'blocked' ? outcome.why : '',
      new RegExp(`^The record at ${key} can't be read`),
    );
    assert.deepEqual(meter?.recorded, []);
    await etcd().raw.delete().key(key);
    assert.equal((await reserve()).kind, 'reserved');
  });

  describe('of which another pair has one', () => {
    let other: ReturnType<typeof requestOf>;
    let why: string;
    beforeEach(async () => {
      const shared = [routers[0], fresh('router')] as const;
      other = requestOf(shared);
      await etcd().store.reserve(other);
      why = `the pair ${shared.toSorted().join(' + ')} has reserved ${routers[0]}`;
    });

    it('starts that pair’s workflow if it was terminated or is gone: it ends the reservation', async () => {
      const { routers: shared } = other;
      for (const [id, name] of [
        ['', ''],
        [other.pair, 'TERMINATED'],
      ] as const) {
        pairs = { [id]: name };
        started = [];
        assert.deepEqual(await reserve(), { kind: 'blocked', why });
        assert.deepEqual(started, [[ROUTER_PAIR, wakingPair(shared, shared)]]);
      }
      const { workflowId, args } = wakingPair(shared, shared);
      assert.equal(workflowId, other.pair);
      assert.deepEqual(args[0]?.routers, shared.toSorted());
      const refusal = ['lockRefusals', 1, { router: routers[0], holder: 'another pair' }];
      assert.deepEqual(meter?.recorded, [refusal, refusal]);
    });

    it('leaves that pair alone while it runs', async () => {
      pairs = { [other.pair]: 'RUNNING' };
      assert.deepEqual(await reserve(), { kind: 'blocked', why });
      assert.deepEqual(started, []);
    });

    it('says that an earlier workflow has left nothing, if the workflow asks for that', async () => {
      assert.deepEqual(await reserve({ asksForLeft: true }), { kind: 'blocked', why, nothingLeft: true });
    });

    it('does not say so while the other router still permits members of an earlier workflow', async () => {
      await etcd().store.endReservation(other);
      await leftBehind();
      await etcd().raw.delete().key(KEYS.router(routers[0]));
      await etcd().store.reserve(other);
      assert.deepEqual(await reserve({ asksForLeft: true }), { kind: 'blocked', why });
    });
  });

  it('waits while the reason is the one that the workflow knows, and reserves when that has ended', async () => {
    await etcd().store.beginMaintenance(routers[0], HOLD);
    let looks = 0;
    const store: Store = {
      ...etcd().store,
      async reserve(request) {
        looks += 1;
        if (looks === 2) await etcd().store.endMaintenance(routers[0]);
        return etcd().store.reserve(request);
      },
    };
    const outcome = await reserve({ known: HELD(routers[0]) }, scheduledNow(), store);
    assert.deepEqual([outcome.kind, looks], ['reserved', 2]);
  });

  it('tells the same reason again after half a minute, so that the workflow can do something else', async () => {
    await etcd().store.beginMaintenance(routers[0], HOLD);
    const why = HELD(routers[0]);
    let looks = 0;
    // The clock at the first look, at the second one, and so on.
    const clock = mock.method(performance, 'now', () => [0, 0, 30_000, 30_001][looks] ?? 60_000);
    const store: Store = {
      ...etcd().store,
      reserve(request) {
        looks += 1;
        return etcd().store.reserve(request);
      },
    };
    const outcome = await reserve({ known: why }, scheduledNow(), store);
    clock.mock.restore();
    assert.deepEqual([outcome, looks], [{ kind: 'blocked', why }, 3]);
  });
});
