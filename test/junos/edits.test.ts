import assert from 'node:assert/strict';
import { edits } from '../../junos/edits.ts';
import { parse } from '../../junos/parse.ts';

const UNIT = ['interfaces', 'ae0', 'unit', '5'];
const unit = (content: string): string => `interfaces { ae0 { unit 5 { ${content} } } }`;
/** The commands within unit 5, without its path. */
const inUnit = (before: string, after: string, standing = before): string[] =>
  edits({
    base: parse(before === '' ? '' : unit(before)),
    target: parse(after === '' ? '' : unit(after)),
    standing: parse(standing === '' ? '' : unit(standing), { by: 'router' }),
    owns: [UNIT],
  }).map((line) => line.replace(` ${UNIT.join(' ')}`, ''));

describe('edits in one stanza', () => {
  const table: readonly (readonly [string, string[], before: string, after: string, standing?: string])[] = [
    ['none without a difference', [], 'vlan-id 5;', 'vlan-id 5;', 'vlan-id 5; mtu 9000;'],
    ['one `set` for another value of a leaf', ['set description b'], 'description a;', 'description b;'],
    [
      'no deletion of a value that somebody replaced',
      [],
      'vlan-id 5; description a;',
      'vlan-id 5;',
      'vlan-id 5; description x;',
    ],
    ['no deletion of what stands no more', [], 'vlan-id 5; description a;', 'vlan-id 5;', 'vlan-id 5;'],
    [
      'deletions before additions',
      ['delete description', 'set vlan-id 5'],
      'disable; description a;',
      'disable; vlan-id 5;',
    ],
    ['the stanza as one', ['delete'], 'vlan-id 5; description a; family inet { address 192.0.2.1/24; }', ''],
    [
      'the innermost container in which others have nothing',
      ['delete description', 'delete family inet filter'],
      'description a; family inet { filter { input F; output G; } }',
      '',
      'description a; family inet { filter { input F; output G; } address 192.0.2.1/24; }',
    ],
    [
      'no container of ours that holds a statement of others',
      ['delete family inet address 192.0.2.1/24 vrrp-group 1 priority'],
      'family inet { address 192.0.2.1/24 { vrrp-group 1 { priority 5; } } }',
      '',
      'family inet { address 192.0.2.1/24 { vrrp-group 1 { priority 5; accept-data; } } }',
    ],
    ['a container that somebody has emptied', ['delete'], 'vlan-id 5;', '', ' '],
    [
      'a list of values by value',
      ['delete vlan-id-list 2', 'set vlan-id-list 3'],
      'vlan-id-list [ 1 2 ];',
      'vlan-id-list [ 1 3 ];',
      'vlan-id-list [ 2 1 9 ];',
    ],
    [
      'a new value behind the others',
      ['set apply-groups B'],
      'apply-groups A;',
      'apply-groups [ A B ];',
      'apply-groups [ A X ];',
    ],
    [
      'values anew from the first in a wrong place',
      ['delete apply-groups B', 'set apply-groups A', 'set apply-groups B'],
      'apply-groups B;',
      'apply-groups [ A B ];',
    ],
    [
      'an activation where somebody deactivated the text',
      ['activate family inet'],
      'family inet { mtu 1500; }',
      'family inet { mtu 1500; }',
      'inactive: family inet { mtu 1500; }',
    ],
    [
      'an activation of the whole list, of which one value is left',
      ['activate vlan-id-list'],
      'vlan-id-list 1;',
      'vlan-id-list 1;',
      'inactive: vlan-id-list 1;',
    ],
    [
      'a statement anew that is unknown to the schema, where somebody deactivated it: is its last word a value?',
      ['delete x-option 7', 'set x-option 7'],
      'x-option 7;',
      'x-option 7;',
      'inactive: x-option 7;',
    ],
    [
      'an activation where others have more words behind it',
      ['activate x-option 7'],
      'x-option 7;',
      'x-option 7;',
      'inactive: x-option 7 more;',
    ],
    [
      'a statement anew that is unknown to the schema, where it may be a leaf with another value that is inactive',
      ['set x-option 7', 'delete x-option 7', 'set x-option 7'],
      'vlan-id 5;',
      'vlan-id 5; x-option 7;',
      'vlan-id 5; inactive: x-option 9;',
    ],
    [
      'one `set` where an unknown statement stands that is not inactive',
      ['set x-option 7'],
      'vlan-id 5;',
      'vlan-id 5; x-option 7;',
      'vlan-id 5; x-option 9; inactive: x-option 8;',
    ],
    [
      'a secret that is scrambled: none',
      [],
      ...twice('family inet { address 192.0.2.1/24 { vrrp-group 1 { authentication-key test; } } }'),
      'family inet { address 192.0.2.1/24 { vrrp-group 1 { authentication-key "$9$ab"; } } }',
    ],
    [
      'another secret, though the router may have it',
      ['set family inet address 192.0.2.1/24 vrrp-group 1 authentication-key new'],
      'family inet { address 192.0.2.1/24 { vrrp-group 1 { authentication-key test; } } }',
      'family inet { address 192.0.2.1/24 { vrrp-group 1 { authentication-key new; } } }',
      'family inet { address 192.0.2.1/24 { vrrp-group 1 { authentication-key "$9$ab"; } } }',
    ],
    [
      'no word of a secret in a deletion',
      ['delete family inet address 192.0.2.1/24 vrrp-group 1 authentication-key'],
      'family inet { address 192.0.2.1/24 { vrrp-group 1 { priority 5; authentication-key test; } } }',
      'family inet { address 192.0.2.1/24 { vrrp-group 1 { priority 5; } } }',
      'family inet { address 192.0.2.1/24 { vrrp-group 1 { priority 5; authentication-key "$9$ab"; } } }',
    ],
  ];
  for (const [what, commands, before, after, standing] of table)
    it(`are ${what}`, () => assert.deepEqual(inUnit(before, after, standing), commands));

  it('activate a statement that a router prints on one line as a whole, and not a part of it', () => {
    const activated = (text: string, stanza: string): readonly string[] => {
      const [ours, owner] = [parse(text.replace('inactive: ', '')), stanza.split(' ')];
      const standing = parse(text, { by: 'router' });
      return edits({ base: ours, target: ours, standing, owns: [owner] });
    };
    assert.deepEqual(
      activated(
        'routing-options { static { inactive: route 192.0.2.0/24 next-hop 198.51.100.1; } }',
        'routing-options static route 192.0.2.0/24',
      ),
      ['activate routing-options static route 192.0.2.0/24'],
    );
    assert.deepEqual(
      activated(
        'policy-options { policy-statement P { term t { inactive: then accept; } } }',
        'policy-options policy-statement P',
      ),
      ['activate policy-options policy-statement P term t then'],
    );
    assert.deepEqual(activated('interfaces { ae0 { unit 5 { inactive: family inet; } } }', UNIT.join(' ')), [
      'activate interfaces ae0 unit 5 family inet',
    ]);
  });

  it('delete what stands behind a value before they replace it', () => {
    const instance = (system: string): ReturnType<typeof parse> =>
      parse(`routing-instances { R { routing-options { autonomous-system ${system}; } } }`);
    const options = {
      base: instance('65000 loops 2'),
      target: instance('65001'),
      owns: [['routing-instances', 'R']],
    };
    assert.deepEqual(edits({ ...options, standing: options.base }), [
      'delete routing-instances R routing-options autonomous-system',
      'set routing-instances R routing-options autonomous-system 65001',
    ]);
  });

  it('reckon with any of several texts that may stand there', () => {
    const base = [...parse(unit('description a;')), ...parse(unit('description b;'))];
    for (const description of ['a', 'b']) {
      const standing = parse(unit(`description ${description}; family inet;`));
      assert.deepEqual(edits({ base, target: [], standing, owns: [UNIT] }), [
        'delete interfaces ae0 unit 5 description',
      ]);
    }
  });

  it('delete nothing above a stanza, even if nothing else is in it', () => {
    const base = parse(unit('family inet { address 192.0.2.1/24; }'));
    const address = [...UNIT, 'family', 'inet', 'address', '192.0.2.1/24'];
    assert.deepEqual(edits({ base, target: [], standing: base, owns: [address] }), [
      `delete ${address.join(' ')}`,
    ]);
  });

  it('put terms in order, and move none of others', () => {
    const policy = (...terms: string[]): ReturnType<typeof parse> =>
      parse(
        `policy-options { policy-statement Q { ${terms.map((name) => `term ${name} { then accept; }`).join(' ')} } }`,
      );
    const path = 'policy-options policy-statement Q term';
    const moves = (before: string[], after: string[], standing = before): readonly string[] =>
      edits({
        base: policy(...before),
        target: policy(...after),
        standing: policy(...standing),
        owns: [path.split(' ').slice(0, -1)],
      });
    assert.deepEqual(moves(['a', 'b'], ['b', 'a']), [`insert ${path} a after term b`]);
    assert.deepEqual(moves(['a', 'c'], ['a', 'b', 'c'], ['a', 'c', 'x']), [
      `set ${path} b then accept`,
      `insert ${path} b after term a`,
    ]);
    assert.deepEqual(moves(['a', 'b', 'c', 'd'], ['b', 'c', 'd', 'a']), [`insert ${path} a after term d`]);
    assert.deepEqual(moves(['a'], ['a', 'b'], ['a', 'x']), [`set ${path} b then accept`]);
  });
});

function twice(text: string): [string, string] {
  return [text, text];
}
