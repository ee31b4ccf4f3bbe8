import assert from 'node:assert/strict';
import { start } from './candidate.ts';

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
