import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { octet } from '../../../simulator/device/dialect.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { carries } from './router-facts.ts';
import { ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { oddOneOfThree, useScene } from './use-scene.ts';

for (const beyondAscii of ['plain', 'characters', 'octets'] as const) {
  describe(`a person's text on a router that prints what is not ASCII as ${beyondAscii}`, function () {
    this.timeout(60_000);
    const etcd = useEtcd();
    let scene: Scene;
    let described: PairMember;
    let other: PairMember;
    let reservation: string;
    useScene(etcd, (opened) => (scene = opened), { device: { dialect: { beyondAscii } } });
    beforeEach(async () => {
      [described, other] = (await scene.gateways(2)) as [PairMember, PairMember];
      reservation = await scene.reservation();
    });

    async function written(text: string): Promise<void> {
      const operator = client(scene.one.device);
      const [path = []] = ownedOn(described, scene.one.id);
      await operator.set(`set ${path.join(' ')} description "${text}"`);
      await operator.ok(COMMIT);
      operator.session.close();
    }

    for (const text of ['Straße', 'Zürich', '長 à\u00a0la']) {
      it(`in a stanza that stood before is a conflict of that member alone: ${text}`, async () => {
        await written(text);
        const outcome = await scene.apply(reservation, [described, other]);
        assert.deepEqual(outcome.applied, [other]);
        assert.deepEqual(
          outcome.refused.map(({ member, type }) => [member, type]),
          [[described, FAILURES.Conflict]],
        );
        assert.match(outcome.refused[0]?.reason ?? '', /^MX-1: "interfaces .*" is configured there already/);
        await scene.settle(reservation, { revert: [other] });
      });

      it(`in a stanza of ours stays on confirm: ${text}`, async () => {
        assert.deepEqual((await scene.apply(reservation, [described, other])).applied, [described, other]);
        await written(text);
        assert.deepEqual((await scene.settle(reservation, { confirm: [described, other] })).kept, [
          described,
          other,
        ]);
        assert.ok(scene.one.device.running().includes(text));
      });

      it(`in a stanza of ours goes with it on revert, and the reason says so: ${text}`, async () => {
        assert.deepEqual((await scene.apply(reservation, [described, other])).applied, [described, other]);
        await written(text);
        const { kept, reverted } = await scene.settle(reservation, { confirm: [other], revert: [described] });
        assert.deepEqual(kept, [other]);
        assert.deepEqual(reverted[0]?.owedOn, []);
        assert.match(reverted[0]?.reason ?? '', /^MX-1: "interfaces .*" was changed by somebody else/);
        assert.equal(carries(scene.one, described), false);
      });
    }
  });
}

describe('a person’s text that is not UTF-8', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let described: PairMember;
  let others: PairMember[];
  let all: PairMember[];
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    ({ members: all, odd: described, others, reservation } = await oddOneOfThree(scene));
  });

  const stanzaOf = (member: PairMember) => (ownedOn(member, scene.one.id)[0] ?? []).join(' ');
  const unreadable = () =>
    `MX-1: "${stanzaOf(described)}" can't be read (line 5, column 29: expected text in UTF-8, with the characters that XML allows, got other octets)`;

  /** Writes a description that the router stores as octets that are not UTF-8, and shows so in its configuration and in its diffs. */
  async function write(): Promise<void> {
    const { device } = scene.one;
    const by = (body: string) => body.replaceAll('ß', octet(0xdf));
    device.faults.add({ rpc: 'get-configuration', times: Infinity, outcome: { kind: 'rewrite', by } });
    const operator = client(device);
    await operator.set(`set ${stanzaOf(described)} description "Straße"`);
    await operator.ok(COMMIT);
    operator.session.close();
  }

  it('is a conflict of that member alone where it stood before', async () => {
    await write();
    const outcome = await scene.apply(reservation, all);
    assert.deepEqual(outcome.applied, others);
    assert.deepEqual(outcome.refused, [{ member: described, type: FAILURES.Conflict, reason: unreadable() }]);
    assert.deepEqual((await scene.settle(reservation, { confirm: others })).kept, others);
  });

  it('keeps that member alone from being confirmed, and it is reverted', async () => {
    assert.deepEqual((await scene.apply(reservation, all)).applied, all);
    await write();
    const { kept, reverted } = await scene.settle(reservation, { confirm: all });
    assert.deepEqual(kept, others);
    assert.deepEqual(
      reverted.map(({ member, reason, owedOn }) => [member, reason, owedOn]),
      [[described, unreadable(), []]],
    );
    for (const router of scene.routers) assert.equal(carries(router, described), false);
    assert.ok(carries(scene.one, others[0] as PairMember));
  });

  it('goes on revert with the stanza of ours in which it stands', async () => {
    assert.deepEqual((await scene.apply(reservation, all)).applied, all);
    await write();
    const { reverted } = await scene.settle(reservation, { revert: all });
    assert.deepEqual(
      reverted.map(({ owedOn }) => owedOn),
      [[], [], []],
    );
    for (const router of scene.routers)
      for (const member of all) assert.equal(carries(router, member), false);
  });
});
