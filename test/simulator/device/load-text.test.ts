import assert from 'node:assert/strict';
import { candidate, start } from './candidate.ts';
import { parsed, texts, all } from './scene.ts';

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
