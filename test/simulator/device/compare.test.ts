import assert from 'node:assert/strict';
import { client, router } from './scene.ts';

describe('show | compare', () => {
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
