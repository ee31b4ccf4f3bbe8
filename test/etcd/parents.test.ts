/** A child's registration, by what its parent is. */
import assert from 'node:assert/strict';
import { readComplete } from '../../gateway/records.ts';
import { useEtcd } from './fixture.ts';
import { FamilyScene, keyOf, nameOf, refOf, waitedOf } from './family-scene.ts';
import type { Member } from './family-scene.ts';
import { racing } from './racing.ts';
import { created, failed } from './publication.ts';

describe('a child', () => {
  const etcd = useEtcd();
  const scene = new FamilyScene(etcd);

  const waits = (parent: Member, version: number, phase: string) => ({
    kind: 'waits',
    for: { gateway: refOf(parent), name: nameOf(parent), version, phase },
  });
  const absent = (parent: Member, why: string) => ({
    kind: 'parent absent',
    parent: { gateway: refOf(parent), name: nameOf(parent) },
    why,
  });
  const firstDependency = async (member: Member) => {
    const [first] = (await member.witness.jobs()).filter((id) => id.startsWith('create:heat_worker'));
    const record = (await member.witness.value(`/jobs/all/${first}`)) as [
      string,
      { dependency: string[] },
      0,
    ];
    return record[1].dependency;
  };

  it('is not registered where its parent is to stand: it waits until it does, and fails if that fails', async () => {
    const parent = await scene.standing(scene.parent());
    const child = scene.child(parent);
    const place = ['routing-instances', `moved ${parent.gateway.resourceId}`];
    const owns = [[...place, 'routing-options', 'static', 'route', '192.0.2.0/24']];
    const next = await scene.asked(parent, 2, { owns: [place], owned: [parent.stanza] });
    const request = await scene.asked(child, 1, { owns });
    assert.deepEqual(await scene.store.register(request), waits(parent, 2, 'asked for'));
    const again = { ...request, waited: waitedOf(request, parent) };
    assert.deepEqual(await scene.store.register(next), { kind: 'registered' });
    assert.deepEqual(await scene.store.register(again), waits(parent, 2, 'registered'));
    await scene.failed(parent, 2);
    assert.deepEqual(
      await scene.store.register(again),
      absent(parent, `stands by version 1, which has no place for "${owns[0]?.join(' ')}"`),
    );
    await scene.registered(parent, 3, { owns: [place], owned: [parent.stanza], standing: 1 });
    await scene.made(parent, 3);
    assert.deepEqual(await scene.store.register(again), { kind: 'registered' });
  });

  it('may have a stanza apart from its parent, of the same sort as one of the parent', async () => {
    const parent = await scene.standing(scene.parent());
    const child = scene.child(parent);
    const apart = ['routing-instances', `apart ${child.gateway.resourceId}`, 'routing-options', 'router-id'];
    const request = await scene.asked(child, 1, { owns: [apart] });
    assert.deepEqual(await scene.store.register(request), { kind: 'registered' });
  });

  it('is registered inside a parent that stands, and is a referrer with a change under way', async () => {
    const parent = await scene.standing(scene.parent());
    const child = scene.child(parent);
    await scene.registered(child);
    assert.deepEqual(await scene.keys('referrers', child), [keyOf(parent, child)]);
    assert.deepEqual(await scene.keys('changing', child), [keyOf(parent, child)]);
    await scene.made(child);
    assert.deepEqual(await scene.keys('referrers', child), [keyOf(parent, child)]);
    assert.deepEqual(await scene.keys('changing', child), []);
  });

  it('whose creation failed is a referrer no more', async () => {
    const parent = await scene.standing(scene.parent());
    const child = scene.child(parent);
    await scene.registered(child);
    await scene.failed(child);
    assert.deepEqual(await scene.keys('referrers', child), []);
    assert.deepEqual(await scene.keys('changing', child), []);
  });

  it('refers to its grandparent, too, and lies in both', async () => {
    const parent = await scene.standing(scene.parent());
    const child = await scene.standing(scene.child(parent));
    const grandchild = scene.child(child, 'route_option');
    await scene.registered(grandchild);
    assert.deepEqual(
      [...(await scene.keys('referrers', grandchild))].sort(),
      [keyOf(child, grandchild), keyOf(parent, grandchild)].sort(),
    );
  });

  it('waits for a parent whose configuration is there, and of which nothing stands', async () => {
    const parent = scene.parent();
    await scene.asked(parent);
    const child = scene.child(parent);
    const request = await scene.asked(child);
    assert.deepEqual(await scene.store.register(request), waits(parent, 1, 'asked for'));
    assert.deepEqual(await scene.keys('waiting', child), [keyOf(parent, child)]);
    assert.equal((await child.witness.jobs()).length, 2, 'its jobs are written at once');
    assert.deepEqual(await firstDependency(child), []);
    assert.equal(await scene.store.planRecord(child.gateway), undefined);
    assert.deepEqual(await child.witness.ownClaims(), []);
  });

  it('waits for a parent that is registered, for its provisioning: not for its monitoring', async () => {
    const parent = scene.parent();
    await scene.registered(parent);
    const child = scene.child(parent);
    const request = await scene.asked(child);
    assert.deepEqual(await scene.store.register(request), waits(parent, 1, 'registered'));
    const { resourceId } = parent.gateway;
    const job = `create:heat_worker:vpn_gateway:${resourceId}:1:11111`;
    assert.deepEqual(await firstDependency(child), [job]);

    // Once the child goes on, its jobs are still as they were written.
    await scene.store.permitApply(parent.gateway, 'run-1');
    const waited = waitedOf(request, parent);
    assert.deepEqual(await scene.store.register({ ...request, waited }), waits(parent, 1, 'applying'));
    await scene.made(parent);
    assert.deepEqual(await scene.store.register({ ...request, waited }), { kind: 'registered' });
    assert.deepEqual(await firstDependency(child), [job]);
    assert.deepEqual(await scene.keys('waiting', child), []);
  });

  it('waits for the provisioning of its parent, by whatever words the kind names its handlers', async () => {
    for (const [action, version, handlers, provisioning] of [
      ['create', 1, ['router_worker', 'heat_worker'], 0],
      ['create', 1, ['router_worker'], 0],
      ['update', 2, ['heat_worker', 'router_worker', 'heat_worker'], 1],
      ['update', 2, ['router_worker'], 0],
    ] as const) {
      const parent = action === 'create' ? scene.parent() : await scene.standing(scene.parent());
      const { resourceId } = parent.gateway;
      const jobs = handlers.map((handler, at) => `create:${handler}:vpn_gateway:${resourceId}:${at}:11111`);
      const request = await scene.asked(parent, version);
      const planRecord = { ...request.planRecord, jobs };
      assert.equal((await scene.store.register({ ...request, planRecord })).kind, 'registered');
      const child = scene.child(parent);
      const asked = await scene.asked(child);
      assert.deepEqual(await scene.store.register(asked), waits(parent, version, 'registered'));
      assert.deepEqual(await firstDependency(child), [jobs[provisioning]], `${action} ${handlers.join()}`);
    }
  });

  it('writes nothing when it goes on waiting', async () => {
    const parent = scene.parent();
    await scene.registered(parent);
    const child = scene.child(parent);
    const request = await scene.asked(child);
    await scene.store.register(request);
    const revision = await child.witness.revision();
    const waited = waitedOf(request, parent);
    assert.equal((await scene.store.register({ ...request, waited })).kind, 'waits');
    assert.equal(await child.witness.revision(), revision);
  });

  it('waits for a parent that is kept, until that is published', async () => {
    const parent = scene.parent();
    await scene.registered(parent);
    const child = scene.child(parent);
    await scene.store.permitApply(parent.gateway, 'run-1');
    const plan = await parent.witness.value(parent.witness.keys.plan);
    await parent.witness.put(parent.witness.keys.plan, { ...(plan as object), kept: true });
    assert.deepEqual(
      await scene.store.register(await scene.asked(child)),
      waits(parent, 1, 'being published'),
    );
  });

  it('waits for an update of its parent that registered earlier', async () => {
    const parent = await scene.standing(scene.parent());
    await scene.registered(parent, 2);
    const child = scene.child(parent);
    assert.deepEqual(await scene.store.register(await scene.asked(child)), waits(parent, 2, 'registered'));
  });

  it('does not wait for a newer version of its parent that is not registered', async () => {
    const parent = await scene.standing(scene.parent());
    await scene.asked(parent, 2);
    await scene.registered(scene.child(parent));
  });

  it('goes on after a failed update of its parent, if the older version stands', async () => {
    const parent = await scene.standing(scene.parent());
    await scene.registered(parent, 2);
    await scene.failed(parent, 2);
    await scene.registered(scene.child(parent));
  });

  it('waits while a router owes the revert of its parent', async () => {
    const parent = await scene.standing(scene.parent());
    await scene.registered(parent, 2);
    const at = { ...parent.gateway, version: 2 };
    await scene.store.permitApply(at, 'run-2');
    await scene.store.publish(failed(at, { run: 'run-2', clean: false }));
    const child = scene.child(parent);
    assert.deepEqual(await scene.store.register(await scene.asked(child)), waits(parent, 2, 'owing'));
  });

  it('fails at once if its parent has failed', async () => {
    const parent = scene.parent();
    await scene.registered(parent);
    await scene.failed(parent);
    const child = scene.child(parent);
    assert.deepEqual(
      await scene.store.register(await scene.asked(child)),
      absent(parent, 'failed: MX-1 said no'),
    );
    assert.deepEqual(await child.witness.jobs(), []);
  });

  it('waits for a parent that has failed, if that is asked for anew', async () => {
    const parent = scene.parent();
    await scene.registered(parent);
    await scene.failed(parent);
    await scene.asked(parent, 2, { action: 'create' });
    const child = scene.child(parent);
    assert.deepEqual(await scene.store.register(await scene.asked(child)), waits(parent, 2, 'asked for'));
  });

  it('fails at once if its parent is not there, or is to be deleted', async () => {
    const parent = scene.parent();
    const child = scene.child(parent);
    const request = await scene.asked(child);
    assert.deepEqual(await scene.store.register(request), {
      kind: 'parent absent',
      parent: { gateway: refOf(parent) },
      why: 'is not there',
    });
    await scene.standing(parent);
    await scene.asked(parent, 2, { action: 'delete' });
    assert.deepEqual(await scene.store.register(request), absent(parent, 'is being deleted'));
  });

  it('waits for a parent of which only READ_COMPLETE is said, from before there was a kind for it', async () => {
    const parent = scene.parent();
    await scene.asked(parent);
    await parent.witness.put(parent.witness.keys.state, readComplete(1));
    const child = scene.child(parent);
    assert.deepEqual(await scene.store.register(await scene.asked(child)), waits(parent, 1, 'asked for'));
    await scene.registered(parent);
    assert.deepEqual(await scene.store.register(await scene.asked(child)), waits(parent, 1, 'registered'));
  });

  it('fails at once if its parent stands by another system', async () => {
    const parent = scene.parent();
    await scene.asked(parent);
    const state = { worker_state: 'CREATE_COMPLETED' };
    await parent.witness.put(parent.witness.keys.state, { state, version: 1, error: '' });
    const child = scene.child(parent);
    assert.deepEqual(
      await scene.store.register(await scene.asked(child)),
      absent(parent, 'stands, and gateway-saga has no record of it'),
    );
  });

  it('that is to be deleted needs no parent that stands, but waits for one that is being updated', async () => {
    const parent = await scene.standing(scene.parent());
    const child = await scene.standing(scene.child(parent));
    await scene.registered(parent, 2);
    const deletion = await scene.asked(child, 2, { action: 'delete' });
    assert.deepEqual(await scene.store.register(deletion), waits(parent, 2, 'registered'));
    await scene.failed(parent, 2);
    await scene.asked(parent, 3, { action: 'delete', standing: 1 });
    const waited = waitedOf(deletion, parent);
    assert.deepEqual(await scene.store.register({ ...deletion, waited }), { kind: 'registered' });
    await scene.made(child, 2);
    assert.deepEqual(await scene.keys('referrers', child), []);
  });

  it('of which an earlier run waited takes its place, and removes its jobs', async () => {
    const parent = scene.parent();
    await scene.asked(parent);
    const child = scene.child(parent);
    await scene.store.register(await scene.asked(child));
    const [before] = await child.witness.jobs();
    const revision = (await child.witness.entry(child.witness.keys.config))?.mod_revision ?? '';
    const later = scene.request(child, 1, revision, { run: 'later' });
    const jobs = later.jobs.map((job) => ({ ...job, id: job.id.replace(/.{5}$/, 'later') }));
    const planRecord = { ...later.planRecord, jobs: jobs.map(({ id }) => id) };
    assert.equal((await scene.store.register({ ...later, jobs, planRecord })).kind, 'waits');
    const left = await child.witness.jobs();
    assert.equal(left.length, 2);
    assert.ok(!left.includes(before ?? ''), left.join());
  });

  it('removes, when it registers, what an earlier run has left that was terminated while it waited', async () => {
    const parent = scene.parent();
    await scene.asked(parent);
    const child = scene.child(parent);
    await scene.store.register(await scene.asked(child));
    const left = await child.witness.jobs();
    await scene.standing(parent);
    const revision = (await child.witness.entry(child.witness.keys.config))?.mod_revision ?? '';
    const later = scene.request(child, 1, revision, { run: 'later' });
    const jobs = later.jobs.map((job) => ({ ...job, id: job.id.replace(/.{5}$/, 'later') }));
    const planRecord = { ...later.planRecord, jobs: jobs.map(({ id }) => id) };
    assert.deepEqual(await scene.store.register({ ...later, jobs, planRecord }), { kind: 'registered' });
    assert.deepEqual(await scene.keys('waiting', child), []);
    const now = await child.witness.jobs();
    assert.deepEqual([now.length, now.some((id) => left.includes(id))], [2, false]);
  });

  for (const end of ['completed', 'failed'] as const)
    it(`that begins to wait while its parent is published as ${end} is not forgotten`, async () => {
      const parent = scene.parent();
      await scene.registered(parent);
      const child = scene.child(parent);
      const request = await scene.asked(child);
      if (end === 'completed') {
        await scene.store.permitApply(parent.gateway, 'run-1');
        const plan = await parent.witness.value(parent.witness.keys.plan);
        await parent.witness.put(parent.witness.keys.plan, { ...(plan as object), kept: true });
      }
      // The parent has looked whether somebody waits. The child begins to wait before the parent's write.
      const outcome = await racing(
        etcd(),
        end === 'completed' ? 'CREATE_COMPLETED' : 'CREATE_FAILED',
        async () => assert.equal((await scene.store.register(request)).kind, 'waits'),
        (store) => store.publish(end === 'completed' ? created(parent.gateway) : failed(parent.gateway)),
      );
      assert.deepEqual(outcome, { kind: 'published', isAwaited: true });
    });

  it('does not begin to wait for a parent that ends meanwhile', async () => {
    const parent = scene.parent();
    await scene.registered(parent);
    const child = scene.child(parent);
    const request = await scene.asked(child);
    const outcome = await racing(
      etcd(),
      `"${child.gateway.resourceId}","run":"run-1"`,
      () => scene.failed(parent),
      (store) => store.register(request),
    );
    assert.deepEqual(outcome, absent(parent, 'failed: MX-1 said no'));
    assert.deepEqual(await scene.keys('waiting', child), []);
    assert.deepEqual(await child.witness.jobs(), []);
  });

  it('that ends while it waits leaves neither key nor jobs', async () => {
    const parent = scene.parent();
    await scene.asked(parent);
    const child = scene.child(parent);
    const request = await scene.asked(child);
    await scene.store.register(request);
    const waited = waitedOf(request, parent);
    const failure = failed(child.gateway, { registered: false, error: 'cancelled' });
    assert.deepEqual(await scene.store.publish({ ...failure, waited }), { kind: 'published' });
    assert.deepEqual(await scene.keys('waiting', child), []);
    assert.deepEqual(await child.witness.jobs(), []);
  });

  it('that is superseded while it waits leaves neither key nor jobs, and nothing is told', async () => {
    const parent = scene.parent();
    await scene.asked(parent);
    const child = scene.child(parent);
    const request = await scene.asked(child);
    await scene.store.register(request);
    await scene.asked(child, 2, { action: 'create' });
    const failure = failed(child.gateway, { registered: false });
    const outcome = { ...failure.outcome, kind: 'failed', isSuperseded: true } as const;
    const published = await scene.store.publish({
      ...failure,
      outcome: outcome as never,
      waited: waitedOf(request, parent),
    });
    assert.equal(published.kind, 'void');
    assert.deepEqual(await scene.keys('waiting', child), []);
    assert.deepEqual(await child.witness.jobs(), []);
    assert.equal(await child.witness.value(child.witness.keys.state), undefined);
  });
});
