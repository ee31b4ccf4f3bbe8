/** What doctor says of the keys by which parents know their children. */
import assert from 'node:assert/strict';
import { familyFindings } from '../../command/doctor-family.ts';
import { KEYS } from '../../etcd/keys.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { FamilyScene, refOf } from '../etcd/family-scene.ts';
import type { Member } from '../etcd/family-scene.ts';
import { useEtcd } from '../etcd/fixture.ts';

describe('gateway-saga doctor, of parents and children', () => {
  const etcd = useEtcd();
  const scene = new FamilyScene(etcd);
  let parent: Member;
  let child: Member;

  /** Of these two gateways. */
  async function findings(...running: readonly Member[]): Promise<readonly (readonly [string, string])[]> {
    const inventory = await scene.store.inventory(['vpn_gateway', 'static_route']);
    const all = familyFindings({
      inventory,
      running: new Set(running.map((one) => workflowIdOf(refOf(one)))),
    });
    return all
      .filter(({ what }) => what.includes(parent.gateway.resourceId))
      .map(({ what, mend }) => [nameless(what), nameless(mend)]);
  }
  const nameless = (text: string) =>
    text.replaceAll(parent.gateway.resourceId, 'P').replaceAll(child.gateway.resourceId, 'C');

  beforeEach(async () => {
    parent = await scene.standing(scene.parent());
    child = scene.child(parent);
  });

  it('finds nothing while a child changes, and once it stands', async () => {
    await scene.registered(child);
    assert.deepEqual(await findings(), []);
    await scene.made(child);
    assert.deepEqual(await findings(), []);
  });

  it('finds that a child’s parent does not know it any more', async () => {
    await scene.standing(child);
    await etcd().raw.delete().key(KEYS.referrer(parent.gateway, child.gateway));
    const key = '/gateway-saga/referrers/vpn_gateways/P/static_route:C';
    assert.deepEqual(await findings(), [
      [
        'static_route C: it lies in vpn_gateway P, and the key that says so is gone; nothing in etcd keeps vpn_gateway P from being deleted before it',
        `etcdctl put '${key}' '{"resourceType":"static_route","resourceId":"C"}'`,
      ],
    ]);
    assert.deepEqual(await findings(child), []);
  });

  const harmless: readonly (readonly [
    keyof typeof KEYS & ('referrer' | 'changing' | 'waiting'),
    string,
    string,
  ])[] = [
    [
      'referrer',
      'referrers',
      'static_route C does not lie in vpn_gateway P; it does no harm, and goes when that is deleted',
    ],
    [
      'changing',
      'changing',
      'no change of static_route C is under way; it does no harm, and goes with the next change of vpn_gateway P',
    ],
    [
      'waiting',
      'waiting',
      'no run of static_route C waits; it does no harm, and goes with the next change of either gateway',
    ],
  ];
  for (const [sort, folder, words] of harmless)
    it(`finds that a key was left behind in ${folder}, and that it does no harm`, async () => {
      await etcd()
        .raw.put(KEYS[sort](parent.gateway, child.gateway))
        .value(JSON.stringify(refOf(child)));
      const key = `/gateway-saga/${folder}/vpn_gateways/P/static_route:C`;
      assert.deepEqual(await findings(), [[`${key} was left behind: ${words}`, `etcdctl del '${key}'`]]);
      assert.deepEqual(await findings(child), []);
    });
});
