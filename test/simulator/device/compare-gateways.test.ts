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

describe('show | compare of gateways', () => {
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
[edit policy-options]
    prefix-list BGP-VIRTUAL-ROUTER-PEERS { ... }
+   prefix-list ${VRF}_prefix;
[edit policy-options]
+   policy-statement INSTANCE-MASTER_IN {
+       term ${VRF} {
+           from instance ${VRF};
+           then accept;
+       }
+   }
[edit firewall family inet filter INET_IN]
+      term ${VRF}_filter {
+          from {
+              destination-prefix-list {
+                  ${VRF}_prefix;
+              }
+          }
+          then {
+              count ${VRF}_IN;
+              accept;
+          }
+      }
       term all-accept { ... }
[edit firewall family inet filter INET_OUT]
+      term ${VRF}_filter {
+          from {
+              source-prefix-list {
+                  ${VRF}_prefix;
+              }
+          }
+          then {
+              count ${VRF}_OUT;
+              accept;
+          }
+      }
       term all-accept { ... }
[edit routing-instances]
+   ${VRF} {
+       instance-type virtual-router;
+       interface ae0.1025;
+       routing-options {
+           instance-import INSTANCE-USER_IN;
+           instance-export INSTANCE-USER_OUT;
+       }
+   }
`,
    );
    await c.commit();
  });
});
