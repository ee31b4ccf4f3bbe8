import assert from 'node:assert/strict';
import { polling } from '../../../activities/saga/poll.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { inActivity, scheduledNow } from '../activity.ts';
import type { ServerTimes } from '../activity.ts';
import { openScene } from '../pair/scene.ts';
import type { Scene } from '../pair/scene.ts';

const TEN_MINUTES = 10 * 60_000;
const LIMIT_MS = 600;

describe('polling a router that does not carry the gateway', function () {
  this.timeout(10_000);
  const etcd = useEtcd();
  let scene: Scene;
  let member: PairMember;
  before(async () => {
    scene = await openScene(etcd(), { policy: { vrrpIntervalMs: 50, vrrpLimitMs: LIMIT_MS } });
    [member] = (await scene.gateways(1)) as [PairMember];
  });
  after(() => scene.close());

  /** Polls until that fails. Resolves to how long it took, in ms. */
  const polled = async (times: ServerTimes): Promise<number> => {
    const { gateway, run } = member;
    const began = performance.now();
    await assert.rejects(
      inActivity(times, () => polling(scene.deps)({ gateway, run, role: 'primary', router: scene.one.id })),
      { type: FAILURES.NotConverged },
    );
    return performance.now() - began;
  };

  for (const [where, aheadMs] of [
    ['right', 0],
    ['ten minutes ahead of the server', -TEN_MINUTES],
    ['ten minutes behind the server', TEN_MINUTES],
  ] as const) {
    it(`goes on until the limit, and no longer, if the worker's clock is ${where}`, async () => {
      const took = await polled(scheduledNow(aheadMs));
      assert.ok(took > LIMIT_MS / 2 && took < LIMIT_MS * 3, `it took ${took} ms`);
    });
  }

  it('goes on for the time that is left, if an earlier attempt has used the rest', async () => {
    const { scheduledTimestampMs } = scheduledNow(TEN_MINUTES);
    const times = { scheduledTimestampMs, currentAttemptScheduledTimestampMs: scheduledTimestampMs + 500 };
    const took = await polled(times);
    assert.ok(took < LIMIT_MS / 2, `it took ${took} ms`);
  });
});

describe('polling a router whose configuration can’t be read', function () {
  this.timeout(20_000);
  const etcd = useEtcd();
  let scene: Scene;
  before(async () => {
    scene = await openScene(etcd(), { policy: { vrrpIntervalMs: 50, vrrpLimitMs: LIMIT_MS } });
  });
  after(() => scene.close());

  it('fails as not converged when the limit is over, and says why', async () => {
    const [member] = (await scene.gateways(1)) as [PairMember];
    const { applied } = await scene.apply(await scene.reservation(), [member]);
    assert.deepEqual(applied, [member]);
    scene.one.device.faults.add({
      rpc: 'get-configuration',
      times: Infinity,
      outcome: {
        kind: 'rewrite',
        by: (body) => body.replace('</configuration-text>', 'x [</configuration-text>'),
      },
    });
    const { gateway, run } = member;
    await assert.rejects(
      inActivity(scheduledNow(0), () =>
        polling(scene.deps)({ gateway, run, role: 'primary', router: scene.one.id }),
      ),
      { type: FAILURES.NotConverged, message: /the configuration of \S+ can't be read \(line \d+/ },
    );
  });
});
