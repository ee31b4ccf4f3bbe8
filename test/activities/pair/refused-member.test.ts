import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn } from './router-facts.ts';
import { spoil } from './spoil.ts';
import { useScene } from './use-scene.ts';

describe('a member that a router refuses', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened));

  /** Counts the checks that each router makes, including those within commits. */
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
    'its text refers to a filter that is not there': {
      change: (create: string) => create.replace(/input \S+;/, 'input NO-SUCH-FILTER;'),
      says: /check was refused: .*NO-SUCH-FILTER/,
      type: FAILURES.RouterRefused,
      checks: 3,
    },
    'its text is broken': {
      change: (create: string) => `${create}\ninterfaces { ae0 { nonsense 5 { } } }`,
      says: /load-configuration was refused: syntax error/,
      type: FAILURES.RouterRefused,
      checks: 3,
    },
    'its text changes what it does not own; found by halving': {
      change: (create: string) => `${create}\nsystem { services { ftp; } }`,
      says: /expected additions to what the gateway owns, got "\+ system services ftp"/,
      type: FAILURES.OutsideOwnership,
      checks: 9,
    },
  };
  for (const [what, { change, says, type, checks }] of Object.entries(ways)) {
    it(`(${what}) fails alone among 64`, async () => {
      const members = await scene.gateways(64);
      const bad = members[37] as PairMember;
      await spoil(etcd(), bad, scene.ids, change);
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
        // One of these checks is that within the commit.
        assert.ok((counted()[index] ?? 0) <= checks, `${counted()[index]} checks`);
      }
    });
  }

  it('is taken out of the other router’s batch, too, before either commits', async () => {
    const members = await scene.gateways(3);
    const bad = members[1] as PairMember;
    await spoil(etcd(), bad, [scene.other.id], ways['its text refers to a filter that is not there'].change);
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

  it('leaves the rest on both routers if each router refuses another member', async () => {
    const members = await scene.gateways(3);
    const { change } = ways['its text refers to a filter that is not there'];
    await spoil(etcd(), members[0] as PairMember, [scene.one.id], change);
    await spoil(etcd(), members[2] as PairMember, [scene.other.id], change);
    const outcome = await scene.apply(await scene.reservation(), members);
    assert.deepEqual(outcome.applied, [members[1]]);
    assert.equal(outcome.refused.length, 2);
  });

  it('leaves no commit if it is alone', async () => {
    const [bad] = await scene.gateways(1);
    assert.ok(bad);
    await spoil(etcd(), bad, scene.ids, ways['its text refers to a filter that is not there'].change);
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
