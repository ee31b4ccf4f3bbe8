import assert from 'node:assert/strict';
import { get, clientWithGroups, text } from './configs.ts';

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
});
