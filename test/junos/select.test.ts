import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from '../../junos/parse.ts';
import { print } from '../../junos/print.ts';
import { at, paths, same, within } from '../../junos/select.ts';
import type { Path } from '../../junos/tree.ts';
import { knownPath, tree } from './arbitrary.ts';
import { canonical, exists, layout } from './forms.ts';
import { nest } from './nest.ts';

const sample = parse(`
interfaces { ae0 { mtu 9000; unit 1 { vlan-id 1; family inet { filter { input F; } } } unit 2; } ge-0/0/0 { gigether-options { 802.3ad ae0; } } }
interfaces { ae0 { unit 1 { description one; } } }
firewall { family inet { filter F { term a { then { count c; accept; } } term b { from { source-prefix-list { p; q; } } then accept; } } } }
routing-instances { r { interface ae0.1; interface ae0.2; } }
policy-options { prefix-list p { 10.0.0.0/8; } community c members [ 1:1 2:2 ]; }
apply-groups [ G H ];
`);
const seen = (path: string): string =>
  print([at(sample, path.split(' '))].filter((found) => found !== undefined));

describe('finding', () => {
  for (const [path, expected] of [
    ['interfaces ae0 mtu', 'mtu 9000;\n'],
    ['interfaces ae0 mtu 9000', 'mtu 9000;\n'],
    ['interfaces ae0 mtu 1500', ''],
    [
      'interfaces ae0 unit 1',
      'unit 1 {\n    vlan-id 1;\n    family inet {\n        filter {\n            input F;\n        }\n    }\n    description one;\n}\n',
    ],
    [
      'interfaces ae0 unit',
      'unit 1 {\n    vlan-id 1;\n    family inet {\n        filter {\n            input F;\n        }\n    }\n    description one;\n}\n',
    ],
    ['interfaces ae0 unit 3', ''],
    ['interfaces ae0 unit 1 family inet', 'inet {\n    filter {\n        input F;\n    }\n}\n'],
    [
      'firewall family inet filter F term a',
      'term a {\n    then {\n        count c;\n        accept;\n    }\n}\n',
    ],
    ['firewall family inet filter F term b from source-prefix-list q', 'source-prefix-list q;\n'],
    ['routing-instances r interface', 'interface ae0.1;\n'],
    ['routing-instances r interface ae0.2', 'interface ae0.2;\n'],
    ['policy-options prefix-list p 10.0.0.0/8', '10.0.0.0/8;\n'],
    ['policy-options community c members 2:2', 'members 2:2;\n'],
    ['apply-groups', 'apply-groups [ G H ];\n'],
    ['apply-groups H', 'apply-groups H;\n'],
    ['system', ''],
  ] as const) {
    it(`shows what stands at ${path}`, () => assert.equal(seen(path), expected));
  }

  it('gives the one statement, or none', () => {
    assert.deepEqual(at(sample, ['interfaces', 'ae0', 'mtu'])?.words, ['mtu', '9000']);
    assert.equal(at(sample, ['nowhere']), undefined);
    assert.equal(exists(sample, ['interfaces', 'ae0', 'unit', '2']), true);
    assert.equal(exists(sample, ['interfaces', 'ae0', 'unit', '3']), false);
    assert.equal(exists(sample, ['interfaces', 'ae0', 'unit', 'constructor']), false);
  });

  it('finds every leaf of a tree by its path', () => {
    fc.assert(fc.property(tree, (statements) => paths(statements).every((path) => exists(statements, path))));
  });

  it('tells what lies within a stanza', () => {
    const owner: Path = ['interfaces', 'ae0', 'unit', '1'];
    assert.equal(within([...owner, 'vlan-id', '1'], owner), true);
    assert.equal(within(owner, owner), true);
    assert.equal(within(['interfaces', 'ae0', 'unit', '10'], owner), false);
    assert.equal(within(['interfaces', 'ae0', 'unit'], owner), false);
  });
});

describe('comparing trees', () => {
  const equal: readonly [what: string, a: string, b: string][] = [
    ['in another order', 'system { host-name x; domain-name y; }', 'system { domain-name y; host-name x; }'],
    [
      'in two blocks',
      'interfaces { ae0 { mtu 1; } ae1 { mtu 2; } }',
      'interfaces { ae1 { mtu 2; } } interfaces { ae0 { mtu 1; } }',
    ],
    [
      'in one line or several',
      'firewall { family inet { filter F { term t { then accept; } } } }',
      'firewall { family { inet { filter F { term t { then { accept; } } } } } }',
    ],
    ['with a list or its values', 'community c members [ a b ];', 'community c { members b; members a; }'],
    [
      'with entries grouped or not',
      'groups { G { system { host-name x; } } }',
      'groups G { system { host-name x; } }',
    ],
    [
      'with leaves on one line',
      'interfaces { ae0 { hold-time up 0 down 100; } }',
      'interfaces { ae0 { hold-time { down 100; up 0; } } }',
    ],
    ['with empty containers', 'system { services { } host-name x; }', 'system { host-name x; }'],
    ['with a leaf given twice', 'system { host-name x; host-name y; }', 'system { host-name y; }'],
    ['with a comment', 'a; /* b */', 'a; # c'],
    [
      'where the table knows nothing',
      'foo { bar 5 { baz x; } qux; }',
      'foo { qux; bar { 5 { baz { x; } } } }',
    ],
  ];
  const wrap = (text: string): string => (text.startsWith('community') ? `policy-options { ${text} }` : text);
  for (const [what, a, b] of equal) {
    it(`takes them for the same ${what}`, () => assert.ok(same(parse(wrap(a)), parse(wrap(b)))));
  }

  const terms = (...names: string[]) =>
    `firewall { family inet { filter F { ${names.map((name) => `term ${name} { then accept; }`).join(' ')} } } }`;
  const different: readonly [what: string, a: string, b: string][] = [
    ['terms in another order', terms('a', 'b'), terms('b', 'a')],
    ['groups applied in another order', 'apply-groups [ A B ];', 'apply-groups [ B A ];'],
    [
      'import policies in another order',
      'routing-options { instance-import [ A B ]; }',
      'routing-options { instance-import [ B A ]; }',
    ],
    [
      'policy terms in another order',
      'policy-options { policy-statement p { term a; term b; } }',
      'policy-options { policy-statement p { term b; term a; } }',
    ],
    ['a value', 'system { host-name x; }', 'system { host-name y; }'],
    ['an inactive statement', 'interfaces { inactive: ae0 { mtu 1; } }', 'interfaces { ae0 { mtu 1; } }'],
    ['an empty prefix list', 'policy-options { prefix-list p; }', 'policy-options { }'],
    [
      'a family without content',
      'interfaces { ae0 { unit 0 { family inet; } } }',
      'interfaces { ae0 { unit 0; } }',
    ],
    ['words that look alike when joined', 'x "a b";', 'x a b;'],
  ];
  for (const [what, a, b] of different) {
    it(`sees a difference in ${what}`, () => assert.ok(!same(parse(a), parse(b))));
  }

  it('knows one form for each meaning', () => {
    fc.assert(
      fc.property(tree, (statements) => {
        const form = canonical(statements);
        assert.deepEqual(canonical(form), form);
        assert.deepEqual(canonical(parse(print(form))), form);
        assert.ok(same(layout(statements), statements), print(statements));
      }),
      { numRuns: 500 },
    );
  });

  it('does not care in which order paths without an order were set', () => {
    const ordered = ['term', 'apply-groups', 'instance-import', 'instance-export'];
    const single = ['description', 'vlan-id', 'input', 'output', 'host-name', 'domain-name'];
    const unordered = knownPath.filter(
      (path) => !path.some((word) => [...ordered, ...single].includes(word)),
    );
    fc.assert(
      fc.property(fc.array(unordered, { maxLength: 10 }), (paths) => {
        assert.ok(same(paths.flatMap(nest), [...paths].reverse().flatMap(nest)));
      }),
    );
  });
});

describe("Junos's grouping", () => {
  it('is what the router prints', () => {
    const flat = [
      'groups G interfaces <*> unit <*> family inet mtu 1500',
      'interfaces ae0 unit 5 family inet address 10.0.0.1/24 vrrp-group 1 virtual-address 10.0.0.3',
      'policy-options prefix-list p 10.0.0.0/8',
      'policy-options policy-statement s term t from instance r',
      'policy-options policy-statement s term t then accept',
      'firewall family inet filter F term t from source-prefix-list p',
      'firewall family inet filter F term t then count c',
      'firewall family inet filter F term t then accept',
      'firewall family inet filter F term u then accept',
    ].map((line) => line.split(' '));
    const lines = [
      'groups {',
      '    G {',
      '        interfaces {',
      '            <*> {',
      '                unit <*> {',
      '                    family inet {',
      '                        mtu 1500;',
      '                    }',
      '                }',
      '            }',
      '        }',
      '    }',
      '}',
      'interfaces {',
      '    ae0 {',
      '        unit 5 {',
      '            family inet {',
      '                address 10.0.0.1/24 {',
      '                    vrrp-group 1 {',
      '                        virtual-address 10.0.0.3;',
      '                    }',
      '                }',
      '            }',
      '        }',
      '    }',
      '}',
      'policy-options {',
      '    prefix-list p {',
      '        10.0.0.0/8;',
      '    }',
      '    policy-statement s {',
      '        term t {',
      '            from instance r;',
      '            then accept;',
      '        }',
      '    }',
      '}',
      'firewall {',
      '    family inet {',
      '        filter F {',
      '            term t {',
      '                from {',
      '                    source-prefix-list {',
      '                        p;',
      '                    }',
      '                }',
      '                then {',
      '                    count c;',
      '                    accept;',
      '                }',
      '            }',
      '            term u {',
      '                then accept;',
      '            }',
      '        }',
      '    }',
      '}',
      '',
    ];
    assert.equal(print(layout(flat.flatMap(nest))), lines.join('\n'));
  });
});

describe('tags on leaves', () => {
  for (const text of [
    'protect: apply-groups [ 7 ];',
    'interfaces { ae0 { inactive: description x; } }',
    'delete: routing-instances d vlan-id { a { b; } c [ ]; } e;',
  ]) {
    it(`stay where they are, printed in whatever form: ${text}`, () => {
      const tree = parse(text);
      assert.deepEqual(canonical(canonical(tree)), canonical(tree));
      assert.ok(same(parse(print(layout(tree))), tree));
    });
  }
});
