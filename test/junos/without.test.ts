import assert from 'node:assert/strict';
import { parse } from '../../junos/parse.ts';
import { print } from '../../junos/print.ts';
import type { Path } from '../../junos/tree.ts';
import { emptied, without } from '../../junos/without.ts';

const path = (words: string): Path => words.split(' ');
const unit = (inside: string) => `interfaces { ae0 { unit 5 { ${inside} } } }`;
const address = path('interfaces ae0 unit 5 family inet address 192.0.2.1/24');

describe('a configuration without some paths', () => {
  const rest = (tree: string, text: string, ...paths: string[]) =>
    print(without(parse(tree), paths.map(path), parse(text)))
      .replaceAll(/\s+/g, ' ')
      .trim();
  const standing = unit('vlan-id 5; family inet { address 192.0.2.1/24; }');

  it('lacks the containers that held nothing else, unless the text has them', () => {
    const inet = address.join(' ');
    assert.equal(rest(standing, unit('vlan-id 5;'), inet), unit('vlan-id 5;'));
    assert.equal(rest(standing, unit('family inet;'), inet), unit('vlan-id 5; family inet;'));
  });

  it('has what stands beside them', () => {
    const both = unit('family inet { address 192.0.2.1/24; address 192.0.2.2/24; }');
    assert.equal(rest(both, '', address.join(' ')), unit('family inet { address 192.0.2.2/24; }'));
  });

  it('has statements that are unknown to the schema as the router prints them, where they are inactive', () => {
    for (const text of [
      'inactive: x-option 7 more;',
      'inactive: x-option 7 more; inactive: x-option 8;',
      'x-option { inactive: 7 { inactive: more; } }',
      'inactive: x-option { 7; 8; }',
      'x-option { 7 { inactive: more; } 8; }',
    ])
      assert.equal(
        rest(unit(`family inet { address 192.0.2.1/24; } ${text}`), '', address.join(' ')),
        unit(text),
      );
  });

  it('lacks a leaf, whatever its value, and one value of a list', () => {
    const instance = 'routing-instances { x { routing-options { router-id 192.0.2.9; } } }';
    assert.equal(
      rest(instance, 'routing-instances { x; }', 'routing-instances x routing-options router-id'),
      'routing-instances { x; }',
    );
    const list = 'policy-options { prefix-list p { 10.0.0.0/24; 10.0.1.0/24; } }';
    assert.equal(
      rest(list, '', 'policy-options prefix-list p 10.0.0.0/24'),
      'policy-options { prefix-list p { 10.0.1.0/24; } }',
    );
  });

  it('is the same where nothing stands at them', () => {
    const inet = unit('family inet;');
    assert.equal(rest(inet, '', address.join(' ')), inet);
  });
});

describe('containers that are left empty', () => {
  const found = (tree: string, going: readonly Path[], staying = '') =>
    emptied(parse(tree), {
      paths: going,
      inside: [path('interfaces ae0 unit 5'), path('routing-instances x')],
      staying: parse(staying),
    }).map((one) => one.join(' '));
  const one = unit('family inet { address 192.0.2.1/24; }');

  it('are those in which nothing else stands, each the outermost one', () => {
    assert.deepEqual(found(one, [address]), ['interfaces ae0 unit 5 family inet']);
    const bgp = 'routing-instances { x { protocols { bgp { group a { type external; } } } } }';
    assert.deepEqual(found(bgp, [path('routing-instances x protocols bgp group a')]), [
      'routing-instances x protocols',
    ]);
  });

  it('are none that hold a statement of others, an empty container of theirs, or a tag', () => {
    for (const inside of ['mtu 1400;', 'rpf-check;', 'address 192.0.2.2/24;'])
      assert.deepEqual(found(unit(`family inet { address 192.0.2.1/24; ${inside} }`), [address]), []);
    assert.deepEqual(found(unit('inactive: family inet { address 192.0.2.1/24; }'), [address]), []);
  });

  it('are found for all that goes together', () => {
    const both = unit('family inet { address 192.0.2.1/24; address 192.0.2.2/24; }');
    const other = [...address.slice(0, -1), '192.0.2.2/24'];
    assert.deepEqual(found(both, [address, other]), ['interfaces ae0 unit 5 family inet']);
  });

  it('are none that a text has which stays, and none in which nothing stood', () => {
    assert.deepEqual(found(one, [address], unit('family inet { filter { input F; } }')), []);
    assert.deepEqual(found(unit('family inet;'), [address]), []);
  });

  it('are never a stanza of a parent, nor outside of all of them', () => {
    assert.deepEqual(
      found('interfaces { ae0 { unit 5 { vlan-id 5; } } }', [path('interfaces ae0 unit 5 vlan-id')]),
      [],
    );
    assert.deepEqual(
      found('interfaces { ae1 { unit 5 { family inet { mtu 9; } } } }', [
        path('interfaces ae1 unit 5 family inet mtu'),
      ]),
      [],
    );
  });
});
