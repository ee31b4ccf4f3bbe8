/** What gateways' children put on a router, as the router shows it. */
import assert from 'node:assert/strict';
import { INSTANCE, ROUTE, ebgp, gatewayConfig, ibgp } from './gateway-with-children.ts';
import { CHECK, client, router, texts } from './scene.ts';

const QOS = `
firewall {
    three-color-policer 10M-UP {
        action { loss-priority high then discard; }
        single-rate { color-blind; committed-information-rate 10m; committed-burst-size 5k; excess-burst-size 5k; }
    }
    policer 10M-DOWN { if-exceeding { bandwidth-limit 10m; burst-size-limit 5k; } then discard; }
    filter FILTER_10M-UP {
        interface-specific;
        term vrrp-accept { from { protocol vrrp; } then accept; }
        term qos { then { accept; forwarding-class FC; three-color-policer { single-rate 10M-UP; } } }
    }
    filter FILTER_10M-DOWN { term policer { then { accept; policer 10M-DOWN; } } }
}`;

describe('the configuration of gateways’ children', () => {
  const started = () => client(router({ config: gatewayConfig('primary') }).device);

  it('is shown at the places where they are put, a key in its stored form', async () => {
    const operator = started();
    await operator.load(ebgp('primary'));
    assert.equal(
      (await operator.compare()).replace(/"\$9\$[^"]+"/, '"$9$…"'),
      `[edit interfaces ge-0/0/1 unit 122]
+     family inet {
+         address 192.0.2.130/30;
+     }
[edit routing-instances ${INSTANCE}]
+    routing-options {
+        router-id 192.0.2.130;
+        autonomous-system 65101;
+    }
+    protocols {
+        bgp {
+            group CloudGW1 {
+                apply-groups EBGP;
+                local-address 192.0.2.130;
+                peer-as 64496;
+                neighbor 192.0.2.129 {
+                    authentication-key "$9$…"; ## SECRET-DATA
+                }
+            }
+        }
+    }
`,
    );
    await operator.commit();
    await operator.load(ibgp('primary'));
    await operator.commit();
    await operator.load(ROUTE);
    assert.equal(
      await operator.compare(),
      `[edit routing-instances ${INSTANCE} routing-options]
+     static {
+         route 203.0.113.0/24 next-hop 198.51.100.10;
+     }
`,
    );
  });

  it('is shown with the tracked interface in braces', async () => {
    const operator = started();
    await operator.load(ibgp('primary'));
    assert.ok(
      (await operator.compare()).startsWith(`[edit interfaces ae0 unit 1025 family inet]
+       address 198.51.100.2/24 {
+           vrrp-group 20 {
+               virtual-address 198.51.100.1;
+               priority 105;
+               track {
+                   interface ge-0/0/1.122 {
+                       priority-cost 10;
+                   }
+               }
+           }
+       }
`),
    );
  });

  it('is shown in the router’s own order, actions last', async () => {
    const operator = started();
    await operator.load(QOS);
    await operator.commit();
    const asked =
      '<get-configuration format="text"><configuration><firewall><filter/><three-color-policer/></firewall></configuration></get-configuration>';
    const [text = ''] = texts(await operator.ok(asked), 'configuration-text');
    assert.equal(
      text.replace(/^##.*\n/, ''),
      `firewall {
    filter FILTER_10M-UP {
        interface-specific;
        term vrrp-accept {
            from {
                protocol vrrp;
            }
            then accept;
        }
        term qos {
            then {
                three-color-policer {
                    single-rate 10M-UP;
                }
                forwarding-class FC;
                accept;
            }
        }
    }
    filter FILTER_10M-DOWN {
        term policer {
            then {
                policer 10M-DOWN;
                accept;
            }
        }
    }
    three-color-policer 10M-UP {
        action {
            loss-priority high then discard;
        }
        single-rate {
            color-blind;
            committed-information-rate 10m;
            committed-burst-size 5k;
            excess-burst-size 5k;
        }
    }
}`,
    );
  });

  for (const [mistake, line, message] of [
    [
      'a three-color-policer that is not defined',
      'set firewall filter F term a then three-color-policer two-rate NOBODY',
      "Referenced policer 'NOBODY' is not defined",
    ],
    [
      'a policy of a neighbor that is not defined',
      `set routing-instances ${INSTANCE} protocols bgp group G neighbor 192.0.2.9 import NOBODY`,
      'Policy error: Policy NOBODY referenced but not defined',
    ],
  ] as const)
    it(`is refused with ${mistake}`, async () => {
      const operator = started();
      await operator.set(line);
      assert.ok((await operator.errors(CHECK)).includes(message));
    });
});
