import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './router-facts.ts';

describe('a poisonous member of a batch', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene(etcd());
  });
  afterEach(async () => {
    await assertFree(scene);
    await scene.close();
  });

  /** Changes what is registered to be loaded. */
  async function poison(
    { gateway }: PairMember,
    routerIds: readonly string[],
    change: (create: string) => string,
  ) {
    const key = KEYS.plan(gateway);
    const record = JSON.parse((await etcd().raw.get(key).string()) ?? '') as PlanRecord;
    const routers = Object.fromEntries(
      Object.entries(record.routers).map(([role, { id, configuration }]) => {
        const create = routerIds.includes(id) ? change(configuration.create) : configuration.create;
        return [role, { id, configuration: { ...configuration, create } }];
      }),
    );
    await etcd()
      .raw.put(key)
      .value(JSON.stringify({ ...record, routers }));
  }

  /** Counts the checks that routers make, those within commits included. */
  function countChecks(): () => readonly number[] {
    const counts = scene.routers.map(() => 0);
    for (const [index, { device }] of scene.routers.entries()) {
      device.faults.add({
        step: 'check',
        times: Infinity,
        when: () => {
          counts[index] = (counts[index] ?? 0) + 1;
          return false;
        },
        outcome: { kind: 'refuse' },
      });
    }
    return () => counts;
  }

  const ways = {
    'that refers to a filter that is not there': {
      change: (create: string) => create.replace(/input \S+;/, 'input NO-SUCH-FILTER;'),
      says: /check was refused: .*NO-SUCH-FILTER/,
      type: FAILURES.RouterRefused,
      checks: 3,
    },
    'whose text is broken': {
      change: (create: string) => `${create}\ninterfaces { ae0 { nonsense 5 { } } }`,
      says: /load-configuration was refused: syntax error/,
      type: FAILURES.RouterRefused,
      checks: 3,
    },
    'that changes what it does not own, and is found by halving': {
      change: (create: string) => `${create}\nsystem { services { ftp; } }`,
      says: /expected additions to what the gateway owns, got "\+ system services ftp"/,
      type: FAILURES.OutsideOwnership,
      checks: 9,
    },
  };
  for (const [what, { change, says, type, checks }] of Object.entries(ways)) {
    it(`${what}, fails alone among 64`, async () => {
      const members = await scene.gateways(64);
      const bad = members[37] as PairMember;
      await poison(bad, scene.ids, change);
      const good = members.filter((member) => member !== bad);
      const counted = countChecks();
      const outcome = await scene.apply(await scene.reservation(), members);
      assert.deepEqual(outcome.applied, good);
      assert.deepEqual(outcome.toRevert, []);
      assert.deepEqual(
        outcome.refused.map(({ member, type }) => [member, type]),
        [[bad, type]],
      );
      assert.match(outcome.refused[0]?.reason ?? '', says);
      for (const [index, router] of scene.routers.entries()) {
        assert.equal(carries(router, bad), false);
        assert.equal(good.filter((member) => carries(router, member) !== true).length, 0);
        // One of them is the commit's own.
        assert.ok((counted()[index] ?? 0) <= checks, `${counted()[index]} checks`);
      }
    });
  }

  it('refused by one router only is taken out of the other one, too, before either commits', async () => {
    const members = await scene.gateways(3);
    const bad = members[1] as PairMember;
    await poison(bad, [scene.other.id], ways['that refers to a filter that is not there'].change);
    const outcome = await scene.apply(await scene.reservation(), members);
    assert.deepEqual(outcome.applied, [members[0], members[2]]);
    assert.match(outcome.refused[0]?.reason ?? '', new RegExp(`router ${scene.other.name} `));
    for (const router of scene.routers) {
      assert.deepEqual(
        members.map((member) => carries(router, member)),
        [true, false, true],
      );
      assert.equal(logsOf(router).length, 2);
    }
  });

  it('refused by each router another, leaves the rest on both', async () => {
    const members = await scene.gateways(3);
    const { change } = ways['that refers to a filter that is not there'];
    await poison(members[0] as PairMember, [scene.one.id], change);
    await poison(members[2] as PairMember, [scene.other.id], change);
    const outcome = await scene.apply(await scene.reservation(), members);
    assert.deepEqual(outcome.applied, [members[1]]);
    assert.equal(outcome.refused.length, 2);
  });

  it('alone leaves no commit', async () => {
    const [bad] = await scene.gateways(1);
    assert.ok(bad);
    await poison(bad, scene.ids, ways['that refers to a filter that is not there'].change);
    const reservation = await scene.reservation();
    const outcome = await scene.apply(reservation, [bad]);
    assert.deepEqual([outcome.applied, outcome.toRevert, outcome.confirmBy], [[], [], null]);
    for (const router of scene.routers) {
      assert.equal(logsOf(router).length, 1);
      assert.equal(pendingOn(router), false);
      const record = await scene.deps.store.router(router.id);
      assert.deepEqual(record.reservation?.members, [], 'no commit may have been permitted');
    }
  });
});
