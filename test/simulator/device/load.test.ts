import assert from 'node:assert/strict';
import { candidate, clientWithTwoUnits } from './configs.ts';
import { parsed, texts, all } from './scene.ts';

describe('loading text', () => {
  it('merges: blocks are extended, values changed, other statements stay', async () => {
    const c = clientWithTwoUnits();
    const reply = await c.load(
      'interfaces { ae0 { unit 1 { description new; family inet { mtu 1400; } } } }',
    );
    assert.deepEqual(
      parsed(reply).children.map((e) => e.name),
      ['load-configuration-results'],
    );
    assert.equal(
      await c.compare(),
      '[edit interfaces ae0 unit 1]\n-    description one;\n+    description new;\n[edit interfaces ae0 unit 1 family inet]\n+      mtu 1400;\n',
    );
  });

  it('deletes statements with the tag delete:', async () => {
    const c = clientWithTwoUnits();
    await c.load('interfaces { ae0 { delete: unit 2; unit 1 { delete: description; } } }');
    const lines = await candidate(c);
    assert.doesNotMatch(lines, /unit 2|description/);
    assert.match(lines, /unit 1 vlan-id 1/);
  });

  it('replaces statements with the tag replace:, but only with the action replace', async () => {
    const text = 'interfaces { ae0 { replace: unit 1 { vlan-id 1; } } }';
    const merging = clientWithTwoUnits();
    await merging.load(text);
    assert.equal(await merging.compare(), '');
    const replacing = clientWithTwoUnits();
    await replacing.load(text, 'replace');
    assert.equal(
      await replacing.compare(),
      '[edit interfaces ae0 unit 1]\n-    description one;\n-     family inet {\n-         address 10.0.0.1/24;\n-     }\n',
    );
  });

  it('overrides: nothing of the old configuration is left', async () => {
    const c = clientWithTwoUnits();
    await c.load('system { host-name new; }', 'override');
    assert.equal(await candidate(c), 'set system host-name new');
  });

  it('marks statements with the tag inactive:, and unmarks those with active:', async () => {
    const c = clientWithTwoUnits();
    await c.load('interfaces { ae0 { inactive: unit 2; } }');
    assert.match(await candidate(c), /deactivate interfaces ae0 unit 2/);
    await c.load('interfaces { ae0 { active: unit 2; } }');
    assert.equal(await c.compare(), '');
  });

  it('warns when a statement to delete does not exist, and goes on', async () => {
    const c = clientWithTwoUnits();
    const reply = await c.load('interfaces { ae0 { delete: unit 9; unit 3 { vlan-id 3; } } }');
    assert.deepEqual(texts(reply, 'error-severity'), ['warning']);
    assert.deepEqual(texts(reply, 'error-message'), ['statement not found']);
    assert.equal(all(parsed(reply), 'ok').length, 1);
    assert.match(await candidate(c), /unit 3 vlan-id 3/);
    assert.doesNotMatch(await candidate(c), /unit 9/);
  });

  it('is not atomic: statements before a syntax error are loaded, and the reply has ok beside the error', async () => {
    const c = clientWithTwoUnits();
    const reply = await c.load('interfaces { ae0 { unit 3 { vlan-id 3; } unit 4 { vlan-id 4; ] } } }');
    assert.deepEqual(texts(reply, 'error-message')[0], 'syntax error');
    assert.deepEqual(texts(reply, 'load-error-count'), ['2']);
    assert.equal(all(parsed(reply), 'ok').length, 1);
    assert.match(await candidate(c), /unit 4 vlan-id 4/);
  });

  const halves: readonly [string, string, RegExp, RegExp?][] = [
    [
      'a statement that ends with its line',
      'interfaces { ae0 {\n unit 3 {\n vlan-id 3\n description whole\n }\n mtu ]',
      /unit 3 description whole\n.*unit 3 vlan-id 3/,
      /mtu/,
    ],
    ['one at the end of the text', 'interfaces { ae0 {\n mtu 9000\n', /mtu 9000/],
    ['one at the top', 'policy-options { prefix-list P; }\nsnmp community public\n}', /community public/],
    [
      'a semicolon that stands alone',
      'interfaces { ae0 { ; unit 3 { vlan-id 3; }; ] } }',
      /unit 3 vlan-id 3/,
    ],
    [
      'two tags, and one on a line of its own',
      'interfaces { ae0 { protect: inactive: unit 3 { vlan-id 3; }\n inactive:\n unit 4 { vlan-id 4; } ] } }',
      /unit 3 vlan-id 3[^]*deactivate interfaces ae0 unit 3[^]*deactivate interfaces ae0 unit 4/,
    ],
    [
      'a list on several lines',
      'interfaces { ae0 { unit 3 { apply-groups [\n A\n B\n ];\n vlan-id 3; ] } }',
      /unit 3 apply-groups A\n.*unit 3 apply-groups B\n.*unit 3 vlan-id 3/,
    ],
    [
      'a quoted word that looks like a tag',
      'interfaces { ae0 { description "inactive:"\n mtu ] } }',
      /description "inactive:"/,
      /mtu/,
    ],
    [
      'nothing of a statement that goes on',
      'interfaces { ae0 { mtu 9000; description a ] } }',
      /mtu/,
      /description a/,
    ],
  ];
  for (const [what, text, loaded, left] of halves)
    it(`reads what stands before a syntax error as it reads all text: ${what}`, async () => {
      const c = clientWithTwoUnits();
      const reply = await c.load(text);
      assert.equal(texts(reply, 'error-message')[0], 'syntax error');
      const lines = await candidate(c);
      assert.match(lines, loaded);
      if (left !== undefined) assert.doesNotMatch(lines, left);
    });

  it('leaves out and names unknown statements, and loads the others', async () => {
    const c = clientWithTwoUnits();
    const reply = await c.load('interfaces { ae0 { nonsense 5; unit 3 { vlan-id 3; } } } gibberish { a; }');
    assert.deepEqual(texts(reply, 'bad-element'), ['nonsense', 'gibberish']);
    assert.deepEqual(texts(reply, 'error-path'), ['[edit interfaces ae0]', '[edit]']);
    assert.match(await candidate(c), /unit 3/);
  });

  it('changes nothing when no statement is known', async () => {
    const c = clientWithTwoUnits();
    const reply = await c.load('gibberish;');
    assert.equal(all(parsed(reply), 'ok').length, 0);
    assert.equal(await c.compare(), '');
  });

  it('keeps parts that it does not model, loaded as text or as set commands', async () => {
    const c = clientWithTwoUnits();
    await c.load('snmp { community public { authorization read-only; clients { 10.0.0.0/8; } } }');
    assert.match(
      await candidate(c),
      /set snmp community public authorization read-only\nset snmp community public clients 10.0.0.0\/8/,
    );
    await c.set('delete snmp community public clients');
    assert.doesNotMatch(await candidate(c), /clients/);
  });

  it('keeps strings that need quotes', async () => {
    const c = clientWithTwoUnits();
    await c.load(String.raw`interfaces { ae0 { description "a \"b\" { c; }"; } }`);
    assert.match(await candidate(c), /description "a \\"b\\" \{ c; \}"/);
    assert.match(await c.compare(), /\+ {3}description "a \\"b\\" \{ c; \}";/);
  });
});

describe('other loads', () => {
  it('load an older configuration by its number', async () => {
    const c = clientWithTwoUnits();
    await c.set('delete interfaces ae0 unit 2');
    await c.commit();
    await c.ok('<load-configuration rollback="1"/>');
    assert.match(await c.compare(), /\+ {4}unit 2 \{/);
    await c.ok('<load-configuration rollback="0"/>');
    assert.equal(await c.compare(), '');
    assert.deepEqual(await c.errors('<load-configuration rollback="50"/>'), [
      'rollback 50: no such configuration',
    ]);
  });

  it('load XML, deletions included', async () => {
    const c = clientWithTwoUnits();
    await c.ok(`<load-configuration format="xml"><configuration><interfaces><interface><name>ae0</name>
      <unit><name>1</name><description>xml</description><family><inet><filter><input><filter-name>F</filter-name></input></filter></inet></family></unit>
      <unit delete="delete"><name>2</name></unit></interface></interfaces></configuration></load-configuration>`);
    assert.equal(
      await c.compare(),
      `[edit interfaces ae0]
-    unit 2 {
-        description two;
-        vlan-id 2;
-    }
[edit interfaces ae0 unit 1]
-    description one;
+    description xml;
[edit interfaces ae0 unit 1 family inet]
+       filter {
+           input F;
+       }
`,
    );
  });

  it('edit the candidate with the standard operation, as XML and as text', async () => {
    const c = clientWithTwoUnits();
    const edit = (config: string): string =>
      `<edit-config xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"><target><candidate/></target>${config}</edit-config>`;
    await c.ok(
      edit(
        '<config><configuration><interfaces><interface><name>ae0</name><unit nc:operation="delete"><name>2</name></unit></interface></interfaces></configuration></config>',
      ),
    );
    await c.ok(
      edit(
        '<config-text><configuration-text>interfaces { ae0 { mtu 9000; } }</configuration-text></config-text>',
      ),
    );
    assert.equal(
      await c.compare(),
      '[edit interfaces ae0]\n+   mtu 9000;\n[edit interfaces ae0]\n-    unit 2 {\n-        description two;\n-        vlan-id 2;\n-    }\n',
    );
  });

  it('refuse an unknown action, an unknown source and another target', async () => {
    const c = clientWithTwoUnits();
    await c.errors('<load-configuration action="sideways"><configuration-text/></load-configuration>');
    await c.errors('<load-configuration url="http://example.net/"/>');
    await c.errors('<edit-config><target><running/></target><config/></edit-config>');
    assert.equal(await c.compare(), '');
  });
});
