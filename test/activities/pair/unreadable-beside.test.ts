/** What a router's text that can't be read, or that it refuses to show, does to the others of its batch: nothing. */
import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { octet } from '../../../simulator/device/dialect.ts';
import type { XmlElement } from '../../../simulator/device/xml.ts';
import { childOf, withChildKinds } from '../../families/kinds.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { byHand, standing, unitOf, update } from './further-versions.ts';
import { carries } from './router-facts.ts';
import { ownedOn, register } from './scene.ts';
import type { Scene } from './scene.ts';
import { spoil } from './spoil.ts';
import { useScene } from './use-scene.ts';

const REFUSAL =
  '<rpc-error><error-severity>error</error-severity><error-message>syntax error</error-message></rpc-error>';

describe('a router that can’t show one member’s configuration', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened), { kinds: withChildKinds });

  /** From now on the first router answers so, where it is asked for its configuration. */
  function answering(by: (body: string, operation: XmlElement) => string): void {
    const outcome = { kind: 'rewrite', by } as const;
    scene.one.device.faults.add({ rpc: 'get-configuration', times: Infinity, outcome });
  }

  const asksFor = (unit: string, operation: XmlElement) =>
    JSON.stringify(operation).includes(`"text":"${unit}"`);
  const isInherited = ({ attributes }: XmlElement) => attributes['inherit'] === 'inherit';
  const unreadable = (body: string) => body.replace('</configuration-text>', 'x [ "</configuration-text>');

  /** The path and the number of a member's downlink unit. */
  function downlinkOf(member: PairMember): { readonly path: string; readonly unit: string } {
    const path = ownedOn(member, scene.one.id).find(([, port]) => port === 'ae0') ?? [];
    return { path: path.join(' '), unit: path.at(-1) ?? '' };
  }

  /** The second of three members is refused, with router and stanza, and the others are applied. */
  async function assertAlone(members: readonly PairMember[], type: string, reason: RegExp): Promise<void> {
    const [first, odd, third] = members as [PairMember, PairMember, PairMember];
    const reservation = await scene.reservation();
    const { applied, refused, toRevert } = await scene.apply(reservation, members);
    assert.deepEqual(
      refused.map((one) => [one.member, one.type]),
      [[odd, type]],
    );
    assert.match(refused[0]?.reason ?? '', reason);
    assert.deepEqual([applied, toRevert], [[first, third], []]);
    scene.one.device.faults.clear();
    await scene.settle(reservation, { revert: [first, third] });
  }

  for (const [what, isMeant, type] of [
    [
      'refuses to show what stands in its stanzas',
      (one: XmlElement) => !isInherited(one),
      FAILURES.RouterRefused,
    ],
    ['refuses to show its unit with what it inherits', isInherited, FAILURES.RouterRefused],
    ['shows its unit with what it inherits in no form that can be read', isInherited, FAILURES.Conflict],
  ] as const)
    it(`refuses that member alone, with router and stanza, where it ${what}`, async () => {
      const members = await scene.gateways(3);
      const { path, unit } = downlinkOf(members[1] as PairMember);
      const isRefused = type === FAILURES.RouterRefused;
      answering((body, operation) => {
        if (!isMeant(operation) || !asksFor(unit, operation) || body.includes('configuration-output'))
          return body;
        return isRefused ? REFUSAL : unreadable(body);
      });
      const why = isRefused ? 'get-configuration was refused: syntax error' : 'line \\d+, column \\d+: .*';
      await assertAlone(members, type, new RegExp(`^MX-1: "${path}" can't be read \\(${why}\\)$`));
    });

  it('refuses that member alone where the bad octets are in the VRRP that it inherits, and names the group', async () => {
    const members = await scene.gateways(3);
    const { path, unit } = downlinkOf(members[1] as PairMember);
    answering((body, operation) =>
      isInherited(operation) && asksFor(unit, operation)
        ? body.replace(
            new RegExp(`(unit ${unit} \\{[^}]*vrrp-group 10 \\{)`),
            `$1 authentication-key "Z${octet(0xfc)}rich";`,
          )
        : body,
    );
    await assertAlone(
      members,
      FAILURES.Conflict,
      new RegExp(
        `^MX-1: "${path}" can't be read \\(vrrp-group 10: expected text in UTF-8, .*, got other octets\\)$`,
      ),
    );
  });

  it('applies all where the bad octets are in no statement that counts for VRRP', async () => {
    await byHand(scene.one, 'set protocols vrrp traceoptions file "Straße"');
    answering((body, operation) => {
      const inherited = 'alias "Straße"; /* was inherited from group "Straße" */';
      const shown = isInherited(operation) ? body.replace(/(unit \d+ \{)/g, `$1 ${inherited}`) : body;
      return shown.replaceAll('ß', octet(0xdf));
    });
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    const { applied, refused } = await scene.apply(reservation, members);
    assert.deepEqual([applied, refused], [members, []]);
    assert.deepEqual((await scene.settle(reservation, { confirm: members })).kept, members);
  });

  describe('while another gateway stands', () => {
    let parent: TestGateway;
    let odd: PairMember;
    beforeEach(async () => {
      [parent] = (await standing(scene, 1)) as [TestGateway];
      [odd] = (await scene.gateways(1)) as [PairMember];
    });

    function neverReadable(): void {
      const { unit } = downlinkOf(odd);
      answering((body, operation) =>
        !body.includes('configuration-output') && asksFor(unit, operation) ? unreadable(body) : body,
      );
    }

    it('puts a new child into that gateway', async () => {
      const child = childOf(parent, 'vpn_interface');
      await writeRecords([etcd().endpoint], [recordOf(child.gateway)]);
      const member = await register(scene.deps, child);
      neverReadable();
      const { applied, refused } = await scene.apply(await scene.reservation(), [member, odd]);
      assert.deepEqual(
        refused.map((one) => one.member),
        [odd],
      );
      assert.deepEqual(applied, [member]);
      for (const router of scene.routers) assert.equal(carries(router, member), true);
    });

    it('names the stanza of that gateway to a new child, where that is what can’t be read', async () => {
      const child = childOf(parent, 'vpn_interface');
      await writeRecords([etcd().endpoint], [recordOf(child.gateway)]);
      const member = await register(scene.deps, child);
      const unit = unitOf(parent).split(' ').at(-1) ?? '';
      answering((body, operation) =>
        !body.includes('configuration-output') && asksFor(unit, operation) ? unreadable(body) : body,
      );
      const { applied, refused } = await scene.apply(await scene.reservation(), [member, odd]);
      assert.deepEqual(applied, [odd]);
      assert.match(
        refused[0]?.reason ?? '',
        new RegExp(`does not stand there as it should: "${unitOf(parent)}" can't be read \\(line`),
      );
    });

    it('leaves what a person has added to that gateway, where an update takes the container away', async () => {
      await byHand(scene.one, `set ${unitOf(parent)} family inet mtu 1400`);
      const member = await update(scene, etcd(), parent);
      await spoil(etcd(), member, scene.ids, (create) => create.replace(/family inet \{[^}]*\}\s*\}/, ''));
      neverReadable();
      const { applied } = await scene.apply(await scene.reservation(), [member, odd]);
      assert.deepEqual(applied, [member]);
      assert.ok(/family inet \{\s*mtu 1400;\s*\}/.test(scene.one.device.running()));
    });

    it('applies an update that may change VRRP, where the router tells of VRRP in no form that can be read', async () => {
      const service = parent.neighbour('vpn_service').body;
      service['primary_downlink_vrrp_config_group'] = 'VPNGW2-VRRP';
      service['secondary_downlink_vrrp_config_group'] = 'VPNGW1-VRRP';
      await byHand(
        scene.one,
        `set ${unitOf(parent)} family inet address 10.9.8.2/24 vrrp-group 77 virtual-address 10.9.8.1`,
      );
      const member = await update(scene, etcd(), parent);
      const outcome = { kind: 'rewrite', by: () => '<vrrp-data/>' } as const;
      scene.one.device.faults.add({ rpc: 'get-vrrp-interface-information', times: Infinity, outcome });
      const { applied, vrrp } = await scene.apply(await scene.reservation(), [member, odd]);
      assert.deepEqual(applied, [member, odd]);
      assert.equal(vrrp?.others, undefined);
    });
  });
});
