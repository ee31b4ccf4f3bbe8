import assert from 'node:assert/strict';
import { heldOf, type Held } from '../../junos/holds.ts';
import { parse } from '../../junos/parse.ts';

const UNIT = ['interfaces', 'ae0', 'unit', '5'];
const INSTANCE = ['routing-instances', 'R'];
const LIST = ['policy-options', 'prefix-list', 'L'];
const unit = (content: string): string => `interfaces { ae0 { unit 5 { ${content} } } }`;
const instance = (content: string): string => `routing-instances { R { ${content} } }`;
const text = [
  unit('vlan-id 5; apply-groups [ A B ];'),
  instance('interface ae0.5;'),
  'policy-options { prefix-list L; }',
];
const owns = [UNIT, INSTANCE, LIST];

const held = (
  standing: readonly string[],
  without: readonly string[] = [],
  written: readonly string[] = text,
): Held =>
  heldOf(parse(standing.join('\n'), { by: 'router' }), {
    text: parse(written.join('\n')),
    without: parse(without.join('\n')),
    owns,
  });
const whole: Held = { kind: 'whole', scrambled: [] };
const changed = (owner: readonly string[], ...path: string[]): Held => ({
  kind: 'changed',
  path: [...owner, ...path],
});

describe('what a router holds of a text', () => {
  it('is the whole, whatever others have beside it', () => {
    assert.deepEqual(held(text), whole);
    const others = [
      unit('family inet { address 192.0.2.1/24; } apply-groups X;'),
      instance('routing-options { static { route 0.0.0.0/0 discard; } }'),
      'policy-options { prefix-list L { 192.0.2.0/24; } }',
    ];
    assert.deepEqual(held([...text, ...others]), whole);
  });

  it('is none where only others have statements in its containers', () => {
    assert.deepEqual(held([]), { kind: 'none' });
    const others = [
      unit('description x;'),
      instance('interface ae0.9;'),
      'policy-options { prefix-list L { 192.0.2.0/24; } }',
    ];
    assert.deepEqual(held(others), { kind: 'none' });
  });

  it('is changed where a statement is missing, or has another value or place', () => {
    const [ours = '', ...rest] = text;
    assert.deepEqual(held([ours.replace('vlan-id 5;', ''), ...rest]), changed(UNIT, 'vlan-id', '5'));
    assert.deepEqual(
      held([ours.replace('vlan-id 5;', 'vlan-id 6;'), ...rest]),
      changed(UNIT, 'vlan-id', '5'),
    );
    assert.deepEqual(held([ours.replace('A B', 'B A'), ...rest]), changed(UNIT, 'apply-groups', 'B'));
    assert.deepEqual(
      held([ours.replace('vlan-id 5;', 'inactive: vlan-id 5;'), ...rest]),
      changed(UNIT, 'vlan-id'),
    );
    assert.deepEqual(held([ours.replace('unit 5', 'inactive: unit 5'), ...rest]), changed(UNIT));
    const only = [unit('vlan-id 5;')];
    assert.deepEqual(held([unit('vlan-id 6;')], [], only), changed(UNIT, 'vlan-id', '5'));
  });

  describe('of a statement that is unknown to the schema', () => {
    const ours = [unit('x-option 7;'), ...text.slice(1)];
    const heldWith = (content: string): Held => held([unit(content), ...text.slice(1)], [], ours);
    const inactive = changed(UNIT, 'x-option', '7');

    it('is changed where that is inactive, also with more words behind it', () => {
      assert.deepEqual(heldWith('inactive: x-option 7;'), inactive);
      assert.deepEqual(heldWith('inactive: x-option 7 more;'), inactive);
      assert.deepEqual(heldWith('inactive: x-option 7 more; inactive: x-option 7 less;'), inactive);
      assert.deepEqual(held([unit('inactive: x-option 7 more;')], [], [unit('x-option 7;')]), inactive);
    });

    it('is the whole where only what others have is inactive', () => {
      for (const content of [
        'x-option 7; inactive: x-option 9;',
        'x-option 7 more; inactive: x-option 7 less;',
        'inactive: x-option 7 less; x-option 7 more;',
        'x-option 7 { inactive: more; }',
        'x-option { 7; inactive: more; }',
      ])
        assert.deepEqual(heldWith(content), whole, content);
    });
  });

  it('is changed where something of another text still stands', () => {
    const older = [unit('vlan-id 5; description a;')];
    assert.deepEqual(held([...text, unit('description a;')], older), changed(UNIT, 'description'));
    assert.deepEqual(held([...text, unit('description x;')], older), whole);
    assert.deepEqual(
      held([...text, unit('description x;')], [...older, unit('description x;')]),
      changed(UNIT, 'description'),
    );
  });

  it('is changed where another text has left an empty entry, but not where others have content in it', () => {
    const without = ['policy-options { prefix-list L; }', instance('interface ae0.5;')];
    const only = [unit('vlan-id 5;')];
    const standing = (prefixes: string): string[] => [
      ...only,
      `policy-options { prefix-list L ${prefixes} }`,
    ];
    assert.deepEqual(held(standing(';'), without, only), changed(LIST));
    assert.deepEqual(held([...only, 'routing-instances { R; }'], without, only), changed(INSTANCE));
    assert.deepEqual(held(standing('{ 192.0.2.0/24; }'), without, only), whole);
  });

  it('is partial where stanzas are missing', () => {
    const [, ...rest] = text;
    assert.deepEqual(held(rest), { kind: 'partial', found: INSTANCE, missing: UNIT });
  });

  it('asks for no stanza in which the text has nothing', () => {
    assert.deepEqual(
      held([unit('description x;')], [], [unit('vlan-id 5; description x;')]),
      changed(UNIT, 'vlan-id', '5'),
    );
  });

  it('of no text is whole or changed', () => {
    assert.deepEqual(held([unit('description x;')], text, []), whole);
    assert.deepEqual(held([unit('vlan-id 5; description x;')], text, []), changed(UNIT, 'vlan-id'));
  });

  it('takes a scrambled secret for the written one, and tells it', () => {
    const key = [...INSTANCE, ...'protocols bgp group g neighbor 192.0.2.2 authentication-key'.split(' ')];
    const bgp = (word: string, more = ''): string =>
      instance(
        `protocols { bgp { group g { neighbor 192.0.2.2 { authentication-key ${word}; ${more} } } } }`,
      );
    const scrambled: Held = { kind: 'whole', scrambled: [[...key, '$9$ab']] };
    assert.deepEqual(held([bgp('"$9$ab"', 'peer-as 65001;')], [], [bgp('test')]), scrambled);
    assert.deepEqual(held([bgp('"$9$ab"')], [bgp('old')], [bgp('test')]), scrambled);
    assert.deepEqual(held([bgp('other')], [], [bgp('test')]), changed(key, 'test'));
    assert.deepEqual(
      held(
        [bgp('"$9$ab"', 'peer-as 65001;')],
        [bgp('old')],
        [instance('protocols { bgp { group g { neighbor 192.0.2.2 { peer-as 65001; } } } }')],
      ),
      changed(key),
    );
  });
});
