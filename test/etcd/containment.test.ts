/** Stanzas around and inside one another: who may claim them. */
import assert from 'node:assert/strict';
import { useEtcd } from './fixture.ts';
import { FamilyScene, refOf } from './family-scene.ts';
import type { Member } from './family-scene.ts';
import { racing } from './racing.ts';

describe('a stanza', () => {
  const etcd = useEtcd();
  const scene = new FamilyScene(etcd);
  const clash = ({ stanza }: Member, other: Member, lies: 'around' | 'inside') => ({
    kind: 'clash',
    routerId: 'router-1',
    stanza,
    holder: refOf(other),
    other: { lies, stanza: other.stanza },
  });
  /** A gateway whose stanza lies inside that of `outer`, and that does not refer to `outer`. */
  const stranger = (outer: Member): Member => ({ ...scene.child(outer), within: [] });

  it('inside that of a gateway that is no parent is refused, and named', async () => {
    const outer = await scene.standing(scene.parent());
    const inner = stranger(outer);
    assert.deepEqual(await scene.store.register(await scene.asked(inner)), clash(inner, outer, 'around'));
    assert.deepEqual(await inner.witness.ownClaims(), []);
  });

  it('around that of another gateway is refused to a creation, and named', async () => {
    const outer = scene.parent();
    const inner = stranger(outer);
    await scene.registered(inner);
    assert.deepEqual(await scene.store.register(await scene.asked(outer)), clash(outer, inner, 'inside'));
  });

  it('beside one that begins with the same letters is free', async () => {
    const first = scene.parent();
    const [kind = '', name = ''] = first.stanza;
    await scene.registered(first);
    for (const other of [`${name}0`, `${name}!`, `${name}-x`, `${name} x`, name.slice(0, -1)])
      await scene.registered({ ...scene.parent(), stanza: [kind, other] });
  });

  it('around one’s own is free, in both orders', async () => {
    const member = scene.parent();
    const inside = [...member.stanza, 'routing-options', 'static', 'route', 'default'];
    await scene.registered(member, 1, { owns: [member.stanza, inside] });
    await scene.made(member);
    await scene.registered(member, 2, {
      owned: [member.stanza, inside],
      owns: [inside, member.stanza],
    });
  });

  it('new in an update is refused around others, but not around children', async () => {
    const parent = scene.parent();
    const first = ['interfaces', 'ge-0/0/9', 'unit', parent.gateway.resourceId];
    const [inner, child] = [stranger(parent), scene.child(parent)];
    await scene.registered(parent, 1, { owns: [first] });
    await scene.made(parent);
    await scene.standing(child);
    await scene.standing(inner);
    const update = await scene.asked(parent, 2, { owned: [first], owns: [first, parent.stanza] });
    assert.deepEqual(await scene.store.register(update), clash(parent, inner, 'inside'));
    await scene.registered(inner, 2, { action: 'delete' });
    await scene.made(inner, 2);
    assert.deepEqual(await scene.store.register(update), { kind: 'registered' });
  });

  it('new in an update is refused around one stranger among many children', async () => {
    const parent = scene.parent();
    const first = ['interfaces', 'ge-0/0/9', 'unit', parent.gateway.resourceId];
    await scene.registered(parent, 1, { owns: [first] });
    await scene.made(parent);
    for (let count = 0; count < 9; count += 1) await scene.standing(scene.child(parent));
    const last = stranger(parent);
    const inner = { ...last, stanza: [...last.stanza.slice(0, -1), 'zzz'] };
    await scene.standing(inner);
    const update = await scene.asked(parent, 2, { owned: [first], owns: [first, parent.stanza] });
    assert.deepEqual(await scene.store.register(update), clash(parent, inner, 'inside'));
  });

  it('is not given up by an update while a child stands in it, and is afterwards', async () => {
    const parent = await scene.standing(scene.parent());
    const child = await scene.standing(scene.child(parent));
    const other = ['interfaces', 'ge-0/0/9', 'unit', parent.gateway.resourceId];
    const update = await scene.asked(parent, 2, { owned: [parent.stanza], owns: [other] });
    assert.deepEqual(await scene.store.register(update), {
      kind: 'children',
      some: [{ gateway: refOf(child) }],
      count: 1,
    });
    await scene.registered(child, 2, { action: 'delete' });
    await scene.made(child, 2);
    assert.deepEqual(await scene.store.register(update), { kind: 'registered' });
  });

  for (const first of ['outer', 'inner'] as const)
    it(`is refused to the second of two that register at once: the ${first} one writes first`, async () => {
      const outer = scene.parent();
      const inner = stranger(outer);
      const [winner, loser] = first === 'outer' ? [outer, inner] : [inner, outer];
      const request = await scene.asked(loser);
      const outcome = await racing(
        etcd(),
        `"resourceId":"${loser.gateway.resourceId}","version":1`,
        () => scene.registered(winner),
        (store) => store.register(request),
      );
      assert.deepEqual(outcome, clash(loser, winner, first === 'outer' ? 'around' : 'inside'));
    });

  it('is one of sixty on each router, each with others around it, and all are compared', async () => {
    const outer = scene.parent();
    const ports = Array.from({ length: 60 }, (_, index) => [
      'interfaces',
      `ge-1/0/${index}`,
      'unit',
      outer.gateway.resourceId,
    ]);
    const inner: Member = {
      ...stranger(outer),
      stanza: [...(ports[59] ?? []), 'family', 'inet', 'address', 'x'],
    };
    const request = await scene.asked(outer, 1, { owns: ports });
    const outcome = await racing(
      etcd(),
      `"resourceId":"${outer.gateway.resourceId}","version":1`,
      () => scene.registered(inner),
      (store) => store.register(request),
    );
    assert.deepEqual(outcome, {
      ...clash({ ...outer, stanza: ports[59] ?? [] }, inner, 'inside'),
    });
    await scene.failed(inner);
    assert.deepEqual(await scene.store.register(request), { kind: 'registered' });
  });
});
