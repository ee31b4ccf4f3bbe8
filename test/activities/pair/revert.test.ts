import assert from 'node:assert/strict';
import { settle } from '../../../activities/pair/settle.ts';
import { StoreUnavailableError } from '../../../etcd/errors.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { CHECK, client } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { byHand } from './further-versions.ts';
import { carries, pendingOn } from './router-facts.ts';
import { contextOf, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

const DENIED = { kind: 'refuse', message: 'permission denied' } as const;

describe('reverting on each router by itself', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => (reservation = await scene.reservation()));

  const applied = async (count: number, kind: 'vpn_gateway' | 'internet_gateway' = 'vpn_gateway') => {
    const members = await scene.gateways(count, kind);
    assert.deepEqual((await scene.apply(reservation, members)).applied, members);
    return members as [PairMember, PairMember];
  };
  const nextReservation = async () => {
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    reservation = await scene.reservation();
  };
  const carried = (member: PairMember) => scene.routers.map((router) => carries(router, member));
  const records = () => Promise.all(scene.ids.map((id) => scene.deps.store.router(id)));
  const owed = async () => (await records()).map(({ owedChanges }) => owedChanges.length);
  const clean = (member: PairMember) => ({ member, owedOn: [], reason: null });

  it('contacts no router if nothing was ever permitted there, and takes no token for nothing (T3)', async () => {
    const [never] = (await scene.gateways(1)) as [PairMember];
    const facts = async () =>
      (await records()).map(({ reservation: one }) => [one?.token, one?.sessions.length]);
    const before = await facts();
    assert.deepEqual(await scene.settle(reservation, {}), { kept: [], fellBack: [], reverted: [] });
    assert.deepEqual(await facts(), before);
    assert.deepEqual((await scene.settle(reservation, { revert: [never] })).reverted, [clean(never)]);
    assert.deepEqual(
      (await facts()).map(([, sessions]) => sessions),
      [0, 0],
    );
    const [member] = await applied(1);
    const { reverted } = await scene.settle(reservation, { revert: [never, member] });
    assert.deepEqual(
      [reverted, carried(member)],
      [
        [clean(never), clean(member)],
        [false, false],
      ],
    );
  });

  it('does not contact a router that was seen without the member (T3)', async () => {
    const [member] = await applied(1);
    const operator = client(scene.other.device);
    await operator.ok(CHECK);
    operator.session.close();
    await byHand(scene.one, ...ownedOn(member, scene.one.id).map((path) => `delete ${path.join(' ')}`));
    assert.deepEqual((await scene.settle(reservation, { confirm: [member] })).fellBack, [member]);
    const input = { reservation, routers: scene.ids, confirm: [], revert: [member] };
    assert.deepEqual((await settle(scene.worker(), contextOf(), input)).reverted, [clean(member)]);
    const sessions = (await records()).map(({ reservation: one }) => one?.sessions.length);
    assert.deepEqual(
      [sessions, carried(member)],
      [
        [1, 2],
        [false, false],
      ],
    );
  });

  it('does nothing once its reservation is over', async () => {
    const [member] = await applied(1);
    const over = reservation;
    await nextReservation();
    await assert.rejects(scene.settle(over, { revert: [member] }), { name: 'OvertakenError' });
    await scene.settle(reservation, { revert: [member] });
  });

  it('owes on a router that is away only what was applied there, and says why (T6)', async () => {
    const [never] = (await scene.gateways(1)) as [PairMember];
    const [member] = await applied(1);
    scene.other.server.setReachable(false);
    await assert.rejects(scene.settle(reservation, { revert: [member] }), { name: 'UnreachableError' });
    assert.deepEqual(await owed(), [0, 0], 'there was patience left');
    const { reverted } = await scene.impatient.settle(reservation, { revert: [never, member] });
    scene.other.server.setReachable(true);
    const [one, other] = reverted;
    assert.deepEqual([one, other?.owedOn, await owed()], [clean(never), ['MX-2'], [0, 1]]);
    assert.match(other?.reason ?? '', /MX-2/);
  });

  it('owes on a router that somebody has locked, once patience is over, and not before (T6)', async () => {
    const [member] = await applied(1);
    const operator = client(scene.other.device);
    await operator.ok('<lock><target><candidate/></target></lock>');
    await assert.rejects(scene.settle(reservation, { revert: [member] }), { name: 'NotNowError' });
    assert.deepEqual([await owed(), carries(scene.one, member)], [[0, 0], false]);
    const { reverted } = await scene.impatient.settle(reservation, { confirm: [member] });
    assert.deepEqual(reverted[0]?.owedOn, ['MX-2']);
    assert.match(reverted[0].reason ?? '', /MX-2.*lock/);
    assert.deepEqual(await owed(), [0, 1]);
    await operator.ok('<unlock><target><candidate/></target></unlock>');
    operator.session.close();
  });

  for (const [what, answer, name] of [
    [
      'etcd is away',
      () => Promise.reject(new StoreUnavailableError('etcd', 'away')),
      'StoreUnavailableError',
    ],
    ['another attempt has the token', async () => false, 'OvertakenError'],
  ] as const)
    it(`owes nothing because ${what}: that says nothing of the router (T3, T6)`, async () => {
      const [member] = await applied(1);
      // The batch can't be confirmed, and patience is over. So it is reverted.
      scene.other.device.faults.add({ rpc: 'get-commit-information', outcome: DENIED });
      const { store, policy } = scene.deps;
      const deps = {
        ...scene.deps,
        store: { ...store, permitCommit: answer },
        policy: { ...policy, settlePatienceMs: 0 },
      };
      const input = { reservation, routers: scene.ids, confirm: [member], revert: [] };
      await assert.rejects(settle(deps, contextOf(), input), { name });
      assert.deepEqual(await owed(), [0, 0]);
      await scene.settle(reservation, { revert: [member] });
    });

  it('tells what somebody has changed on either router', async () => {
    const [one, other] = await applied(2);
    const unitOf = (member: PairMember, id: string) =>
      ownedOn(member, id)
        .find(([top]) => top === 'interfaces')
        ?.join(' ') ?? '';
    await byHand(scene.one, `set ${unitOf(one, scene.one.id)} description by-hand`);
    await byHand(scene.other, `set ${unitOf(other, scene.other.id)} description by-hand`);
    const { reverted } = await scene.settle(reservation, { revert: [one, other] });
    assert.match(reverted[0]?.reason ?? '', /^MX-1: "interfaces .*" was changed by somebody else$/);
    assert.match(reverted[1]?.reason ?? '', /^MX-2: "interfaces .*" was changed by somebody else$/);
    assert.deepEqual(
      [carried(one), carried(other)],
      [
        [false, false],
        [false, false],
      ],
    );
  });

  it('pays all that the router owes of a trial, also what is not asked for: nothing of it becomes permanent (T7)', async () => {
    const [asked, also] = await applied(2);
    scene.other.server.setReachable(false);
    await scene.impatient.settle(reservation, { revert: [asked, also] });
    scene.other.server.setReachable(true);
    assert.deepEqual([await owed(), pendingOn(scene.other)], [[0, 2], true]);
    await nextReservation();
    assert.deepEqual((await scene.settle(reservation, { revert: [asked] })).reverted, [clean(asked)]);
    assert.deepEqual(
      [await owed(), carried(also)],
      [
        [0, 0],
        [false, false],
      ],
    );
  });

  it('does not wait for a deadline that is near: nothing else is to become permanent (T2)', async () => {
    const [member] = await applied(1);
    const deps = { ...scene.deps, policy: { ...scene.deps.policy, confirmMarginMs: 3_600_000 } };
    const input = { reservation, routers: scene.ids, confirm: [], revert: [member] };
    assert.deepEqual((await settle(deps, contextOf(), input)).reverted, [clean(member)]);
  });

  /** The first router refuses as many commits and checks, and says that this member is the reason. */
  const refuse = (stuck: PairMember, times: number) => {
    const path = `[edit ${ownedOn(stuck, scene.one.id)[0]?.join(' ')}]`;
    const outcome = { kind: 'fail-check', message: 'referred to', path } as const;
    scene.one.device.faults.add({ step: 'check', times, outcome });
  };

  it('takes back the trial as a whole if the router refuses to revert one of its members (T11)', async () => {
    const members = await applied(2, 'internet_gateway');
    refuse(members[1], 1);
    const { reverted } = await scene.settle(reservation, { revert: members });
    assert.deepEqual([reverted, await owed()], [members.map(clean), [0, 0]]);
    for (const member of members) assert.deepEqual(carried(member), [false, false]);
  });

  it('owes what the router refuses to revert, with its reason, and reverts the rest (T11)', async () => {
    const [rest, stuck] = await applied(2, 'internet_gateway');
    refuse(stuck, 3);
    const { reverted } = await scene.settle(reservation, { revert: [rest, stuck] });
    assert.deepEqual([reverted[0], reverted[1]?.owedOn], [clean(rest), ['MX-1']]);
    assert.match(reverted[1]?.reason ?? '', /MX-1.*: check was refused: referred to/);
    assert.deepEqual(
      [carried(rest), carried(stuck)],
      [
        [false, false],
        [true, false],
      ],
    );
    assert.deepEqual(
      [await owed(), (await records()).map((one) => one.reservation?.members)],
      [
        [1, 0],
        [[], []],
      ],
    );
  });
});
