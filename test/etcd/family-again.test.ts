/** Another attempt at a version that has failed is a change under way, although `/state` tells of the failure until the attempt ends. */
import assert from 'node:assert/strict';
import { useEtcd } from './fixture.ts';
import type { RegisterRequest } from '../../etcd/register.ts';
import { failed } from './publication.ts';
import { FamilyScene, keyOf, nameOf, refOf } from './family-scene.ts';
import type { Member } from './family-scene.ts';

describe('another attempt at a version that has failed', () => {
  const etcd = useEtcd();
  const scene = new FamilyScene(etcd);

  /** Asked for by a person, and registered. */
  async function attempted(member: Member, version = 1): Promise<void> {
    await scene.registered(member, version);
    await scene.failed(member, version);
    assert.deepEqual(await scene.store.register(await again(member, version)), { kind: 'registered' });
  }
  async function again(member: Member, version = 1): Promise<RegisterRequest> {
    const at = { ...member.gateway, version };
    const revision = (await member.witness.entry(member.witness.keys.config))?.mod_revision ?? '';
    const { planRecord, ...request } = scene.request(member, version, revision, { run: 'run-again' });
    const replaces = (await scene.store.state(at))?.revision;
    return { ...request, planRecord: { ...planRecord, replaces } };
  }
  const waits = (other: Member, version: number, phase: string) => ({
    kind: 'waits',
    for: { gateway: refOf(other), name: nameOf(other), version, phase },
  });

  it('of a parent is waited for by its child', async () => {
    const parent = scene.parent();
    await attempted(parent);
    const child = scene.child(parent);
    assert.deepEqual(await scene.store.register(await scene.asked(child)), waits(parent, 1, 'registered'));
  });

  it('of a child is waited for by its parent, and goes on being a change under way', async () => {
    const parent = await scene.standing(scene.parent());
    const child = scene.child(parent);
    await attempted(child);
    assert.deepEqual(await scene.store.register(await scene.asked(parent, 2)), waits(child, 1, 'registered'));
    assert.deepEqual(await scene.keys('changing', child), [keyOf(parent, child)]);
  });

  it('of a child waits for its parent, although the plan record of the first attempt stays', async () => {
    const parent = await scene.standing(scene.parent());
    const child = scene.child(parent);
    await scene.registered(child);
    const owed = failed({ ...child.gateway, version: 1 }, { run: 'run-1', clean: false });
    assert.equal((await scene.store.publish(owed)).kind, 'published');
    await scene.registered(parent, 2);
    const attempt = await again(child);
    assert.deepEqual(await scene.store.register(attempt), waits(parent, 2, 'registered'));
    await scene.made(parent, 2);
    assert.deepEqual(await scene.store.register(attempt), { kind: 'registered' });
    // Once the attempt has registered, nothing that comes later keeps it from going on. Its own next run goes on, too.
    const { planRecord, ...rest } = attempt;
    const next = { ...rest, planRecord: { ...planRecord, run: 'run-next' } };
    assert.deepEqual(await scene.store.register(next), { kind: 'registered' });
  });
});
