import assert from 'node:assert/strict';
import { client, router } from './scene.ts';

/** What a Junos 16.1 router was seen to take and to print, beyond what the other tests of loads and of the difference show. */
const BASE = `
set version 16.1R1.7
set groups IBGP routing-instances <*> protocols bgp group <*> type internal
set groups IF-LT interfaces lt-0/0/0 unit <*> dlci 10
set interfaces ae0 vlan-tagging
set interfaces ae0 unit 7 description seven
deactivate interfaces ae0 unit 7 description
set interfaces ae0 unit 7 family inet address 192.0.2.1/24
set policy-options prefix-list PEERS 198.51.100.0/24
set routing-instances seven instance-type virtual-router
set routing-instances seven protocols bgp group CLOUD peer-as 64496
`;

const open = () => client(router({ config: BASE }).device);

describe('a router that starts with set commands', () => {
  it('has what they say', async () => {
    const c = open();
    const shown = await c.ok('<get-configuration database="committed" format="set"/>');
    assert.deepEqual(
      BASE.trim()
        .split('\n')
        .filter((line) => !shown.includes(line.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))),
      [],
    );
  });

  it('refuses a command that it does not know, and names it', () => {
    assert.throws(() => router({ config: 'set interfaces ae0 gibberish' }), /gibberish/);
  });
});

describe('text that a router takes although it is not whole', () => {
  const cases: readonly [what: string, text: string, diff: string][] = [
    [
      'statements without a semicolon, each ended by its line',
      `interfaces {
         ae0 {
           unit 8 {
             apply-groups IF-LT
             description eight
           }
         }
       }`,
      '[edit interfaces ae0]\n+    unit 8 {\n+        apply-groups IF-LT;\n+        description eight;\n+    }\n',
    ],
    [
      'a name on one line, and its block or semicolon on the next',
      'interfaces { ae0 { unit 7 { family inet { address 203.0.113.1/30\n;\naddress 203.0.113.5/30\n{ primary; } } } } }',
      '[edit interfaces ae0 unit 7 family inet]\n+       address 203.0.113.1/30;\n+       address 203.0.113.5/30 {\n+           primary;\n+       }\n',
    ],
    [
      'a keyword and its name in two levels',
      'interfaces { ae0 { unit 7 { family { inet { mtu 1400; } inet6 { mtu 1400; } } } } }',
      '[edit interfaces ae0 unit 7]\n+     family inet6 {\n+         mtu 1400;\n+     }\n[edit interfaces ae0 unit 7 family inet]\n+      mtu 1400;\n',
    ],
    [
      'a whole path in one statement',
      'routing-instances { seven { protocols { bgp { group CLOUD { neighbor 203.0.113.2 description peer; } } } } }',
      '[edit routing-instances seven protocols bgp group CLOUD]\n+       neighbor 203.0.113.2 {\n+           description peer;\n+       }\n',
    ],
  ];
  for (const [what, text, diff] of cases)
    it(`has ${what}`, async () => {
      const c = open();
      await c.load(text);
      assert.equal(await c.compare(), diff);
    });
});

describe('the difference', () => {
  const cases: readonly [what: string, lines: readonly string[], diff: string][] = [
    [
      'shows the neighbour of a new prefix list, and a header for each list of one level',
      ['set policy-options prefix-list mine', 'set policy-options policy-statement P then accept'],
      '[edit policy-options]\n    prefix-list PEERS { ... }\n+   prefix-list mine;\n[edit policy-options]\n+   policy-statement P {\n+       then accept;\n+   }\n',
    ],
    [
      'shows a name in a prefix list one column to the left of a block',
      ['set policy-options prefix-list PEERS 203.0.113.0/28'],
      '[edit policy-options prefix-list PEERS]\n+   203.0.113.0/28;\n',
    ],
    [
      'shows the neighbour of a new BGP group',
      ['set routing-instances seven protocols bgp group second peer-as 64497'],
      '[edit routing-instances seven protocols bgp]\n       group CLOUD { ... }\n+      group second {\n+          peer-as 64497;\n+      }\n',
    ],
    [
      'shows a static route on one line, inside the block that came with it',
      ['set routing-instances seven routing-options static route 203.0.113.0/28 next-hop 192.0.2.9'],
      '[edit routing-instances seven]\n+    routing-options {\n+        static {\n+            route 203.0.113.0/28 next-hop 192.0.2.9;\n+        }\n+    }\n',
    ],
    [
      'shows the ports of an instance before its other interfaces',
      ['set routing-instances seven interface ae0.7', 'set routing-instances seven interface ge-0/0/1.7'],
      '[edit routing-instances seven]\n+    interface ge-0/0/1.7;\n+    interface ae0.7;\n',
    ],
  ];
  for (const [what, lines, diff] of cases)
    it(what, async () => {
      const c = open();
      await c.set(...lines);
      assert.equal(await c.compare(), diff);
    });

  it('never shows a secret as it was sent', async () => {
    const c = open();
    const key =
      'set routing-instances seven protocols bgp group CLOUD neighbor 203.0.113.2 authentication-key';
    await c.set(`${key} not-for-you`);
    const diff = await c.compare();
    assert.match(diff, /authentication-key "\$9\$[^"]+"; ## SECRET-DATA$/m);
    assert.doesNotMatch(diff, /not-for-you/);
    await c.commit();
    const stored = /authentication-key "(\$9\$[^"]+)"/.exec(diff)?.[1] ?? '';
    await c.set(`${key} "${stored}"`);
    assert.equal(await c.compare(), '', 'what the router shows is what it takes');
    await c.set(`${key} not-for-you`);
    assert.notEqual(await c.compare(), '', 'the same secret is stored in another form');
  });
});
