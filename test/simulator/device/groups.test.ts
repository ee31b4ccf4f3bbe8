import assert from 'node:assert/strict';
import { get, clientWithGroups, text } from './configs.ts';
import { client, router, texts } from './scene.ts';

describe('inheritance', () => {
  it('adds to existing blocks, lets local statements and earlier groups win, and shows neither groups nor apply-groups', async () => {
    assert.equal(
      await text(
        get('', 'format="text" inherit="inherit"').replace(
          '</get',
          '<configuration><interfaces/></configuration></get',
        ),
      ),
      `interfaces {
    ae0 {
        description inherited;
        mtu 9000;
        vlan-tagging;
        unit 1 {
            description one;
            vlan-id 1;
            family inet {
                address 10.9.9.9/24 {
                    vrrp-group 1 {
                        virtual-address 10.9.9.1;
                        priority 105;
                    }
                }
                filter {
                    input F;
                }
            }
        }
        inactive: unit 2 {
            vlan-id 2;
            family inet {
                address 10.9.9.9/24 {
                    vrrp-group 1 {
                        virtual-address 10.9.9.1;
                        priority 105;
                    }
                }
            }
        }
    }
    ge-0/0/1 {
        description uplink;
    }
}
`,
    );
  });

  it('does not affect blocks in which no group is applied', async () => {
    const shown = await text(
      '<get-configuration format="text" inherit="inherit"><configuration><interfaces><interface><name>ge-0/0/1</name></interface></interfaces></configuration></get-configuration>',
    );
    assert.doesNotMatch(shown, /mtu/);
  });

  it('creates blocks that a group names without a wildcard, and heeds exceptions', async () => {
    const c = clientWithGroups();
    await c.set(
      'set apply-groups H',
      'set interfaces ge-0/0/1 apply-groups-except H',
      'delete interfaces ae0 apply-groups',
    );
    await c.set(
      'set groups G interfaces ge-0/0/1 speed 1g',
      'set interfaces apply-groups G',
      'set groups H interfaces <ge-*> traps',
    );
    const reply = await c.ok('<get-configuration format="set" inherit="inherit"/>');
    assert.match(reply, /set interfaces ge-0\/0\/1 speed 1g/);
    assert.match(reply, /set interfaces ge-0\/0\/5 mtu 9000/, 'the nearer group wins');
    assert.match(reply, /set interfaces ge-0\/0\/5 traps/);
    assert.doesNotMatch(reply, /set interfaces ge-0\/0\/1 traps/);
    assert.match(reply, /set interfaces ae0 mtu 9000/);
    assert.match(reply, /set interfaces ge-0\/0\/1 mtu 9000/);
  });

  const inactive: [what: string, ...lines: readonly string[]][] = [
    ['an inactive statement', 'deactivate groups G interfaces <*> mtu'],
    ['an inactive block', 'deactivate groups G interfaces <*>'],
    ['an inactive group', 'deactivate groups G'],
    ['groups that are inactive together', 'deactivate groups'],
    ['a group whose application is inactive', 'deactivate interfaces ae0 apply-groups'],
  ];
  for (const [what, ...lines] of inactive)
    it(`leaves out ${what}`, async () => {
      const c = clientWithGroups();
      await c.set('delete interfaces ae0 apply-groups', 'set interfaces ae0 apply-groups G', ...lines);
      const reply = await c.ok('<get-configuration format="set" inherit="inherit"/>');
      assert.doesNotMatch(reply, /interfaces ae0 (mtu|apply-groups)/);
    });

  it('lets the next group stand in for what is inactive in a nearer one', async () => {
    const c = clientWithGroups();
    await c.set('deactivate groups G interfaces <*> mtu');
    const reply = await c.ok('<get-configuration format="set" inherit="inherit"/>');
    assert.match(reply, /set interfaces ae0 mtu 1400/);
  });

  for (const block of ['vrrp-group 1', undefined])
    it(`does not run an inactive VRRP group of a group, its ${block ?? 'address'} being inactive`, async () => {
      const { device, clock } = router({
        config: `groups { V { interfaces { <*> { unit <*> { family inet { address 10.9.9.9/24 { vrrp-group 1 { virtual-address 10.9.9.1; } } } } } } } }
interfaces { ae0 { vlan-tagging; unit 1 { apply-groups V; vlan-id 1; family inet; } } }`,
      });
      const c = client(device);
      const running = async (): Promise<readonly string[]> => {
        await c.commit();
        await clock.advance(8_000);
        return texts(await c.ok('<get-vrrp-information><summary/></get-vrrp-information>'), 'interface');
      };
      const path = ['groups V interfaces <*> unit <*> family inet address 10.9.9.9/24', block ?? ''].join(
        ' ',
      );
      await c.set(`deactivate ${path}`);
      assert.deepEqual(await running(), []);
      await c.set(`activate ${path}`);
      assert.deepEqual(await running(), ['ae0.1']);
    });
});
