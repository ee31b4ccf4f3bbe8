import assert from 'node:assert/strict';
import { AE0, clientWithGroups, get, text, UNIT1 } from './configs.ts';
import { client, parsed, router, texts } from './scene.ts';

describe('get-configuration', () => {
  it('as text can be read by a router again', async () => {
    const all = await text(get(''));
    const again = client(router({ config: all }).device);
    assert.equal((parsed(await again.ok(get(''))).children[0]?.text ?? '').replace(/^\n## .*\n/, ''), all);
  });

  it('selects one entry, within the blocks around it', async () => {
    assert.equal(
      await text(get(UNIT1)),
      `interfaces {
    ae0 {
        unit 1 {
            description one;
            vlan-id 1;
            family inet {
                filter {
                    input F;
                }
            }
        }
    }
}
`,
    );
  });

  it('selects single values, several parts, and whole blocks', async () => {
    const description = UNIT1.replace('</unit>', '<description/></unit>');
    assert.equal(
      await text(get(`${description}<policy-options/>`)),
      `interfaces {
    ae0 {
        unit 1 {
            description one;
        }
    }
}
policy-options {
    prefix-list P {
        10.0.0.0/8;
    }
}
`,
    );
  });

  it('selects inside a family', async () => {
    const filter =
      '<firewall><family><inet><filter><name>F</name><term><name>a</name><then/></term></filter></inet></family></firewall>';
    assert.match(
      await text(get(filter)),
      /^firewall \{\n {4}family inet \{\n {8}filter F \{\n {12}term a \{\n {16}then \{/,
    );
  });

  it('selects one configuration group, which has no element around all groups', async () => {
    const one = '<groups><name>G</name></groups>';
    const selected = await text(get(one));
    assert.match(selected, /^groups \{\n {4}G \{/);
    assert.doesNotMatch(selected, /^ {4}H \{/m);
    const xml = await clientWithGroups().ok(get(one, 'format="xml"'));
    assert.match(xml.replaceAll('\n', ''), /<configuration [^>]*><groups><name>G<\/name>/);
  });

  it('is empty when the filter selects nothing', async () => {
    for (const filter of [AE0.replace('ae0', 'ae9'), '<snmp/>', '<nonsense/>'])
      assert.equal(await text(get(filter)), '');
  });

  it('as set commands has deactivate commands too', async () => {
    assert.equal(
      (parsed(await clientWithGroups().ok(get(AE0, 'format="set"'))).children[0]?.text ?? '').trim(),
      `set interfaces ae0 apply-groups G
set interfaces ae0 apply-groups H
set interfaces ae0 vlan-tagging
set interfaces ae0 unit 1 description one
set interfaces ae0 unit 1 vlan-id 1
set interfaces ae0 unit 1 family inet filter input F
set interfaces ae0 unit 2 vlan-id 2
deactivate interfaces ae0 unit 2`,
    );
  });

  it('as XML is nested as on Junos', async () => {
    const reply = await clientWithGroups().ok(
      get('<interfaces/><policy-options/><firewall/>', 'format="xml"'),
    );
    const flat = reply.replace(/\n/g, '');
    assert.match(
      flat,
      /<interface><name>ae0<\/name><apply-groups>G<\/apply-groups><apply-groups>H<\/apply-groups><vlan-tagging\/>/,
    );
    assert.match(
      flat,
      /<family><inet><filter><input><filter-name>F<\/filter-name><\/input><\/filter><\/inet><\/family>/,
    );
    assert.match(flat, /<unit inactive="inactive"><name>2<\/name>/);
    assert.match(
      flat,
      /<prefix-list><name>P<\/name><prefix-list-item><name>10.0.0.0\/8<\/name><\/prefix-list-item><\/prefix-list>/,
    );
    assert.match(
      flat,
      /<from><destination-prefix-list><name>P<\/name><\/destination-prefix-list><\/from><then><count>c<\/count><accept\/><\/then>/,
    );
  });

  it('as XML can be loaded again', async () => {
    const c = clientWithGroups();
    const xml = parsed(await c.ok('<get-configuration format="xml"/>'));
    assert.equal(xml.children[0]?.name, 'configuration');
    const body = await c.ok('<get-configuration format="xml"/>');
    await c.ok(`<load-configuration action="override" format="xml">${body}</load-configuration>`);
    assert.equal(await c.compare(), '');
  });

  it('distinguishes the candidate from the committed configuration', async () => {
    const c = clientWithGroups();
    await c.set('set interfaces ge-0/0/1 description edited');
    assert.match(await c.ok(get('')), /edited/);
    assert.match(await c.ok(get('', 'format="text" database="candidate"')), /edited/);
    assert.doesNotMatch(await c.ok(get('', 'format="text" database="committed"')), /edited/);
  });

  it('refuses unknown formats, databases and comparisons', async () => {
    const c = clientWithGroups();
    for (const attributes of ['format="json"', 'database="operational"', 'compare="configuration"']) {
      await c.errors(get('', attributes));
    }
  });
});

describe('get-config', () => {
  const getConfig = (source: string, filter = ''): string =>
    `<get-config><source><${source}/></source>${filter}</get-config>`;

  it('returns running and candidate, as XML inside data', async () => {
    const c = clientWithGroups();
    await c.set('set interfaces ge-0/0/1 description edited');
    const running = parsed(await c.ok(getConfig('running')));
    assert.deepEqual(
      [running.children[0]?.name, running.children[0]?.children[0]?.name],
      ['data', 'configuration'],
    );
    assert.doesNotMatch(await c.ok(getConfig('running')), /edited/);
    assert.match(await c.ok(getConfig('candidate')), /edited/);
  });

  it('is filtered by subtree', async () => {
    const filter = `<filter type="subtree"><configuration>${UNIT1}</configuration></filter>`;
    assert.deepEqual(texts(await clientWithGroups().ok(getConfig('running', filter)), 'name'), ['ae0', '1']);
    assert.deepEqual(texts(await clientWithGroups().ok(getConfig('running', '<filter/>')), 'name'), []);
  });

  it('refuses other sources and other filters', async () => {
    await clientWithGroups().errors(getConfig('startup'));
    await clientWithGroups().errors(getConfig('running', '<filter type="xpath" select="/"/>'));
  });
});

describe('text beyond ASCII in what a router prints', () => {
  const printed = {
    plain: 'Straße',
    characters: 'Stra&#223;e',
    octets: 'Stra&#195;&#159;e',
  };
  for (const [beyondAscii, expected] of Object.entries(printed) as [keyof typeof printed, string][]) {
    it(`is as the option says, in the configuration and in diffs: ${beyondAscii}`, async () => {
      const { device } = router({ options: { dialect: { beyondAscii } } });
      const visitor = client(device);
      await visitor.set('set interfaces ge-0/0/1 description "Straße"');
      const diff = '<get-configuration compare="rollback" rollback="0" format="text"/>';
      const text = '<get-configuration database="candidate" format="text"/>';
      for (const request of [diff, text])
        assert.ok((await visitor.ask(request)).includes(`description ${expected};`));
    });
  }
});
