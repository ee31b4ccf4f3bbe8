import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import type { FaultOutcome, FaultRule } from '../../../simulator/server/index.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './router-facts.ts';
import { tried } from './retried.ts';

type Point = Pick<FaultRule, 'rpc' | 'step' | 'moment'>;

const applyPoints: Readonly<Record<string, Point>> = {
  'the look before the lock': { rpc: 'get-commit-information' },
  'the lock': { rpc: 'lock', moment: 'after' },
  'the look': { rpc: 'get-configuration' },
  'the load': { step: 'load' },
  'the check': { step: 'check' },
  'the check, done': { step: 'check', moment: 'after' },
  'the commit': { step: 'activate' },
  'the commit, done': { step: 'activate', moment: 'after' },
  'the unlock': { rpc: 'unlock' },
  'the unlock, done': { rpc: 'unlock', moment: 'after' },
};
const confirmPoints: Readonly<Record<string, Point>> = {
  'the lock': { rpc: 'lock', moment: 'after' },
  'the check that confirms': { step: 'check' },
  'the check that confirms, done': { step: 'check', moment: 'after' },
  'the unlock': { rpc: 'unlock' },
};
const mixedPoints: Readonly<Record<string, Point>> = {
  'the load of the revert': { step: 'load' },
  'the commit of the revert': { step: 'activate' },
  'the commit of the revert, done': { step: 'activate', moment: 'after' },
};
const cuts: readonly FaultOutcome[] = [{ kind: 'drop' }, { kind: 'drop-and-go-on' }, { kind: 'truncate' }];

describe('a reply that is lost', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let alternate = 0;
  before(async () => {
    scene = await openScene(etcd());
  });
  afterEach(async () => {
    for (const { device } of scene.routers) device.faults.clear();
    await assertFree(scene);
  });
  after(() => scene.close());

  /** In the end every commit was made once, and both routers carry what they should, whichever routers were hit. */
  async function assertComesToRest(
    hits: readonly number[],
    point: Point,
    outcome: FaultOutcome,
    phase: string,
  ) {
    const members = await scene.gateways(2);
    const [kept, unwanted] = members as [PairMember, PairMember];
    const reservation = await scene.reservation();
    const strike = () =>
      hits.forEach((index) => scene.routers[index]?.device.faults.add({ ...point, outcome }));
    const verdicts = phase === 'mixed' ? { confirm: [kept], revert: [unwanted] } : { confirm: members };
    if (phase === 'apply') strike();
    const applied = await tried((context) => scene.apply(reservation, members, context));
    assert.deepEqual(applied.applied, members);
    if (phase !== 'apply') strike();
    const settled = await tried((context) => scene.settle(reservation, verdicts, context));
    assert.deepEqual(settled.kept, verdicts.confirm);
    for (const router of scene.routers) {
      assert.equal(router.device.faults.size, 0, 'the fault never struck');
      assert.equal(carries(router, kept), true);
      assert.equal(carries(router, unwanted), phase !== 'mixed');
      assert.equal(pendingOn(router), false);
      const made = logsOf(router).filter((log) => log?.includes(reservation));
      assert.equal(made.length, phase === 'mixed' ? 2 : 1, `more commits than needed: ${made.join('; ')}`);
    }
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
  }

  for (const [phase, points] of Object.entries({
    apply: applyPoints,
    confirm: confirmPoints,
    mixed: mixedPoints,
  })) {
    for (const [what, point] of Object.entries(points)) {
      for (const outcome of cuts) {
        it(`(${phase}: ${outcome.kind} at ${what}) is made up for by a look: nothing is done twice`, async () => {
          for (const hits of [[(alternate += 1) % 2], [0, 1]])
            await assertComesToRest(hits, point, outcome, phase);
        });
      }
    }
  }

  for (const hits of [[1], [0, 1]])
    it(`(the router refuses to tell its history behind the commit, on ${hits.length}) is made up for by a look: the commit stays`, async () => {
      const members = await scene.gateways(2);
      const reservation = await scene.reservation();
      for (const index of hits) {
        const { faults } = (scene.routers[index] as (typeof scene.routers)[number]).device;
        let isCommitted = false;
        const noted = () => !(isCommitted = true);
        faults.add({ step: 'activate', moment: 'after', when: noted, outcome: { kind: 'refuse' } });
        const behind = { rpc: 'get-commit-information', when: () => isCommitted };
        faults.add({ ...behind, outcome: { kind: 'refuse' } });
      }
      const outcome = await tried((context) => scene.apply(reservation, members, context));
      assert.deepEqual(outcome.applied, members);
      for (const router of scene.routers) {
        assert.equal(logsOf(router).filter((log) => log?.includes(reservation)).length, 1);
        router.device.faults.clear();
      }
      await scene.settle(reservation, { confirm: [], revert: members });
      await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    });
});
