/** etcd takes 128 comparisons and 128 operations in one transaction. Of whatever there may be many, the tests write as many as a limit, fewer, and more. */
import assert from 'node:assert/strict';
import { STANZAS_LIMIT } from '../../activities/saga/preparation.ts';
import { claimFindings } from '../../command/doctor-claims.ts';
import { recordsIn } from '../../command/doctor-records.ts';
import { EtcdClient } from '../../etcd/client.ts';
import type { Written } from '../../etcd/client.ts';
import { StoreRefusedError, StoreUnavailableError } from '../../etcd/errors.ts';
import { READ_LIMIT } from '../../etcd/members.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { failedState } from '../../gateway/records.ts';
import { KEYS } from '../../etcd/keys.ts';
import { storeOver } from '../../etcd/store.ts';
import { FamilyScene, refOf } from './family-scene.ts';
import { newGateway, requestFor, useOwnEtcd, Witness } from './fixture.ts';
import { created, failed, keep } from './publication.ts';
import { newMembers, newRouters, owedChangeFor, requestOf, SINCE } from './reservation-fixture.ts';

describe('a number at a limit', function () {
  this.timeout(60_000);
  const etcd = useOwnEtcd();

  async function reserved() {
    const { store } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    await store.issueToken(request, {});
    return { store, routers, fence: { ...request, token: 1 } };
  }

  for (const count of [47, 48, 49, 63, 64, 65, 96, 97]) {
    it(`of members (${count}) is permitted, kept, and gone from the reservation`, async () => {
      const { store, routers, fence } = await reserved();
      const members = newMembers(count);
      for (const { gateway } of members) {
        const config = { revision: '1', digest: 'sha256:0', secretFields: [] };
        const record = { ...requestFor(gateway, '0').planRecord, config, mayBeApplied: true };
        await etcd().raw.put(KEYS.plan(gateway)).value(JSON.stringify(record));
      }
      assert.equal(await store.permitCommit(fence, routers, members, SINCE), true);
      assert.deepEqual((await store.router(routers[1])).reservation?.members, members);
      const finished = { [routers[0]]: members, [routers[1]]: members };
      assert.equal(await store.markSettled(fence, { kept: members, finished }), true);
      for (const router of routers) assert.deepEqual((await store.router(router)).reservation?.members, []);
      for (const { gateway } of members) {
        const plan = (await new Witness(etcd().raw, gateway).value(KEYS.plan(gateway))) as PlanRecord;
        assert.equal(plan.kept, true, gateway.resourceId);
      }
    });
  }

  for (const count of [1, 31, 32, 33, 64, 65]) {
    it(`of owed changes (${count}) is written, each once`, async () => {
      const { store, routers, fence } = await reserved();
      const owedChanges = newMembers(count).map(({ gateway }) => owedChangeFor(gateway));
      assert.equal(await store.addOwedChanges(fence, routers[0], [...owedChanges, ...owedChanges]), true);
      const ids = (all: typeof owedChanges) => all.map(({ gateway }) => gateway.resourceId).sort();
      assert.deepEqual(ids([...(await store.router(routers[0])).owedChanges]), ids(owedChanges));
    });
  }

  for (const count of [READ_LIMIT - 1, READ_LIMIT, READ_LIMIT + 1, 2 * READ_LIMIT + 1])
    it(`of gateways (${count}) is read in order`, async () => {
      const { store, raw } = etcd();
      const gateways = newMembers(count).map(({ gateway }) => gateway);
      const last = gateways.at(-1) ?? newGateway();
      await raw.put(KEYS.state(last)).value(JSON.stringify(failedState(1, 'x')));
      const states = await store.states(gateways);
      assert.equal(states.length, count);
      assert.deepEqual(
        states.flatMap((state, index) => (state === undefined ? [] : [index])),
        [count - 1],
      );
      assert.equal((await store.plans(gateways)).length, count);
    });

  /** A gateway that owns so many stanzas on its two routers together. */
  function owner(count: number, ids?: readonly string[]) {
    const gateway = newGateway();
    const request = requestFor(gateway, '0');
    const routers = Object.fromEntries(
      Object.entries(request.planRecord.routers).map(([role, { id, before, after }], index) => {
        const length = index === 0 ? Math.ceil(count / 2) : Math.floor(count / 2);
        const owns = Array.from({ length }, (_, unit) => [
          'interfaces',
          gateway.resourceId,
          'unit',
          String(unit),
        ]);
        return [role, { id: ids?.[index] ?? id, before, after: after && { ...after, owns } }];
      }),
    ) as unknown as PlanRecord['routers'];
    return { gateway, request: { ...request, planRecord: { ...request.planRecord, routers } } };
  }

  for (const isOwed of [false, true])
    it(`of stanzas (${STANZAS_LIMIT}) is freed by the write that removes the last owed change, with ${isOwed ? 'another' : 'no'} change owed`, async () => {
      const { store, raw } = etcd();
      const { routers, fence } = await reserved();
      const { gateway, request } = owner(STANZAS_LIMIT, routers);
      const witness = new Witness(raw, gateway);
      const configRevision = await witness.configure();
      assert.deepEqual(await store.register({ ...request, configRevision }), { kind: 'registered' });
      await witness.put(witness.keys.state, failedState(1, 'x'));
      const owed = owedChangeFor(gateway);
      const other = owedChangeFor(gateway, '7');
      await store.addOwedChanges(fence, routers[0], isOwed ? [owed, other] : [owed]);
      if (isOwed) assert.equal(await store.payOwedChange(fence, routers[0], other), true);
      assert.equal((await witness.ownClaims()).length, STANZAS_LIMIT);
      assert.equal(await store.payOwedChange(fence, routers[0], owed), true);
      assert.deepEqual(await witness.ownClaims(), []);
    });

  for (const count of [63, 64, 65, 124])
    it(`of stanzas (${count}) is claimed with a registration, and freed with it`, async () => {
      const { store, raw } = etcd();
      const { gateway, request } = owner(count);
      const witness = new Witness(raw, gateway);
      const configRevision = await witness.configure();
      assert.deepEqual(await store.register({ ...request, configRevision }), { kind: 'registered' });
      assert.equal((await witness.ownClaims()).length, count);
      await witness.put(witness.keys.state, failedState(1, 'x'));
      await store.freeClaims(gateway);
      assert.deepEqual(await witness.ownClaims(), []);
      assert.equal(await witness.value(witness.keys.plan), undefined);
    });

  it(`of stanzas (${STANZAS_LIMIT}) is freed once a failure is published`, async () => {
    const { store, raw } = etcd();
    const { gateway, request } = owner(STANZAS_LIMIT);
    const witness = new Witness(raw, gateway);
    const configRevision = await witness.configure();
    assert.deepEqual(await store.register({ ...request, configRevision }), { kind: 'registered' });
    assert.equal((await store.publish(failed(gateway))).kind, 'published');
    assert.deepEqual(await witness.ownClaims(), []);
    assert.equal(await witness.value(witness.keys.plan), undefined);
  });

  for (const [action, left] of [
    ['delete', 0],
    ['update', 2],
  ] as const)
    it(`of stanzas (${STANZAS_LIMIT}) is freed once the ${action} that gives them up is published`, async () => {
      const { store, raw } = etcd();
      const { gateway, request } = owner(STANZAS_LIMIT);
      const witness = new Witness(raw, gateway);
      const first = { ...request, configRevision: await witness.configure() };
      assert.deepEqual(await store.register(first), { kind: 'registered' });
      await store.permitApply(gateway, 'run-1');
      await keep(etcd(), gateway);
      assert.equal((await store.publish(created(gateway))).kind, 'published');
      assert.equal((await witness.ownClaims()).length, STANZAS_LIMIT);
      const newer = { ...gateway, version: 2 };
      const next = requestFor(newer, await witness.configure(2, action === 'delete'), {
        run: 'run-2',
        jobs: '22222',
      });
      const routers = Object.fromEntries(
        Object.entries(request.planRecord.routers).map(([role, { id, after: before }]) => {
          const after = action === 'delete' ? null : before && { ...before, owns: before.owns.slice(0, 1) };
          return [role, { id, before, after }];
        }),
      ) as unknown as PlanRecord['routers'];
      const planRecord = { ...next.planRecord, action, standing: 1, routers };
      assert.deepEqual(await store.register({ ...next, planRecord }), { kind: 'registered' });
      await store.permitApply(newer, 'run-2');
      await keep(etcd(), newer, 'run-2');
      const completed = created(newer, 'run-2');
      assert.equal((await store.publish(completed)).kind, 'published');
      assert.equal((await witness.ownClaims()).length, left);
      const plan = (await witness.value(witness.keys.plan)) as PlanRecord | undefined;
      assert.deepEqual(plan?.routers.primary.before?.owns.length, left === 0 ? undefined : 1);
      assert.equal((await store.publish(completed)).kind, 'published');
    });

  for (const action of ['creation', 'deletion'] as const)
    it(`of stanzas (${STANZAS_LIMIT}) of a failed creation that nobody has freed is told by doctor, and freed by the next ${action}`, async () => {
      const { store, raw } = etcd();
      const { gateway, request } = owner(STANZAS_LIMIT);
      const witness = new Witness(raw, gateway);
      const configRevision = await witness.configure();
      assert.deepEqual(await store.register({ ...request, configRevision }), { kind: 'registered' });
      class Dying extends EtcdClient {
        override async write(...[operation, ...asked]: Parameters<EtcdClient['write']>): Promise<Written> {
          if (operation === 'free claims') throw new StoreUnavailableError(operation, 'killed');
          return super.write(operation, ...asked);
        }
      }
      const dying = storeOver(new Dying({ endpoints: [etcd().endpoint] }));
      await assert.rejects(dying.publish(failed(gateway)), StoreUnavailableError);
      dying.close();
      assert.equal((await witness.ownClaims()).length, STANZAS_LIMIT);
      const found = async () => {
        const inventory = await store.inventory([gateway.resourceType]);
        return claimFindings(
          gateway,
          { ...recordsIn(inventory)(gateway), isCreated: false, stands: false, isOwed: false },
          { claims: inventory.claims, textOf: ({ resourceId }) => resourceId },
        );
      };
      const [left, ...more] = await found();
      assert.match(
        left?.what ?? '',
        new RegExp(`: it has ${STANZAS_LIMIT} claims that it does not need any more`),
      );
      assert.deepEqual(more, []);
      const newer = { ...gateway, version: 2 };
      const revision = await witness.configure(2, action === 'deletion');
      if (action === 'deletion') assert.deepEqual(await store.publishNothing(newer), { kind: 'published' });
      else {
        const next = requestFor(newer, revision, { run: 'run-2', jobs: '22222' });
        assert.deepEqual(await store.register(next), { kind: 'registered' });
      }
      assert.equal((await witness.ownClaims()).length, action === 'deletion' ? 0 : 4);
      assert.deepEqual(await found(), []);
    });

  it(`of stanzas (${STANZAS_LIMIT}) stays claimed if a router's record can't be read, and the outcome is published`, async () => {
    const { store, raw } = etcd();
    const { gateway, request } = owner(STANZAS_LIMIT);
    const witness = new Witness(raw, gateway);
    const first = { ...request, configRevision: await witness.configure() };
    assert.deepEqual(await store.register(first), { kind: 'registered' });
    const router = KEYS.router(request.planRecord.routers.primary.id);
    await raw.put(router).value('nonsense');
    const failure = failed(gateway);
    assert.equal((await store.publish(failure)).kind, 'published');
    assert.equal((await witness.ownClaims()).length, STANZAS_LIMIT);
    await raw.delete().key(router);
    assert.equal((await store.publish(failure)).kind, 'published');
    assert.deepEqual(await witness.ownClaims(), []);
  });

  for (const count of [62, 64, 96, STANZAS_LIMIT])
    it(`of stanzas (${count}) is claimed in place of as many of a version that was left before it was applied`, async () => {
      const { store, raw } = etcd();
      const { gateway, request } = owner(count);
      const witness = new Witness(raw, gateway);
      const first = { ...request, configRevision: await witness.configure() };
      assert.deepEqual(await store.register(first), { kind: 'registered' });
      const newer = { ...gateway, version: 2 };
      const next = requestFor(newer, await witness.configure(2), { run: 'run-2', jobs: '22222' });
      const moved = Object.fromEntries(
        Object.entries(request.planRecord.routers).map(([role, { id, before, after }]) => {
          const owns = after?.owns.map((stanza) => [...stanza, 'family']) ?? [];
          return [role, { id, before, after: after && { ...after, owns } }];
        }),
      ) as unknown as PlanRecord['routers'];
      const planRecord = { ...next.planRecord, routers: moved };
      assert.deepEqual(await store.register({ ...next, planRecord }), { kind: 'registered' });
      assert.equal((await witness.ownClaims()).length, count);
    });

  it('of parents that earlier versions had (56) beside 4 stanzas lets the update and the deletion register and end', async () => {
    const scene = new FamilyScene(etcd);
    const parent = await scene.standing(scene.parent());
    const member = await scene.standing(scene.child(parent));
    const { witness } = member;
    const plan = (await witness.value(witness.keys.plan)) as PlanRecord;
    const earlier = Array.from({ length: 56 }, () => refOf({ gateway: newGateway() }));
    await witness.put(witness.keys.plan, { ...plan, parents: [...(plan.parents ?? []), ...earlier] });
    const owns = [member.stanza, [...member.stanza, 'tag']];
    await scene.registered(member, 2, { owns, owned: [member.stanza] });
    await scene.made(member, 2);
    const parents = (await scene.store.planRecord(member.gateway))?.parents ?? [];
    assert.equal(parents.length, 57);
    await scene.registered(member, 3, { action: 'delete', owns, owned: owns, parents });
    await scene.made(member, 3);
    assert.deepEqual(await scene.keys('referrers', member), []);
    assert.deepEqual(await witness.ownClaims(), []);
  });

  it('of stanzas beyond what one transaction can claim registers nothing, and says so', async () => {
    const { store, raw } = etcd();
    const { gateway, request } = owner(125);
    const witness = new Witness(raw, gateway);
    const configRevision = await witness.configure();
    await assert.rejects(store.register({ ...request, configRevision }), StoreRefusedError);
    assert.deepEqual(await witness.ownClaims(), []);
    assert.equal(await witness.value(witness.keys.jobState), undefined);
  });
});
