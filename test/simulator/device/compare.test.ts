import assert from 'node:assert/strict';
import { edgeRouterConfig } from '../../../simulator/device/base-config.ts';
import { client, router } from './scene.ts';

const VRF = 'vrf_gw_sample-ha-router-downlink_1025';

const VPN = `
interfaces {
    ge-0/0/1 { unit 122 { description CloudGW_vpn; vlan-id 122; } }
    ae0 {
        unit 1025 {
            apply-groups VPNGW1-VRRP; description vpn_gw; vlan-id 1025;
            family inet { filter { input FILTER_10M-GA-UP-VPN; output FILTER_10M-GA-DOWN-VPN; } }
        }
    }
}
routing-instances { ${VRF} { instance-type virtual-router; interface ge-0/0/1.122; interface ae0.1025; } }`;

const INTERNET = `
interfaces {
    ae0 {
        unit 1025 {
            apply-groups InetGW1-VRRP; description inet_gw; vlan-id 1025;
            family inet { filter { input FILTER_10M-GA-UP-INET; output FILTER_10M-GA-DOWN-INET; } }
        }
    }
}
routing-instances {
    ${VRF} {
        instance-type virtual-router; interface ae0.1025;
        routing-options { instance-import INSTANCE-USER_IN; instance-export INSTANCE-USER_OUT; }
    }
}
policy-options {
    prefix-list ${VRF}_prefix;
    policy-statement INSTANCE-MASTER_IN { term ${VRF} { from instance ${VRF}; then accept; } }
}
firewall {
    family inet {
        filter INET_IN {
            term ${VRF}_filter {
                from { destination-prefix-list { ${VRF}_prefix; } }
                then { count ${VRF}_IN; accept; }
            }
        }
        filter INET_OUT {
            term ${VRF}_filter {
                from { source-prefix-list { ${VRF}_prefix; } }
                then { count ${VRF}_OUT; accept; }
            }
        }
    }
}`;

describe('show | compare', () => {
  it('shows a VPN gateway as a real router does', async () => {
    const c = client(router().device);
    await c.load(VPN);
    assert.equal(
      await c.compare(),
      `[edit interfaces ge-0/0/1]
+    unit 122 {
+        description CloudGW_vpn;
+        vlan-id 122;
+    }
[edit interfaces ae0]
+    unit 1025 {
+        apply-groups VPNGW1-VRRP;
+        description vpn_gw;
+        vlan-id 1025;
+        family inet {
+            filter {
+                input FILTER_10M-GA-UP-VPN;
+                output FILTER_10M-GA-DOWN-VPN;
+            }
+        }
+    }
[edit routing-instances]
+   ${VRF} {
+       instance-type virtual-router;
+       interface ge-0/0/1.122;
+       interface ae0.1025;
+   }
`,
    );
    await c.commit();
  });

  it('shows an Internet gateway as a real router does', async () => {
    const config = edgeRouterConfig({ hostName: 'first', role: 'primary', hasMasterPolicy: false });
    const c = client(router({ config }).device);
    await c.load(INTERNET);
    await c.set(
      `insert firewall family inet filter INET_IN term ${VRF}_filter before term all-accept`,
      `insert firewall family inet filter INET_OUT term ${VRF}_filter before term all-accept`,
    );
    assert.equal(
      await c.compare(),
      `[edit interfaces ae0]
+    unit 1025 {
+        apply-groups InetGW1-VRRP;
+        description inet_gw;
+        vlan-id 1025;
+        family inet {
+            filter {
+                input FILTER_10M-GA-UP-INET;
+                output FILTER_10M-GA-DOWN-INET;
+            }
+        }
+    }
[edit routing-instances]
+   ${VRF} {
+       instance-type virtual-router;
+       interface ae0.1025;
+       routing-options {
+           instance-import INSTANCE-USER_IN;
+           instance-export INSTANCE-USER_OUT;
+       }
+   }
[edit policy-options]
+   prefix-list ${VRF}_prefix;
+   policy-statement INSTANCE-MASTER_IN {
+       term ${VRF} {
+           from instance ${VRF};
+           then accept;
+       }
+   }
[edit firewall family inet filter INET_IN]
+     term ${VRF}_filter {
+         from {
+             destination-prefix-list {
+                 ${VRF}_prefix;
+             }
+         }
+         then {
+             count ${VRF}_IN;
+             accept;
+         }
+     }
      term all-accept { ... }
[edit firewall family inet filter INET_OUT]
+     term ${VRF}_filter {
+         from {
+             source-prefix-list {
+                 ${VRF}_prefix;
+             }
+         }
+         then {
+             count ${VRF}_OUT;
+             accept;
+         }
+     }
      term all-accept { ... }
`,
    );
    await c.commit();
  });

  const cases: readonly { what: string; lines: readonly string[]; diff: string }[] = [
    {
      what: 'a term of a policy that others share, behind its neighbour',
      lines: ['set policy-options policy-statement INSTANCE-MASTER_IN term mine then accept'],
      diff: `[edit policy-options policy-statement INSTANCE-MASTER_IN]
     term connected { ... }
+    term mine {
+        then accept;
+    }
`,
    },
    {
      what: 'a changed value as gone and come',
      lines: ['set interfaces ae0 description other'],
      diff: `[edit interfaces ae0]
-    description downlink;
+    description other;
`,
    },
    {
      what: 'a lost block whole',
      lines: ['delete interfaces ge-0/0/1 unit 4000'],
      diff: `[edit interfaces ge-0/0/1]
-    unit 4000 {
-        description management;
-        vlan-id 4000;
-        family inet {
-            address 192.0.2.2/24;
-        }
-    }
`,
    },
    {
      what: 'what was deactivated',
      lines: ['deactivate interfaces ge-0/0/1 unit 4000'],
      diff: `[edit interfaces ge-0/0/1]
!    inactive: unit 4000 { ... }
`,
    },
    {
      what: 'a list that grew as gone and come',
      lines: [
        'set interfaces ge-0/0/1 unit 4000 apply-groups [ VPNGW1-VRRP InetGW1-VRRP ]',
        'set routing-instances vrf_management routing-options instance-import INSTANCE-USER_IN',
      ],
      diff: `[edit interfaces ge-0/0/1 unit 4000]
+     apply-groups [ VPNGW1-VRRP InetGW1-VRRP ];
[edit routing-instances vrf_management routing-options]
-     instance-import INSTANCE-MANAGEMENT;
+     instance-import [ INSTANCE-MANAGEMENT INSTANCE-USER_IN ];
`,
    },
    {
      what: 'an action that takes the place of another',
      lines: ['set firewall family inet filter INET_IN term all-accept then discard'],
      diff: `[edit firewall family inet filter INET_IN term all-accept then]
-       accept;
+       discard;
`,
    },
  ];
  for (const { what, lines, diff } of cases) {
    it(`shows ${what}`, async () => {
      const c = client(router().device);
      await c.set(...lines);
      assert.equal(await c.compare(), diff);
    });
  }

  it('shows terms that only changed places', async () => {
    const c = client(router().device);
    await c.set('set firewall family inet filter INET_IN term first then discard');
    await c.commit();
    await c.set('insert firewall family inet filter INET_IN term first before term all-accept');
    assert.match(
      await c.compare(),
      /^\[edit firewall family inet filter INET_IN\]\n(.*\n)*!.*term .* \{ \.\.\. \}/,
    );
  });

  it('shows the way to an older configuration', async () => {
    const c = client(router().device);
    await c.set('set interfaces ae0 description second');
    await c.commit();
    assert.equal(await c.compare(0), '');
    assert.equal(
      await c.compare(1),
      '[edit interfaces ae0]\n-    description downlink;\n+    description second;\n',
    );
  });

  it('says so when there is no such older configuration', async () => {
    const c = client(router().device);
    assert.deepEqual(await c.errors('<get-configuration compare="rollback" rollback="7"/>'), [
      'rollback 7: no such configuration',
    ]);
  });

  it('answers with a lone newline when nothing is changed', async () => {
    const body = await client(router().device).ok(
      '<get-configuration compare="rollback" rollback="0" format="text"/>',
    );
    assert.match(body, /<configuration-output>\n<\/configuration-output>/);
  });
});
