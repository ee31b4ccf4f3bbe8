import assert from 'node:assert/strict';
import { polling } from '../../../activities/saga/poll.ts';
import type { Role } from '../../../gateway/resource.ts';
import { SHORT_MINUTES } from '../../../local/short-minutes.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { inActivity, scheduledNow } from '../activity.ts';
import { openScene } from '../pair/scene.ts';
import type { Scene } from '../pair/scene.ts';

const GATEWAYS = 12;
const INTERVAL_MS = 200;
const LIMIT_MS = 1_000;
/**
 * How many requests a look takes at most, on average: VRRP and the state of up to four interfaces, the configuration of the units, with and without
 * what they inherit, and all filters.
 */
const MOST_IN_A_LOOK = 9;

describe('gateways of one worker that wait for the same router', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  let members: PairMember[];
  let reservation: string;
  before(async () => {
    scene = await openScene(etcd(), {
      policy: { ...SHORT_MINUTES.policy, vrrpIntervalMs: INTERVAL_MS, vrrpLimitMs: LIMIT_MS },
    });
    members = [
      ...(await scene.gateways(GATEWAYS / 2, 'vpn_gateway')),
      ...(await scene.gateways(GATEWAYS / 2, 'internet_gateway')),
    ];
    reservation = await scene.reservation();
  });
  after(() => scene.close());

  const polled = (role: Role) =>
    Promise.allSettled(
      members.map(({ gateway, run }) =>
        inActivity(scheduledNow(), () =>
          polling(scene.deps)({
            gateway,
            run,
            role,
            router: role === 'primary' ? scene.one.id : scene.other.id,
          }),
        ),
      ),
    );

  const unitOf = async ({ gateway }: PairMember): Promise<string> => {
    const record = await scene.deps.store.planRecord(gateway);
    const monitors = record?.routers.primary.after?.monitors ?? [];
    return monitors.map((one) => one.interface ?? '').find((name) => name.startsWith('ae0')) ?? '';
  };

  it('ask it as often as one would, and each is judged alone', async () => {
    const units = await Promise.all(members.map(unitOf));
    const down = units.filter((_, index) => index % 3 === 0);
    for (const unit of down) scene.one.device.holdVrrpDown(unit, true);
    await scene.apply(reservation, members);
    const before = scene.one.server.requests;
    const outcomes = await polled('primary');
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      members.map((_, index) => (index % 3 === 0 ? 'rejected' : 'fulfilled')),
    );
    for (const [index, outcome] of outcomes.entries())
      if (outcome.status === 'rejected')
        assert.ok(String(outcome.reason).includes(`on ${units[index]} is INIT`));
    // The first one is at once, and one is due when VRRP's timers are over.
    const looks = LIMIT_MS / INTERVAL_MS + 2;
    const asked = scene.one.server.requests - before;
    assert.ok(asked <= looks * MOST_IN_A_LOOK, `${asked} requests for ${GATEWAYS} gateways`);
    for (const unit of down) scene.one.device.holdVrrpDown(unit, false);
  });

  it('are good although the router refuses what one of them asks for', async () => {
    const [, number] = (await unitOf(members[0] as PairMember)).split('.');
    const error = `<rpc-error><error-severity>error</error-severity><error-message>permission denied</error-message></rpc-error>`;
    const mend = scene.one.device.faults.add({
      rpc: 'get-configuration',
      moment: 'after',
      times: Infinity,
      outcome: {
        kind: 'rewrite',
        by: (body, operation) => (JSON.stringify(operation).includes(`"${number}"`) ? error : body),
      },
    });
    const [own, ...others] = await polled('primary');
    mend();
    assert.match(
      String(own?.status === 'rejected' && own.reason),
      /get-configuration was refused: permission denied/,
    );
    assert.deepEqual(
      others.map(({ status }) => status),
      others.map(() => 'fulfilled'),
    );
  });

  it('are told of a router that can not be reached, each of them', async () => {
    scene.other.server.setReachable(false);
    for (const outcome of await polled('secondary')) {
      assert.ok(outcome.status === 'rejected');
      assert.match(String(outcome.reason), /MX-2/);
    }
    scene.other.server.setReachable(true);
  });
});

describe('a look that may complete the evidence', function () {
  this.timeout(20_000);
  const etcd = useEtcd();
  // MASTER and BACKUP prove something after 72 ms.
  const minuteMs = 600;
  const vrrpIntervalMs = 4_000;

  it('comes when VRRP’s timers are over, and does not wait for the interval', async () => {
    const policy = { minuteMs, confirmMinutes: 1_000, vrrpIntervalMs };
    const scene = await openScene(etcd(), { device: { minute: minuteMs }, policy });
    try {
      const members = (await scene.gateways(1)) as [PairMember];
      const [{ gateway, run }] = members;
      await scene.apply(await scene.reservation(), members);
      const [before, began] = [scene.one.server.requests, performance.now()];
      const polled = (role: Role, router: string) =>
        inActivity(scheduledNow(), () => polling(scene.deps)({ gateway, run, role, router }));
      const seen = await Promise.all([polled('primary', scene.one.id), polled('secondary', scene.other.id)]);
      const took = performance.now() - began;
      assert.deepEqual(
        seen.map(({ vrrp }) => vrrp),
        ['MASTER', 'BACKUP'],
      );
      assert.ok(took < vrrpIntervalMs, `it took ${took} ms`);
      const asked = scene.one.server.requests - before;
      assert.ok(
        asked <= 3 * MOST_IN_A_LOOK,
        `${asked} requests: the router was looked at more than three times`,
      );
    } finally {
      await scene.close();
    }
  });
});
