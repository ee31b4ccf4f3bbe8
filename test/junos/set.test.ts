import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from '../../junos/parse.ts';
import { print } from '../../junos/print.ts';
import { layout, same } from '../../junos/select.ts';
import { nest, parseSet, printSet, toSet, type SetCommand } from '../../junos/set.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import { knownPath, word } from './arbitrary.ts';

const term = ['firewall', 'family', 'inet', 'filter', 'F', 'term'];

describe('reading set commands', () => {
  const table: readonly [string, SetCommand[]][] = [
    ['', []],
    ['\n# nothing\n\n', []],
    ['set a b', [{ verb: 'set', path: ['a', 'b'] }]],
    [
      '  delete a "b c" # gone\nactivate a\ndeactivate a\n',
      [
        { verb: 'delete', path: ['a', 'b c'] },
        { verb: 'activate', path: ['a'] },
        { verb: 'deactivate', path: ['a'] },
      ],
    ],
    [
      'set x [ a "b c" ]',
      [
        { verb: 'set', path: ['x', 'a'] },
        { verb: 'set', path: ['x', 'b c'] },
      ],
    ],
    ['set x [ ]', []],
    [
      `insert ${term.join(' ')} T before term all-accept`,
      [{ verb: 'insert', path: [...term, 'T'], position: 'before', anchor: ['term', 'all-accept'] }],
    ],
    [
      `insert ${term.join(' ')} T after term X`,
      [{ verb: 'insert', path: [...term, 'T'], position: 'after', anchor: ['term', 'X'] }],
    ],
    [
      `insert ${term.join(' ')} before after term after`,
      [{ verb: 'insert', path: [...term, 'before'], position: 'after', anchor: ['term', 'after'] }],
    ],
    ['set description "set x;{}"', [{ verb: 'set', path: ['description', 'set x;{}'] }]],
    ['set insert before', [{ verb: 'set', path: ['insert', 'before'] }]],
  ];
  for (const [text, commands] of table) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseSet(text), commands));
  }

  for (const [text, line, expected] of [
    ['show interfaces', 1, /one of set, delete, activate, deactivate, insert/],
    ['"set" a', 1, /one of set/],
    ['set', 1, /a path after set/],
    ['set a\ndelete\nset b', 2, /a path after delete/],
    ['set [ a ]', 1, /a path after set/],
    ['set a;', 1, /the end of the line/],
    ['set a { b; }', 1, /the end of the line/],
    ['set a [ b', 1, /']' at the end of the line/],
    ['set a [ b ] c', 1, /']' at the end of the line/],
    ['set a [ [ b ]', 1, /a word/],
    ['insert a b', 1, /'before' or 'after' and the other entry/],
    ['insert a b before', 1, /'before' or 'after'/],
    ['insert a before b', 1, /'before' or 'after'/],
    ['insert a b before c [ d ]', 1, /the end of the line/],
    ['set a\n}', 2, /one of set/],
    ['set a "b', 1, /a closing quote/],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} on line ${line}`, () => {
      assert.throws(
        () => parseSet(text),
        (error) => {
          assert.ok(error instanceof JunosSyntaxError, String(error));
          assert.equal(error.line, line);
          assert.match(error.expected, expected);
          return true;
        },
      );
    });
  }

  it('prints what it reads', () => {
    const verb = fc.constantFrom(
      'set' as const,
      'delete' as const,
      'activate' as const,
      'deactivate' as const,
    );
    fc.assert(
      fc.property(verb, fc.array(word, { minLength: 1, maxLength: 5 }), (verb, path) => {
        assert.deepEqual(parseSet(printSet({ verb, path })), [{ verb, path }]);
      }),
    );
    const insert: SetCommand = {
      verb: 'insert',
      path: [...term, 'a b'],
      position: 'after',
      anchor: ['term', 'c d'],
    };
    assert.deepEqual(parseSet(printSet(insert)), [insert]);
  });
});

describe('printing set lines from a tree', () => {
  const setOf = (text: string): string[] => toSet(parse(text));

  it('gives a line for each leaf, in the order given', () => {
    assert.deepEqual(
      setOf(
        'interfaces { ae0 { unit 5 { vlan-id 5; description "a b"; family inet; } } } apply-groups [ B A ];',
      ),
      [
        'set interfaces ae0 unit 5 vlan-id 5',
        'set interfaces ae0 unit 5 description "a b"',
        'set interfaces ae0 unit 5 family inet',
        'set apply-groups B',
        'set apply-groups A',
      ],
    );
  });

  it('says what tags mean', () => {
    assert.deepEqual(
      setOf(
        'interfaces { inactive: ae0 { mtu 9000; } delete: ae1; replace: ae2 { mtu 1500; } protect: ae3 { mtu 1; } }',
      ),
      [
        'set interfaces ae0 mtu 9000',
        'deactivate interfaces ae0',
        'delete interfaces ae1',
        'delete interfaces ae2',
        'set interfaces ae2 mtu 1500',
        'set interfaces ae3 mtu 1',
      ],
    );
  });

  it('says what tags mean on a leaf: they are the leaf’s, not its value’s', () => {
    assert.deepEqual(setOf('interfaces { ae0 { inactive: mtu 9000; delete: description x; } }'), [
      'set interfaces ae0 mtu 9000',
      'deactivate interfaces ae0 mtu',
      'delete interfaces ae0 description',
    ]);
  });

  it('leaves out containers that say nothing when empty, keeps those that do', () => {
    assert.deepEqual(
      setOf('system { services { } } interfaces { ae0 { unit 5 { family inet { filter { } } } } }'),
      ['set interfaces ae0 unit 5 family inet'],
    );
    assert.deepEqual(setOf('policy-options { prefix-list p; }'), ['set policy-options prefix-list p']);
  });

  it('and reading them back gives the same configuration', () => {
    fc.assert(
      fc.property(fc.array(knownPath, { maxLength: 12 }), (paths) => {
        const statements = layout(paths.flatMap(nest));
        const again = parseSet(toSet(statements).join('\n')).flatMap(({ path }) => nest(path));
        assert.ok(same(again, statements), print(statements));
      }),
      { numRuns: 500 },
    );
  });

  it('makes the statements of one path', () => {
    assert.equal(
      print(nest([...term, 'T', 'then', 'accept'])),
      print(parse('firewall { family inet { filter F { term T { then accept; } } } }')),
    );
  });
});
