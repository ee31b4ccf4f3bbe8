import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import { CHECK, client, confirmed } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene, owedOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn, waitUntil } from './router-facts.ts';
import { tried } from './retried.ts';
import { SHORT_DEADLINE } from './use-scene.ts';

const policy = { ...SHORT_DEADLINE, confirmMarginMs: 300 };
/** After so many ms a commit on trial of one minute can't be pending any more. Routers print times in whole seconds, whence the last second. */
const OVER_MS = policy.minuteMs + policy.fallbackGraceMs + 1_000;

describe('a mark "rollback pending" that stays for ever', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  const scenes: Scene[] = [];
  afterEach(async () => {
    for (const scene of scenes.splice(0)) {
      await assertFree(scene);
      await scene.close();
    }
  });

  async function open(device: Parameters<typeof openScene>[1] = {}): Promise<Scene> {
    const scene = await openScene(etcd(), { policy, ...device });
    scenes.push(scene);
    return scene;
  }

  /** An operator's commit on trial of so many minutes, on the first router. `ends`: whether he confirms it, by a check. */
  async function tryOut({ one }: Scene, minutes: number, ends: 'by a check' | 'not'): Promise<void> {
    const operator = client(one.device);
    await operator.set('set interfaces ge-0/0/1 mtu 1400');
    await waitUntil(lateInSecond);
    await operator.ok(confirmed(minutes, 'try it'));
    if (ends === 'by a check') await operator.ok(CHECK);
    operator.session.close();
  }

  /** Whether it is so late in a second that the router prints the time of a commit almost a second too early. */
  const lateInSecond = () => Date.now() % 1_000 > 900;

  const busy = {
    name: 'NotNowError',
    message: /^MX-1: a confirmed commit by esi at .* \("try it"\) is pending/,
  };

  /** A gateway waits while somebody's commit is pending, and is applied after that. */
  async function assertWaitsAndApplies(scene: Scene): Promise<void> {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    await assert.rejects(scene.apply(reservation, members), busy);
    const { applied } = await tried((context) => scene.apply(reservation, members, context));
    assert.deepEqual(applied, members);
  }

  it('keeps us off somebody’s commit until its time and grace are over, and no longer', async () => {
    const scene = await open({ device: { pendingMark: 'forever' } });
    await tryOut(scene, 1, 'by a check');
    const began = Date.now();
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    await assert.rejects(scene.apply(reservation, members), busy);
    const { applied } = await tried((context) => scene.apply(reservation, members, context));
    assert.deepEqual(applied, members);
    assert.ok(Date.now() - began >= policy.minuteMs + policy.fallbackGraceMs, 'it was not waited for');
    assert.deepEqual((await scene.settle(reservation, { confirm: members })).kept, members);
    assert.match(scene.one.device.running(), /mtu 1400/);
  });

  it('on our commit, which somebody’s check confirmed, keeps the gateway: a commit makes sure of it', async () => {
    const scene = await open({ device: { pendingMark: 'forever' } });
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    for (const { device } of scene.routers) {
      const operator = client(device);
      await operator.ok(CHECK);
      operator.session.close();
    }
    const verdicts = { confirm: members };
    await new Promise((resolve) => setTimeout(resolve, policy.minuteMs - policy.confirmMarginMs));
    await assert.rejects(scene.settle(reservation, verdicts), { name: 'WaitError' });
    const outcome = await tried((context) => scene.settle(reservation, verdicts, context));
    assert.deepEqual(outcome.kept, members);
    for (const router of scene.routers) {
      for (const member of members) assert.equal(carries(router, member), true);
      assert.equal(logsOf(router)[0], `gateway-saga reservation ${reservation} kept`);
    }
  });

  it('on a commit with an owed change has that change made all the same', async () => {
    const scene = await open({ device: { pendingMark: 'forever' } });
    const [owing, next] = (await scene.gateways(2)) as [PairMember, PairMember];
    const first = await scene.reservation();
    await scene.apply(first, [owing]);
    const operator = client(scene.other.device);
    await operator.ok(CHECK);
    operator.session.close();
    const fence = await scene.fence(first);
    const owedChange = { ...(await owedOf(scene.deps, owing)), reservations: [first] };
    assert.ok(await scene.deps.store.addOwedChanges(fence, scene.other.id, [owedChange]));
    await waitUntil(() => !pendingOn(scene.one));
    await scene.deps.store.endReservation({ reservation: first, routers: scene.ids });
    await new Promise((resolve) => setTimeout(resolve, OVER_MS));
    const { applied } = await scene.apply(await scene.reservation(), [next]);
    assert.deepEqual(applied, [next]);
    assert.equal(carries(scene.other, owing), false);
    const { owedChanges } = await scene.deps.store.router(scene.other.id);
    assert.deepEqual(owedChanges, []);
  });

  for (const [how, aheadMs] of [
    ['behind', -600_000],
    ['ahead', 600_000],
  ] as const) {
    it(`is judged by the router’s own clock, which may be ten minutes ${how}`, async () => {
      const scene = await open({ device: { pendingMark: 'forever', clockAhead: aheadMs } });
      await tryOut(scene, 1, 'by a check');
      await assertWaitsAndApplies(scene);
    });
  }

  it('counts by our clock if the router does not tell its time', async () => {
    const scene = await open({ device: { pendingMark: 'forever' } });
    const outcome = { kind: 'refuse' } as const;
    scene.one.device.faults.add({ rpc: 'get-system-uptime-information', times: Infinity, outcome });
    await tryOut(scene, 1, 'by a check');
    await assertWaitsAndApplies(scene);
  });

  for (const pendingMark of ['live', 'forever', 'none'] as const) {
    it(`(or is ${pendingMark}): somebody’s commit is left alone as long as it is pending, whatever the clocks`, async () => {
      const scene = await open({ device: { pendingMark, clockAhead: -600_000, stacking: 'last-only' } });
      await tryOut(scene, 3, 'not');
      const members = await scene.gateways(1);
      const reservation = await scene.reservation();
      const applying = tried((context) => scene.apply(reservation, members, context));
      // As long as the operator's statement stands there, his commit was neither taken back nor committed over. Ours may be pending right after that.
      while (/mtu 1400/.test(scene.one.device.running())) {
        assert.equal(carries(scene.one, members[0] as PairMember), false, 'it was confirmed');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.deepEqual((await applying).applied, members);
      assert.doesNotMatch(scene.one.device.running(), /mtu 1400/);
    });
  }

  it('(or is none) is not missed when a commit took longer than a router may be late', async () => {
    const minuteMs = 2_000;
    const device = { pendingMark: 'none', delays: { commit: 1_500 } } as const;
    const scene = await open({ device, policy: { ...policy, minuteMs } });
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    const { confirmBy } = await scene.apply(reservation, members);
    await waitUntil(() => Date.now() >= Date.parse(confirmBy ?? ''));
    const { fellBack } = await tried((context) => scene.settle(reservation, { confirm: members }, context));
    assert.deepEqual(fellBack, members);
  });

  it('(or is none) is not missed when the history was answered late', async () => {
    const scene = await open({ device: { pendingMark: 'none', stacking: 'last-only' } });
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    await tryOut(scene, 1, 'not');
    const outcome = { kind: 'delay', ms: OVER_MS } as const;
    const { faults } = scene.one.device;
    faults.add({ rpc: 'get-commit-information', moment: 'after', outcome });
    await assert.rejects(scene.apply(reservation, members), busy);
  });
});
