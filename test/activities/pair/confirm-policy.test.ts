import assert from 'node:assert/strict';
import type { ConfirmPolicy, Policy } from '../../../gateway/policies.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './router-facts.ts';
import { tried } from './retried.ts';

describe('a router that refuses commits on trial', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene | undefined;
  afterEach(async () => {
    assert.ok(scene);
    await assertFree(scene);
    await scene.close();
  });

  const open = async (
    confirm: ConfirmPolicy,
    only?: (ids: readonly string[]) => Policy['confirmedCommits'],
  ) => {
    const policy = { confirmedCommits: { '*': confirm } };
    scene = await openScene(etcd(), { policy });
    if (only !== undefined) Object.assign(policy.confirmedCommits, only(scene.ids));
    Object.assign(scene.deps.policy.confirmedCommits, policy.confirmedCommits);
    const [member] = (await scene.gateways(1)) as [PairMember];
    return { scene, member, reservation: await scene.reservation() };
  };
  /** The first router refuses a confirmed commit, as it does for private and ephemeral databases. */
  const refuse = ({ one }: Scene) =>
    one.device.faults.add({
      rpc: 'commit-configuration',
      step: 'activate',
      outcome: { kind: 'refuse', message: 'commit confirmed is not supported in private mode' },
    });

  it('gets nothing if its policy requires them', async () => {
    const { scene, member, reservation } = await open('required');
    refuse(scene);
    const outcome = await tried((context) => scene.apply(reservation, [member], context));
    assert.deepEqual(outcome.applied, []);
    const [refused] = outcome.toRevert;
    assert.equal(refused?.type, FAILURES.RouterRefused);
    await scene.settle(reservation, { revert: [member] });
    for (const router of scene.routers) assert.equal(carries(router, member), false);
  });

  it('is committed to plainly if they are preferred, the other one on trial, and the outcome says so', async () => {
    const { scene, member, reservation } = await open('preferred');
    refuse(scene);
    const outcome = await tried((context) => scene.apply(reservation, [member], context));
    assert.deepEqual(outcome.applied, [member]);
    assert.deepEqual(outcome.commits, { [scene.one.id]: 'plain', [scene.other.id]: 'on trial' });
    assert.deepEqual(outcome.plainCommits, ['MX-1']);
    assert.deepEqual(scene.routers.map(pendingOn), [false, true]);
    assert.deepEqual(await scene.settle(reservation, { confirm: [member] }), {
      kept: [member],
      reverted: [],
      fellBack: [],
    });
    assert.deepEqual(scene.routers.map(pendingOn), [false, false]);
  });

  it('is committed to plainly if its policy never wants them, and reverted like any other', async () => {
    const { scene, member, reservation } = await open('required', ([one]) => ({ [one as string]: 'never' }));
    const outcome = await scene.apply(reservation, [member]);
    assert.deepEqual(outcome.commits, { [scene.one.id]: 'plain', [scene.other.id]: 'on trial' });
    assert.ok(outcome.confirmBy);
    assert.match(logsOf(scene.one)[0] ?? '', /^gateway-saga reservation \S+ plain: /);
    const again = await scene.apply(reservation, [member]);
    assert.deepEqual([again.applied, again.commits], [[member], outcome.commits]);
    await scene.settle(reservation, { revert: [member] });
    for (const router of scene.routers) assert.equal(carries(router, member), false);
  });

  it('has no deadline if both are committed to plainly', async () => {
    const { scene, member, reservation } = await open('never');
    const outcome = await scene.apply(reservation, [member]);
    assert.equal(outcome.confirmBy, null);
    assert.ok(outcome.verdictMs);
    assert.deepEqual((await scene.settle(reservation, { confirm: [member] })).kept, [member]);
  });
});
