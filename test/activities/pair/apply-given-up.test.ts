/** How applying a batch ends for members that are not applied: it is given up, or they are over already. */
import assert from 'node:assert/strict';
import { apply } from '../../../activities/pair/apply.ts';
import { NotNowError, RefusedError } from '../../../activities/refused.ts';
import type { AttemptContext } from '../../../activities/router/attempt-context.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { Store } from '../../../etcd/store.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { AuthenticationError } from '../../../netconf/errors.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { Refused } from '../../../pair/transactions.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { client, LOCK } from '../../simulator/device/scene.ts';
import { carries, logsOf } from './router-facts.ts';
import { contextOf, register } from './scene.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

describe('applying a batch that comes to nothing', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  let members: PairMember[];
  let first: PairMember;
  let second: PairMember;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    members = await scene.gateways(2);
    [first, second] = members as [PairMember, PairMember];
    reservation = await scene.reservation();
  });

  const of = (some: readonly Refused[]) => some.map(({ member, type }) => [member, type]);
  /** An earlier attempt may have put it on this router. */
  const permit = async (member: PairMember, id: string) =>
    scene.deps.store.permitCommit(await scene.fence(reservation), [id], [member], '');
  const stateOf = (member: PairMember, word: string) =>
    etcd()
      .raw.put(KEYS.state(member.gateway))
      .value(JSON.stringify({ state: { worker_state: word }, version: 1, error: '' }));

  /** Applies where no session can be opened, because of this error. */
  const failing = (
    error: Error,
    context: Partial<AttemptContext> = {},
    { waitedMs = 0, store = scene.deps.store }: { waitedMs?: number; store?: Store } = {},
  ) => {
    const routers = { withSession: () => Promise.reject(error) } as never;
    const input = { reservation, routers: scene.ids, members, waitedMs };
    return apply({ ...scene.deps, routers, store }, contextOf(context), input);
  };
  const busy = (words: string) => new NotNowError(FAILURES.RouterBusy, words);

  it('is given up once patience is over; who may be on one of the routers is to be reverted (T6)', async () => {
    await permit(first, scene.other.id);
    const since = Date.now() - 12_000;
    const { applied, refused, toRevert, commits } = await failing(busy('MX-1 is locked'), { since });
    assert.deepEqual(of(refused), [[second, FAILURES.RouterBusy]]);
    assert.deepEqual(of(toRevert), [[first, FAILURES.RouterBusy]]);
    assert.equal(refused[0]?.reason, 'MX-1 is locked (given up after 12 s)');
    assert.deepEqual([applied, commits], [[], {}]);
  });

  it('is tried again until then; the time that the batch has waited counts', async () => {
    const error = busy('MX-1 is locked');
    const since = Date.now() - 4_000;
    await assert.rejects(failing(error, { since }), error);
    await assert.rejects(failing(error, { since }, { waitedMs: 3_000 }), error);
    const { refused } = await failing(error, { since }, { waitedMs: 7_000 });
    assert.equal(refused[0]?.reason, 'MX-1 is locked (given up after 11 s)');
  });

  it('says how long it was tried also where the reason is long, and fits into /state', async () => {
    const { refused } = await failing(busy('x '.repeat(900)), { since: Date.now() - 12_000 });
    assert.match(refused[0]?.reason ?? '', /^x x .*… \(given up after 12 s\)$/);
    assert.equal(refused[0]?.reason.length, 500);
  });

  it('is given up at once for what no further attempt mends, such as a login that was refused three times', async () => {
    const broken = new RefusedError(FAILURES.InvalidGateway, 'edge_router MX-1: no address');
    const peer = { id: 'r', host: 'h', port: 830 };
    const login = new AuthenticationError(peer, { username: 'esi', methods: ['password'] });
    // A call that was scheduled earlier gets no token after a later one.
    const late = await failing(login, { attempt: 1, since: Date.now() - 12_000 });
    assert.match(late.refused[0]?.reason ?? '', / \(given up after 12 s\)$/);
    assert.equal((await failing(broken)).refused[0]?.reason, broken.message);
    await assert.rejects(failing(login, { attempt: 2 }), login);
    assert.deepEqual(of((await failing(login, { attempt: 3 })).refused)[0], [
      first,
      FAILURES.AuthenticationFailed,
    ]);
  });

  it('is not given up by an attempt that another one has replaced (T3)', async () => {
    const { store } = scene.deps;
    let calls = 0;
    const issueToken: typeof store.issueToken = async (...given) =>
      (calls += 1) === 1 ? store.issueToken(...given) : { kind: 'over' as never };
    const overtaken = failing(busy('locked'), { since: 0 }, { store: { ...store, issueToken } });
    await assert.rejects(overtaken, { name: 'OvertakenError', message: /: over$/ });
  });

  it('has nothing to do on the routers for members that are over already, and says how they ended', async () => {
    await stateOf(first, 'CREATE_COMPLETED');
    await stateOf(second, 'CREATE_FAILED');
    await permit(second, scene.one.id);
    const operator = client(scene.one.device);
    await operator.ok(LOCK);
    const outcome = await scene.apply(reservation, members);
    operator.session.close();
    assert.deepEqual([outcome.complete, outcome.applied, outcome.refused], [[first], [], []]);
    const reason = '/state has version 1 (CREATE_FAILED) already';
    assert.deepEqual(outcome.toRevert, [{ member: second, type: FAILURES.AlreadyEnded, reason }]);
  });

  it('goes on for a member beside one that is kept, and one that has failed', async () => {
    await scene.apply(reservation, [first]);
    await scene.settle(reservation, { confirm: [first] });
    await stateOf(second, 'CREATE_FAILED');
    const [third] = (await scene.gateways(1)) as [PairMember];
    const outcome = await scene.apply(reservation, [first, second, third]);
    assert.equal('complete' in outcome, false);
    assert.deepEqual([outcome.applied, outcome.toRevert], [[first, third], []]);
    assert.deepEqual(of(outcome.refused), [[second, FAILURES.AlreadyEnded]]);
    for (const router of scene.routers) assert.equal(carries(router, third), true);
    await scene.settle(reservation, { revert: [third] });
  });

  it('leaves no router locked where the other one has an operator', async () => {
    const operator = client(scene.other.device);
    await operator.ok(LOCK);
    await assert.rejects(scene.apply(reservation, members), { name: 'NotNowError' });
    const visitor = client(scene.one.device);
    await visitor.ok(LOCK);
    visitor.session.close();
    operator.session.close();
  });

  it('is to be reverted on both if one of them refuses the commit, and looked at again if a session is lost', async () => {
    const { faults } = scene.other.device;
    faults.add({ step: 'activate', outcome: { kind: 'refuse' } });
    const { applied, refused, toRevert } = await scene.apply(reservation, members);
    assert.deepEqual([applied, refused], [[], []]);
    assert.deepEqual(
      of(toRevert),
      members.map((member) => [member, FAILURES.RouterRefused]),
    );
    assert.equal((await scene.settle(reservation, { revert: members })).reverted.length, 2);
    faults.add({ step: 'activate', outcome: { kind: 'drop' } });
    await assert.rejects(scene.apply(reservation, members), { name: 'SessionLostError' });
    await scene.settle(reservation, { revert: members });
  });

  it('is refused while an earlier run may be on one of the routers only', async () => {
    await permit(first, scene.other.id);
    const newer = await register(scene.deps, first.gateway);
    await assert.rejects(scene.apply(reservation, [newer]), {
      type: FAILURES.Superseded,
      message: /another run of one of its gateways may be on the routers$/,
    });
    assert.deepEqual(
      scene.routers.map((router) => logsOf(router).length),
      [1, 1],
    );
  });

  it('keeps clear of a gateway that is to be reverted, also if a newer run has its plan now (T9)', async () => {
    await permit(second, scene.one.id);
    const record = await scene.deps.store.planRecord(second.gateway);
    await etcd()
      .raw.put(KEYS.plan(second.gateway))
      .value(JSON.stringify({ ...record, run: 'heir' }));
    const later = await scene.clashing();
    const { refused } = await scene.apply(reservation, [later]);
    assert.match(
      refused[0]?.reason ?? '',
      new RegExp(`belongs to vpn_gateway .*${second.gateway.resourceId}`),
    );
  });
});
