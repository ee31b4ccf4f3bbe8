import assert from 'node:assert/strict';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { polling } from '../../../activities/saga/poll.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { LOST_LOOKS_MS } from '../../../gateway/policies.ts';
import type { Observation } from '../../../gateway/plan.ts';
import type { Role } from '../../../gateway/resource.ts';
import { SHORT_MINUTES } from '../../../local/short-minutes.ts';
import { parseKnownHosts } from '../../../netconf/known-hosts.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { inActivity, scheduledNow } from '../activity.ts';
import type { ServerTimes } from '../activity.ts';
import { openScene } from '../pair/scene.ts';
import type { Scene } from '../pair/scene.ts';

const TEN_MINUTES = 10 * 60_000;
const LIMIT_MS = 600;
const BGP_LIMIT_MS = 1_800;

describe('polling a router that does not carry the gateway', function () {
  this.timeout(10_000);
  const etcd = useEtcd();
  let scene: Scene;
  let member: PairMember;
  before(async () => {
    scene = await openScene(etcd(), {
      policy: { vrrpIntervalMs: 50, vrrpLimitMs: LIMIT_MS, bgpLimitMs: BGP_LIMIT_MS },
    });
    [member] = (await scene.gateways(1)) as [PairMember];
  });
  after(() => scene.close());

  /** Polls until the polling fails. Resolves to how long that took, in ms. */
  const polled = async (times: ServerTimes, limitMs?: number): Promise<number> => {
    const { gateway, run } = member;
    const input = { gateway, run, role: 'primary', router: scene.one.id } as const;
    const began = performance.now();
    await assert.rejects(
      inActivity(times, () => polling(scene.deps)(limitMs === undefined ? input : { ...input, limitMs })),
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
    const again = scheduledTimestampMs + 500;
    const times = {
      scheduledTimestampMs,
      currentAttemptScheduledTimestampMs: again,
      heartbeatDetails: { lookedAt: again, lostMs: 0 },
    };
    const took = await polled(times);
    assert.ok(took < LIMIT_MS / 2, `it took ${took} ms`);
  });

  for (const [what, heartbeatDetails, tookMs] of [
    ['had looked until 500 ms before', { looks: 9, lookedAt: -500, lostMs: 0 }, 500],
    [
      'had looked until 300 ms before, behind one that was lost for 400 ms',
      { lookedAt: -300, lostMs: 400 },
      700,
    ],
    ['has told nothing', undefined, LIMIT_MS],
    ['was of a version that told no times', { looks: 9 }, LIMIT_MS],
  ] as const)
    it(`goes on for the time in which nobody looked, if the attempt that died ${what}`, async () => {
      const { scheduledTimestampMs: now } = scheduledNow();
      const told =
        heartbeatDetails && 'lookedAt' in heartbeatDetails
          ? { ...heartbeatDetails, lookedAt: now + heartbeatDetails.lookedAt }
          : heartbeatDetails;
      const took = await polled({
        scheduledTimestampMs: now - LIMIT_MS,
        currentAttemptScheduledTimestampMs: now,
        heartbeatDetails: told,
      });
      assert.ok(took > tookMs - 150 && took < tookMs + LIMIT_MS, `it took ${took} ms`);
    });

  it('goes on while known_hosts is away, and ends at once for a key that is not in it', async () => {
    const ended = async (doubt: string | undefined) => {
      const knownHosts = { ...parseKnownHosts('', 'f'), ...(doubt !== undefined && { doubt }) };
      const other = await openScene(etcd(), { pool: { knownHosts: { read: async () => knownHosts } } });
      try {
        const [{ gateway, run }] = (await other.gateways(1)) as [PairMember];
        const input = { gateway, run, role: 'primary', router: other.one.id, limitMs: LIMIT_MS } as const;
        return await inActivity(scheduledNow(), () => polling(other.deps)(input)).then(
          () => assert.fail('it did not fail'),
          ({ type, message }: { type: string; message: string }) => ({ type, message }),
        );
      } finally {
        await other.close();
      }
    };
    const away = await ended("f can't be read (ENOENT)");
    assert.equal(away.type, FAILURES.NotConverged);
    assert.match(away.message, /is unknown \(f can't be read \(ENOENT\)\)/);
    assert.equal((await ended(undefined)).type, FAILURES.HostKeyRejected);
  });

  it('is never lengthened by more than two lost workers', async () => {
    const { scheduledTimestampMs: now } = scheduledNow();
    const took = await polled({
      scheduledTimestampMs: now - LIMIT_MS - LOST_LOOKS_MS + 200,
      currentAttemptScheduledTimestampMs: now,
      heartbeatDetails: { lookedAt: now - TEN_MINUTES, lostMs: TEN_MINUTES },
    });
    assert.ok(took < LIMIT_MS, `it took ${took} ms`);
  });

  it('goes on for as long as the timers of its routers need', async () => {
    const took = await polled(scheduledNow(), 2 * LIMIT_MS);
    assert.ok(took > 1.5 * LIMIT_MS && took < LIMIT_MS * 6, `it took ${took} ms`);
  });

  for (const [what, monitor, expectedMs] of [
    ['BGP sessions get', { bgp: { instance: 'blue', peer: '192.0.2.1' } }, BGP_LIMIT_MS],
    [
      'VRRP gets, if no monitor looks at BGP',
      { route: { instance: 'blue', destination: '192.0.2.0/24' } },
      LIMIT_MS,
    ],
  ] as const)
    it(`goes on for as long as ${what}`, async () => {
      const record = await scene.deps.store.planRecord(member.gateway);
      const { primary } = record?.routers ?? assert.fail();
      const after = {
        ...(primary.after ?? assert.fail()),
        monitors: [{ name: 'one', counters: [], ...monitor }],
      };
      const changed = { ...record, routers: { ...record?.routers, primary: { ...primary, after } } };
      const store = {
        planRecord: () => Promise.resolve(changed),
        snapshot: () => scene.deps.store.snapshot(),
      } as unknown as Dependencies['store'];
      const { gateway, run } = member;
      const input = { gateway, run, role: 'primary', router: scene.one.id } as const;
      const began = performance.now();
      await assert.rejects(
        inActivity(scheduledNow(), () => polling({ ...scene.deps, store })(input)),
        { type: FAILURES.NotConverged, message: /one: .* in blue/ },
      );
      const took = performance.now() - began;
      assert.ok(took > expectedMs / 2 && took < expectedMs * 1.4, `it took ${took} ms`);
    });
});

describe('polling two routers that carry the gateway', function () {
  this.timeout(20_000);
  const etcd = useEtcd();
  // VRRP's timers run a tenth as long: MASTER comes after 0.72 s.
  const minuteMs = 6_000;
  let scene: Scene;
  let member: PairMember;
  let reservation: string;
  beforeEach(async () => {
    scene = await openScene(etcd(), {
      device: { minute: minuteMs },
      policy: { ...SHORT_MINUTES.policy, minuteMs, vrrpIntervalMs: 20, vrrpLimitMs: 2_000 },
    });
    [member] = (await scene.gateways(1)) as [PairMember];
    reservation = await scene.reservation();
  });
  afterEach(async () => {
    await scene.settle(reservation, { revert: [member] });
    await scene.close();
  });

  const unit = async () => {
    const record = await scene.deps.store.planRecord(member.gateway);
    return (
      record?.routers.primary.after?.monitors.find((one) => one.interface?.startsWith('ae0'))?.interface ?? ''
    );
  };
  const polled = (role: Role, limitMs = 2_000): Promise<Observation> => {
    const { gateway, run } = member;
    const router = role === 'primary' ? scene.one.id : scene.other.id;
    return inActivity(scheduledNow(), () => polling(scene.deps)({ gateway, run, role, router, limitMs }));
  };

  it('waits for the hold-time of a router that may take over, also behind a worker that told no times', async () => {
    await scene.apply(reservation, [member]);
    const { gateway, run } = member;
    const input = { gateway, run, role: 'secondary', router: scene.other.id, limitMs: 5_000 } as const;
    const began = Date.now();
    const times = { ...scheduledNow(), heartbeatDetails: { looks: 9 } };
    await inActivity(times, () => polling(scene.deps)({ ...input, holdMs: 1_500 }));
    assert.ok(Date.now() - began >= 722 + 1_500, 'the roles were believed too soon');
    const heard = { ...times.heartbeatDetails, lookedAt: times.scheduledTimestampMs, rightMs: 20_000 };
    const again = Date.now();
    await inActivity({ ...times, heartbeatDetails: heard }, () =>
      polling(scene.deps)({ ...input, holdMs: 20_000 }),
    );
    assert.ok(Date.now() - again < 5_000, 'what an earlier attempt has seen did not count');
  });

  it('sees BACKUP only after a master-down interval, and beside MASTER', async () => {
    await scene.apply(reservation, [member]);
    const began = Date.now();
    const [primary, secondary] = await Promise.all([polled('primary'), polled('secondary')]);
    assert.deepEqual([primary.vrrp, secondary.vrrp], ['MASTER', 'BACKUP']);
    assert.ok(Date.now() - began >= 722, 'BACKUP was believed too soon');
  });

  it('never takes two routers that do not hear each other for one that works', async () => {
    scene.other.device.isolateVrrp(await unit(), true);
    await scene.apply(reservation, [member]);
    const [primary, secondary] = await Promise.allSettled([polled('primary'), polled('secondary')]);
    assert.equal(primary.status, 'fulfilled');
    assert.ok(secondary.status === 'rejected');
    assert.match(
      String(secondary.reason),
      /MX-2 \(secondary\): .* is MASTER, expected BACKUP: MASTER on MX-1 too, the two don't hear each other after 2 s/,
    );
  });

  it('waits for a secondary router that is master first, and believes it after another interval', async () => {
    scene.one.device.holdVrrpDown(await unit(), true);
    await scene.apply(reservation, [member]);
    const began = Date.now();
    const both = Promise.all([polled('primary', 5_000), polled('secondary', 5_000)]);
    await new Promise((resolve) => setTimeout(resolve, 450));
    scene.one.device.holdVrrpDown(await unit(), false);
    const [primary, secondary] = await both;
    assert.ok(Date.now() - began >= 450 + 718 + 722, 'BACKUP was believed too soon');
    assert.deepEqual([primary.vrrp, secondary.vrrp], ['MASTER', 'BACKUP']);
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
      { type: FAILURES.NotConverged, message: /: "interfaces ae0 unit \d+" can't be read \(line \d+/ },
    );
  });
});
