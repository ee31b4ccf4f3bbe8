/** A parent's registration, by what its children are, and who wins if both register at once. */
import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { useEtcd } from './fixture.ts';
import { FamilyScene, keyOf, nameOf, refOf } from './family-scene.ts';
import type { Member } from './family-scene.ts';
import { racing } from './racing.ts';

describe('a parent', () => {
  const etcd = useEtcd();
  const scene = new FamilyScene(etcd);

  const waits = (child: Member, version: number, phase: string) => ({
    kind: 'waits',
    for: { gateway: refOf(child), name: nameOf(child), version, phase },
  });
  const children = (...members: readonly Member[]) => ({
    kind: 'children',
    some: members.map((child) => ({ gateway: refOf(child), name: nameOf(child) })),
    count: members.length,
  });
  const family = async () => {
    const parent = await scene.standing(scene.parent());
    return { parent, child: await scene.standing(scene.child(parent)) };
  };
  const deletion = (parent: Member, version = 2) =>
    scene.asked(parent, version, { action: 'delete', standing: 1 });

  it('is updated beside children that stand', async () => {
    const { parent } = await family();
    await scene.registered(parent, 2);
    await scene.made(parent, 2);
  });

  it('waits with its update for a child that registered earlier, for all its jobs', async () => {
    const { parent, child } = await family();
    await scene.registered(child, 2);
    assert.deepEqual(await scene.store.register(await scene.asked(parent, 2)), waits(child, 2, 'registered'));
    assert.deepEqual(await scene.keys('waiting', parent), [keyOf(child, parent)]);
    const [first] = (await parent.witness.jobs()).filter(
      (id) => id.startsWith('create:heat_worker') && id.includes(':2:'),
    );
    const record = (await parent.witness.value(`/jobs/all/${first}`)) as [
      string,
      { dependency: string[] },
      0,
    ];
    const name = `static_route:${child.gateway.resourceId}:2:22222`;
    assert.deepEqual(record[1].dependency, [
      `create:heat_worker:${name}`,
      `create:monitoring_worker:${name}`,
    ]);
    await scene.failed(child, 2);
    await scene.registered(parent, 2);
  });

  it('waits for one of very many children: its job depends on those of that one, and on a thousand of the others', async () => {
    const { parent, child } = await family();
    await scene.registered(child, 2);
    const plan = JSON.stringify(await child.witness.value(KEYS.plan(child.gateway)));
    const id = (number: number) => `zz-${'long '.repeat(20)}${number}`;
    const count = 8_000;
    // Each is a copy of the child, under way as well. The last one is the one that is waited for.
    for (let from = 0; from < count; from += 50) {
      const some = Array.from({ length: 50 }, (_, index) => 10_000 + from + index).map(id);
      const write = etcd().raw.if('none', 'Version', '==', 0);
      const puts = some.flatMap((resourceId) => {
        const ref = { resourceType: 'static_route', resourceId };
        const { raw } = etcd();
        return [
          raw.put(KEYS.plan(ref)).value(plan.replaceAll(child.gateway.resourceId, resourceId)),
          raw.put(KEYS.changing(parent.gateway, ref)).value('{}'),
        ];
      });
      await write.then(...puts).commit();
    }
    const last = id(10_000 + count - 1);
    const outcome = await scene.store.register(await scene.asked(parent, 2));
    assert.equal(outcome.kind === 'waits' && outcome.for.gateway.resourceId, last);
    const [first] = (await parent.witness.jobs()).filter(
      (job) => job.startsWith('create:heat_worker') && job.includes(':2:'),
    );
    const [, { dependency }] = (await parent.witness.value(`/jobs/all/${first}`)) as [
      string,
      { dependency: string[] },
      0,
    ];
    assert.equal(dependency.length, 1_002);
    assert.equal(dependency.filter((job) => job.includes(`:${last}:`)).length, 2);
  });

  it('does not leave the stanza in which a child stands', async () => {
    const { parent, child } = await family();
    const place = ['routing-instances', `moved ${parent.gateway.resourceId}`];
    const moved = await scene.asked(parent, 2, { owns: [place], owned: [parent.stanza] });
    assert.deepEqual(await scene.store.register(moved), {
      kind: 'children',
      some: [{ gateway: refOf(child) }],
      count: 1,
    });
    await scene.registered(child, 2, { action: 'delete' });
    await scene.made(child, 2);
    assert.deepEqual(await scene.store.register(moved), { kind: 'registered' });
  });

  it('is deleted in spite of a key of one that lies elsewhere, and the key goes', async () => {
    const parent = await scene.standing(scene.parent());
    const elsewhere = await scene.standing(scene.child(await scene.standing(scene.parent())));
    const key = KEYS.referrer(parent.gateway, elsewhere.gateway);
    await etcd()
      .raw.put(key)
      .value(JSON.stringify(refOf(elsewhere)));
    assert.deepEqual(await scene.store.register(await deletion(parent)), { kind: 'registered' });
    assert.equal(await etcd().raw.get(key).string(), null);
  });

  it('is not deleted under a child that stands: it is named', async () => {
    const { parent, child } = await family();
    assert.deepEqual(await scene.store.register(await deletion(parent)), children(child));
    assert.equal((await scene.store.planRecord(parent.gateway))?.action, 'create');
    assert.deepEqual(await scene.keys('waiting', parent), []);
  });

  it('is not deleted under a child of whose key the value can’t be read: the key names the child', async () => {
    const { parent, child } = await family();
    const key = KEYS.referrer(parent.gateway, child.gateway);
    for (const value of ['garbled', '{}', JSON.stringify(refOf(parent))]) {
      await etcd().raw.put(key).value(value);
      assert.deepEqual(await scene.store.register(await deletion(parent)), children(child));
      assert.equal(await etcd().raw.get(key).string(), value);
    }
  });

  it('is not deleted while a key among those of its children names nobody: the refusal names the key', async () => {
    const { parent } = await family();
    const key = `${KEYS.referrer(parent.gateway)}somebody`;
    await etcd().raw.put(key).value('');
    await assert.rejects(scene.store.register(await deletion(parent)), {
      name: 'StoreCorruptError',
      message: `The record at ${key} can't be read: expected a key that ends with <type>:<id> of a child`,
    });
    assert.equal(await etcd().raw.get(key).exists(), true);
  });

  it('names five of its children, and says how many there are', async () => {
    const { parent } = await family();
    for (let count = 1; count < 7; count += 1) await scene.standing(scene.child(parent));
    const outcome = await scene.store.register(await deletion(parent));
    assert.ok(outcome.kind === 'children', JSON.stringify(outcome));
    assert.deepEqual([outcome.some.length, outcome.count], [5, 7]);
  });

  it('waits with its deletion for a child that is to be deleted, and goes on once it is', async () => {
    const { parent, child } = await family();
    await scene.asked(child, 2, { action: 'delete' });
    const request = await deletion(parent);
    assert.deepEqual(await scene.store.register(request), waits(child, 2, 'to be deleted'));
    await scene.registered(child, 2, { action: 'delete' });
    await scene.made(child, 2);
    assert.deepEqual(await scene.store.register(request), { kind: 'registered' });
  });

  it('is refused if the deletion of a child has failed', async () => {
    const { parent, child } = await family();
    await scene.registered(child, 2, { action: 'delete' });
    await scene.failed(child, 2);
    assert.deepEqual(await scene.store.register(await deletion(parent)), children(child));
  });

  it('waits with its deletion for a child that is being made', async () => {
    const parent = await scene.standing(scene.parent());
    const child = scene.child(parent);
    await scene.registered(child);
    assert.deepEqual(await scene.store.register(await deletion(parent)), waits(child, 1, 'registered'));
    await scene.made(child);
    assert.deepEqual(await scene.store.register(await deletion(parent)), children(child));
  });

  it('removes what says that a child changes or refers to it, if the child’s records say nothing of it', async () => {
    const { parent, child } = await family();
    const changing = `/gateway-saga/changing/${keyOf(parent, child)}`;
    await child.witness.put(changing, refOf(child));
    await scene.registered(parent, 2);
    assert.equal(await child.witness.value(changing), undefined);
    await scene.made(parent, 2);
    await child.witness.remove(child.witness.keys.plan);
    const request = await scene.asked(parent, 3, { action: 'delete' });
    assert.deepEqual(await scene.store.register(request), { kind: 'registered' });
    assert.deepEqual(await scene.keys('referrers', child), []);
  });

  describe('that registers its deletion while a child registers:', () => {
    const planOf = async ({ gateway }: Member) => (await scene.store.planRecord(gateway))?.action;

    it('the child wins if it writes first', async () => {
      const parent = await scene.standing(scene.parent());
      const child = scene.child(parent);
      const request = await scene.asked(child);
      let [paused, goOn] = [(): void => {}, (): void => {}];
      const isPaused = new Promise<void>((resolve) => (paused = resolve));
      const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
      // The child has read its parent's record without a mark. Its own registration is not written yet, so the parent sees no child.
      const registering = racing(
        etcd(),
        `"resourceId":"${child.gateway.resourceId}","version":1`,
        async () => {
          paused();
          await mayGoOn;
        },
        (store) => store.register(request),
      );
      await isPaused;
      const deleting = await deletion(parent);
      const outcome = await racing(
        etcd(),
        `"resourceId":"${parent.gateway.resourceId}","version":2`,
        async () => {
          goOn();
          assert.deepEqual(await registering, { kind: 'registered' });
        },
        (store) => store.register(deleting),
      );
      assert.deepEqual(outcome, waits(child, 1, 'registered'));
      assert.deepEqual([await planOf(parent), await planOf(child)], ['create', 'create']);
    });

    for (const where of ['inside', 'beside'] as const)
      it(`the parent wins if it writes first; the child’s stanza lies ${where} its own`, async () => {
        const parent = await scene.standing(scene.parent());
        const inner = scene.child(parent);
        // A child is read through its parent, but need not lie in its parent's stanzas, which the parent's deletion claims anew.
        const child = where === 'inside' ? inner : { ...inner, stanza: scene.parent().stanza };
        const request = await scene.asked(child);
        const outcome = await racing(
          etcd(),
          `"resourceId":"${child.gateway.resourceId}","version":1`,
          () => scene.registered(parent, 2, { action: 'delete' }),
          (store) => store.register(request),
        );
        assert.equal(outcome.kind, 'parent absent');
        assert.deepEqual([await planOf(parent), await planOf(child)], ['delete', undefined]);
        assert.deepEqual(await scene.keys('referrers', child), []);
      });
  });

  it('that is updated while a child registers goes first or second, never both at once', async () => {
    const parent = await scene.standing(scene.parent());
    const child = scene.child(parent);
    const request = await scene.asked(parent, 2);
    const outcome = await racing(
      etcd(),
      `"resourceId":"${parent.gateway.resourceId}","version":2`,
      () => scene.registered(child),
      (store) => store.register(request),
    );
    assert.deepEqual(outcome, waits(child, 1, 'registered'));
  });
});
