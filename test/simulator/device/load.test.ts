import assert from 'node:assert/strict';
import { client, parsed, router, texts, all } from './scene.ts';

const CONFIG = `
interfaces {
    ae0 {
        vlan-tagging;
        unit 1 { description one; vlan-id 1; family inet { address 10.0.0.1/24; } }
        unit 2 { description two; vlan-id 2; }
    }
}
firewall { family inet { filter F { term a { then accept; } term b { then accept; } } } }
`;

const start = () => client(router({ config: CONFIG }).device);

const candidate = async (c: ReturnType<typeof client>): Promise<string> =>
  texts(await c.ok('<get-configuration format="set"/>'), 'configuration-set')[0] ?? '';

describe('loading text', () => {
  it('merges: blocks grow, values change, all else stays', async () => {
    const c = start();
    const reply = await c.load(
      'interfaces { ae0 { unit 1 { description new; family inet { mtu 1400; } } } }',
    );
    assert.deepEqual(
      parsed(reply).children.map((e) => e.name),
      ['load-configuration-results'],
    );
    assert.equal(
      await c.compare(),
      '[edit interfaces ae0 unit 1]\n-     description one;\n+     description new;\n[edit interfaces ae0 unit 1 family inet]\n+      mtu 1400;\n',
    );
  });

  it('takes away what is tagged delete:', async () => {
    const c = start();
    await c.load('interfaces { ae0 { delete: unit 2; unit 1 { delete: description; } } }');
    const lines = await candidate(c);
    assert.doesNotMatch(lines, /unit 2|description/);
    assert.match(lines, /unit 1 vlan-id 1/);
  });

  it('replaces what is tagged replace:, with action replace only', async () => {
    const text = 'interfaces { ae0 { replace: unit 1 { vlan-id 1; } } }';
    const merging = start();
    await merging.load(text);
    assert.equal(await merging.compare(), '');
    const replacing = start();
    await replacing.load(text, 'replace');
    assert.equal(
      await replacing.compare(),
      '[edit interfaces ae0 unit 1]\n-     description one;\n-     family inet {\n-         address 10.0.0.1/24;\n-     }\n',
    );
  });

  it('overrides: nothing of before is left', async () => {
    const c = start();
    await c.load('system { host-name new; }', 'override');
    assert.equal(await candidate(c), 'set system host-name new');
  });

  it('marks what is tagged inactive:, and unmarks what is tagged active:', async () => {
    const c = start();
    await c.load('interfaces { ae0 { inactive: unit 2; } }');
    assert.match(await candidate(c), /deactivate interfaces ae0 unit 2/);
    await c.load('interfaces { ae0 { active: unit 2; } }');
    assert.equal(await c.compare(), '');
  });

  it('warns about deleting what is not there, and goes on', async () => {
    const c = start();
    const reply = await c.load('interfaces { ae0 { delete: unit 9; unit 3 { vlan-id 3; } } }');
    assert.deepEqual(texts(reply, 'error-severity'), ['warning']);
    assert.deepEqual(texts(reply, 'error-message'), ['statement not found']);
    assert.equal(all(parsed(reply), 'ok').length, 1);
    assert.match(await candidate(c), /unit 3 vlan-id 3/);
    assert.doesNotMatch(await candidate(c), /unit 9/);
  });

  it('is not atomic: what stood before a syntax error stays, and the reply says ok beside the error', async () => {
    const c = start();
    const reply = await c.load('interfaces { ae0 { unit 3 { vlan-id 3; } unit 4 { vlan-id 4; ] } } }');
    assert.deepEqual(texts(reply, 'error-message')[0], 'syntax error');
    assert.deepEqual(texts(reply, 'load-error-count'), ['2']);
    assert.equal(all(parsed(reply), 'ok').length, 1);
    assert.match(await candidate(c), /unit 4 vlan-id 4/);
  });

  it('leaves out what it does not know, names it, and takes the rest', async () => {
    const c = start();
    const reply = await c.load('interfaces { ae0 { nonsense 5; unit 3 { vlan-id 3; } } } gibberish { a; }');
    assert.deepEqual(texts(reply, 'bad-element'), ['nonsense', 'gibberish']);
    assert.deepEqual(texts(reply, 'error-path'), ['[edit interfaces ae0]', '[edit]']);
    assert.match(await candidate(c), /unit 3/);
  });

  it('changes nothing when there is nothing to take', async () => {
    const c = start();
    const reply = await c.load('gibberish;');
    assert.equal(all(parsed(reply), 'ok').length, 0);
    assert.equal(await c.compare(), '');
  });

  it('keeps what it does not model, in either form', async () => {
    const c = start();
    await c.load('snmp { community public { authorization read-only; clients { 10.0.0.0/8; } } }');
    assert.match(
      await candidate(c),
      /set snmp community public authorization read-only\nset snmp community public clients 10.0.0.0\/8/,
    );
    await c.set('delete snmp community public clients');
    assert.doesNotMatch(await candidate(c), /clients/);
  });

  it('keeps strings that need quotes', async () => {
    const c = start();
    await c.load(String.raw`interfaces { ae0 { description "a \"b\" { c; }"; } }`);
    assert.match(await candidate(c), /description "a \\"b\\" \{ c; \}"/);
    assert.match(await c.compare(), /\+ {4}description "a \\"b\\" \{ c; \}";/);
  });
});

describe('loading set commands', () => {
  it('inserts a term before another', async () => {
    const c = start();
    await c.set(
      'set firewall family inet filter F term c then discard',
      'insert firewall family inet filter F term c before term b',
    );
    assert.deepEqual(
      [...(await candidate(c)).matchAll(/term (\w)/g)].map((m) => m[1]),
      ['a', 'c', 'b'],
    );
    await c.set('insert firewall family inet filter F term a after term b');
    assert.deepEqual(
      [...(await candidate(c)).matchAll(/term (\w)/g)].map((m) => m[1]),
      ['c', 'b', 'a'],
    );
  });

  it('refuses to insert before what is not there', async () => {
    const c = start();
    const reply = await c.set('insert firewall family inet filter F term a before term z');
    assert.deepEqual(texts(reply, 'error-severity'), ['error']);
    assert.equal(await c.compare(), '');
  });

  it('moves a value of an ordered list', async () => {
    const c = start();
    await c.set(
      'set interfaces ae0 unit 1 apply-groups [ A B ]',
      'insert interfaces ae0 unit 1 apply-groups B before A',
    );
    assert.match(await candidate(c), /apply-groups B\n.*apply-groups A/);
  });

  it('deletes one value of a list, and the list with its last', async () => {
    const c = start();
    await c.set(
      'set interfaces ae0 unit 1 apply-groups [ A B ]',
      'delete interfaces ae0 unit 1 apply-groups A',
    );
    assert.match(await candidate(c), /apply-groups B/);
    await c.set('delete interfaces ae0 unit 1 apply-groups B');
    assert.equal(await c.compare(), '');
  });

  it('warns about deleting or deactivating what is not there, and creates nothing by it', async () => {
    const c = start();
    const reply = await c.set(
      'delete interfaces ae0 unit 9 description',
      'deactivate interfaces ae0 unit 9',
      'delete interfaces ae0 unit 1 description other',
    );
    assert.deepEqual(texts(reply, 'error-severity'), ['warning', 'warning', 'warning']);
    assert.equal(await c.compare(), '');
  });

  it('deactivates and activates', async () => {
    const c = start();
    await c.set('deactivate interfaces ae0 unit 1 description');
    assert.equal(await c.compare(), '[edit interfaces ae0 unit 1]\n!     inactive: description one;\n');
    await c.set('activate interfaces ae0 unit 1 description');
    assert.equal(await c.compare(), '');
  });

  it('drops a container without a name once nothing is in it', async () => {
    const c = start();
    await c.set('set interfaces ae0 unit 1 family inet filter input F');
    await c.set('delete interfaces ae0 unit 1 family inet filter input');
    assert.equal(await c.compare(), '');
  });

  for (const line of [
    'gibberish interfaces',
    'set',
    'set interfaces ae0 unit',
    'set interfaces ae0 {',
    'insert before term b',
  ]) {
    it(`refuses "${line}", and carries out the lines around it`, async () => {
      const c = start();
      const reply = await c.set('set interfaces ae0 mtu 9000', line, 'set interfaces ae0 unit 1 disable');
      assert.deepEqual(texts(reply, 'load-error-count'), ['1']);
      assert.equal(
        await c.compare(),
        '[edit interfaces ae0]\n+    mtu 9000;\n[edit interfaces ae0 unit 1]\n+     disable;\n',
      );
    });
  }
});

describe('loading otherwise', () => {
  it('loads an older configuration by its number', async () => {
    const c = start();
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

  it('loads XML, deletions included', async () => {
    const c = start();
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
-     description one;
+     description xml;
[edit interfaces ae0 unit 1 family inet]
+      filter {
+          input F;
+      }
`,
    );
  });

  it('edits the candidate the standard way, as XML and as text', async () => {
    const c = start();
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
      '[edit interfaces ae0]\n-    unit 2 {\n-        description two;\n-        vlan-id 2;\n-    }\n+    mtu 9000;\n',
    );
  });

  it('refuses an unknown action, an unknown format and an empty load', async () => {
    const c = start();
    await c.errors('<load-configuration action="sideways"><configuration-text/></load-configuration>');
    await c.errors('<load-configuration url="http://example.net/"/>');
    await c.errors('<edit-config><target><running/></target><config/></edit-config>');
    assert.equal(await c.compare(), '');
  });
});
