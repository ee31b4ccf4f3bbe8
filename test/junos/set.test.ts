import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from '../../junos/parse.ts';
import { print } from '../../junos/print.ts';
import { paths, same } from '../../junos/select.ts';
import { parseSet, printSet, type SetCommand } from '../../junos/set.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import { knownPath, word } from './arbitrary.ts';
import { layout } from './forms.ts';
import { nest } from './nest.ts';

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

describe('nesting', () => {
  it('of all paths of a tree gives the same configuration, by way of set lines too', () => {
    fc.assert(
      fc.property(fc.array(knownPath, { maxLength: 12 }), (wanted) => {
        const statements = layout(wanted.flatMap(nest));
        const lines = paths(statements).map((path) => printSet({ verb: 'set', path }));
        const again = parseSet(lines.join('\n')).flatMap(({ path }) => nest(path));
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
