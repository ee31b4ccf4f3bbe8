import assert from 'node:assert/strict';
import { settle } from '../../activities/pair/settle.ts';
import { apply } from '../../activities/pair/apply.ts';
import { markingReverted, publishFailed } from '../../activities/saga/publish.ts';
import type { PairMember } from '../../pair/messages.ts';
import { useEtcd } from '../etcd/fixture.ts';
import { client, CHECK } from '../simulator/device/scene.ts';
import { inActivity, scheduledNow } from './activity.ts';
import { contextOf } from './pair/scene.ts';
import type { Scene } from './pair/scene.ts';
import { useScene } from './pair/use-scene.ts';

const WRITES = [
  'permitCommit',
  'addOwedChanges',
  'markSettled',
  'payOwedChange',
  'freeClaims',
  'markReverted',
  'publish',
] as const;
type Write = (typeof WRITES)[number];
/** How late each write is answered. Code that doesn't wait for the answer comes to its next write before. */
const LATE_MS = 200;

describe('a write to etcd is answered before what comes after it begins', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened));

  /** A worker, and what it writes: each write, and when it was answered. */
  function watched() {
    const { store } = scene.deps;
    const calls = store as unknown as Record<Write, (...args: unknown[]) => Promise<unknown>>;
    const told: string[] = [];
    const watching = WRITES.map((write) => [
      write,
      async (...args: unknown[]) => {
        told.push(write);
        const answer = await calls[write](...args);
        await new Promise((resolve) => setTimeout(resolve, LATE_MS));
        told.push(`${write} answered`);
        return answer;
      },
    ]);
    return { deps: { ...scene.deps, store: { ...store, ...Object.fromEntries(watching) } }, told };
  }

  function assertAwaited(told: readonly string[], write: Write): void {
    const places = [...told.keys()].filter((index) => told[index] === write);
    assert.ok(places.length > 0, `${write} was never called: ${told.join(', ')}`);
    for (const place of places) assert.equal(told[place + 1], `${write} answered`, told.join(', '));
  }

  it('when a batch is settled of which one is kept (T10)', async () => {
    const [kept, reverted] = (await scene.gateways(2)) as [PairMember, PairMember];
    const reservation = await scene.reservation();
    await scene.apply(reservation, [kept, reverted]);
    const { deps, told } = watched();
    const verdicts = { confirm: [kept], revert: [reverted] };
    await settle(deps, contextOf(), { reservation, routers: scene.ids, ...verdicts });
    assertAwaited(told, 'markSettled');
  });

  it('when a batch is reverted, on each router alone (T10)', async () => {
    const [member] = (await scene.gateways(1)) as [PairMember];
    const reservation = await scene.reservation();
    await scene.apply(reservation, [member]);
    const { deps, told } = watched();
    await settle(deps, contextOf(), { reservation, routers: scene.ids, confirm: [], revert: [member] });
    assertAwaited(told, 'markSettled');
  });

  it('when an owed change is paid (T7)', async () => {
    const [member, next] = (await scene.gateways(2)) as [PairMember, PairMember];
    const reservation = await scene.reservation();
    await scene.apply(reservation, [member]);
    const operator = client(scene.other.device);
    await operator.ok(CHECK);
    operator.session.close();
    scene.other.server.setReachable(false);
    await scene.impatient.settle(reservation, { revert: [member] });
    scene.other.server.setReachable(true);
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const later = await scene.reservation();
    const { deps, told } = watched();
    await apply(deps, contextOf(), { reservation: later, routers: scene.ids, members: [next] });
    assertAwaited(told, 'payOwedChange');
    await scene.settle(later, { revert: [next] });
  });

  it('when a failure is published: reverted, published, claims freed', async () => {
    const [{ gateway, run }] = (await scene.gateways(1)) as [PairMember];
    const { deps, told } = watched();
    await publishFailed(deps, { gateway, run, error: 'x', registered: true, clean: true });
    const writes: readonly Write[] = ['markReverted', 'publish', 'freeClaims'];
    assert.deepEqual(
      told,
      writes.flatMap((write) => [write, `${write} answered`]),
    );
  });

  it('when an earlier run is marked as reverted', async () => {
    const [{ gateway, run }] = (await scene.gateways(1)) as [PairMember];
    const { deps, told } = watched();
    await inActivity(scheduledNow(), () => markingReverted(deps)({ gateway, run }));
    assert.deepEqual(told, ['markReverted', 'markReverted answered']);
  });
});
