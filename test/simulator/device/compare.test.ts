import assert from 'node:assert/strict';
import { client, router } from './scene.ts';

describe('show | compare', () => {
  const cases: readonly { difference: string; lines: readonly string[]; diff: string }[] = [
    {
      difference: 'a new term of a shared policy, after its neighbour',
      lines: ['set policy-options policy-statement INSTANCE-MASTER_IN term mine then accept'],
      diff: `[edit policy-options policy-statement INSTANCE-MASTER_IN]
     term connected { ... }
+    term mine {
+        then accept;
+    }
`,
    },
    {
      difference: 'a changed value as removed and added',
      lines: ['set interfaces ae0 description other'],
      diff: `[edit interfaces ae0]
-   description downlink;
+   description other;
`,
    },
    {
      difference: 'a removed block in full',
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
      difference: 'a deactivated block',
      lines: ['deactivate interfaces ge-0/0/1 unit 4000'],
      diff: `[edit interfaces ge-0/0/1]
!    inactive: unit 4000 { ... }
`,
    },
    {
      difference: 'an extended list as removed and added',
      lines: [
        'set interfaces ge-0/0/1 unit 4000 apply-groups [ VPNGW1-VRRP InetGW1-VRRP ]',
        'set routing-instances vrf_management routing-options instance-import INSTANCE-USER_IN',
      ],
      diff: `[edit interfaces ge-0/0/1 unit 4000]
+    apply-groups [ VPNGW1-VRRP InetGW1-VRRP ];
[edit routing-instances vrf_management routing-options]
-    instance-import INSTANCE-MANAGEMENT;
+    instance-import [ INSTANCE-MANAGEMENT INSTANCE-USER_IN ];
`,
    },
    {
      difference: 'an action that replaces another one',
      lines: ['set firewall family inet filter INET_IN term all-accept then discard'],
      diff: `[edit firewall family inet filter INET_IN term all-accept then]
-       accept;
+       discard;
`,
    },
  ];
  for (const { difference, lines, diff } of cases) {
    it(`shows ${difference}`, async () => {
      const c = client(router().device);
      await c.set(...lines);
      assert.equal(await c.compare(), diff);
    });
  }

  it('marks a term that was only moved', async () => {
    const c = client(router().device);
    await c.set('set firewall family inet filter INET_IN term first then discard');
    await c.commit();
    await c.set('insert firewall family inet filter INET_IN term first before term all-accept');
    assert.match(
      await c.compare(),
      /^\[edit firewall family inet filter INET_IN\]\n(.*\n)*!.*term .* \{ \.\.\. \}/,
    );
  });

  it('shows the difference to an older configuration', async () => {
    const c = client(router().device);
    await c.set('set interfaces ae0 description second');
    await c.commit();
    assert.equal(await c.compare(0), '');
    assert.equal(
      await c.compare(1),
      '[edit interfaces ae0]\n-   description downlink;\n+   description second;\n',
    );
  });

  it('refuses an older configuration that does not exist', async () => {
    const c = client(router().device);
    assert.deepEqual(await c.errors('<get-configuration compare="rollback" rollback="7"/>'), [
      'rollback 7: no such configuration',
    ]);
  });

  it('replies with a single line break when there is no difference', async () => {
    const body = await client(router().device).ok(
      '<get-configuration compare="rollback" rollback="0" format="text"/>',
    );
    assert.match(body, /<configuration-output>\n<\/configuration-output>/);
  });
});
