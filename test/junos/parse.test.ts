import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maximumDepth, maximumWords } from '../../junos/tree.ts';
import { parse } from '../../junos/parse.ts';
import { paths } from '../../junos/select.ts';
import { print } from '../../junos/print.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Statement } from '../../junos/tree.ts';
import { tree } from './arbitrary.ts';

describe('parsing configuration text', () => {
  const table: readonly [string, Statement[]][] = [
    ['', []],
    ['  \n\t\r\n', []],
    ['a;', [{ words: ['a'] }]],
    ['description vpn_gw;', [{ words: ['description', 'vpn_gw'] }]],
    ['description "vpn gw";', [{ words: ['description', 'vpn gw'] }]],
    ['x "";', [{ words: ['x', ''] }]],
    ['x "a\\"b\\\\c\\nd\\te";', [{ words: ['x', 'a"b\\c\nd\te'] }]],
    ['as-path p "65000\\.1 [a]";', [{ words: ['as-path', 'p', '65000\\.1 [a]'] }]],
    ['x "{;}#/*";', [{ words: ['x', '{;}#/*'] }]],
    ['unit 5 { }', [{ words: ['unit', '5'], children: [] }]],
    [
      'a { b { c; } d; }',
      [{ words: ['a'], children: [{ words: ['b'], children: [{ words: ['c'] }] }, { words: ['d'] }] }],
    ],
    ['apply-groups [ A "B c" ];', [{ words: ['apply-groups'], list: ['A', 'B c'] }]],
    ['apply-groups [A B];', [{ words: ['apply-groups'], list: ['A', 'B'] }]],
    ['members [ ];', [{ words: ['members'], list: [] }]],
    ['a;b{c;}d;', [{ words: ['a'] }, { words: ['b'], children: [{ words: ['c'] }] }, { words: ['d'] }]],
    ['<*> { unit <*>; }', [{ words: ['<*>'], children: [{ words: ['unit', '<*>'] }] }]],
    ['<ge-[01]/*/*> { x; }', [{ words: ['<ge-[01]/*/*>'], children: [{ words: ['x'] }] }]],
    ['<a b;', [{ words: ['<a', 'b'] }]],
    [
      '# all\na; # rest\n## SECRET-DATA\nb; /* c; */ /* two\nlines */ d;',
      [{ words: ['a'] }, { words: ['b'] }, { words: ['d'] }],
    ],
    ['encrypted-password "$6$x"; ## SECRET-DATA', [{ words: ['encrypted-password', '$6$x'] }]],
    ['ge-0/0/1 { x 65000:1; }', [{ words: ['ge-0/0/1'], children: [{ words: ['x', '65000:1'] }] }]],
    ['inactive: unit 5 { x; }', [{ words: ['unit', '5'], tag: 'inactive', children: [{ words: ['x'] }] }]],
    [
      'replace: a { delete: b; protect: c; active: d [ e ]; }',
      [
        {
          words: ['a'],
          tag: 'replace',
          children: [
            { words: ['b'], tag: 'delete' },
            { words: ['c'], tag: 'protect' },
            { words: ['d'], tag: 'active', list: ['e'] },
          ],
        },
      ],
    ],
    ['"inactive:" x;', [{ words: ['inactive:', 'x'] }]],
    ['x inactive:;', [{ words: ['x', 'inactive:'] }]],
    ['a\n  b\n  c;', [{ words: ['a', 'b', 'c'] }]],
  ];
  for (const [text, expected] of table) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parse(text), expected));
  }

  const broken: readonly [
    what: string,
    text: string,
    line: number,
    column: number,
    expected: RegExp,
    got: string,
  ][] = [
    ['an end inside a statement', 'a b', 1, 4, /';' or '\{'/, 'the end of the text'],
    [
      'an end inside a block',
      'a {\n  b;\n',
      3,
      1,
      /'\}' for the block opened on line 1/,
      'the end of the text',
    ],
    ['a block closed twice', 'a { }\n}', 2, 1, /a statement/, "'}'"],
    ['a block closed inside a statement', 'a { b }', 1, 7, /';' or '\{'/, "'}'"],
    ['a block without a name', '{ a; }', 1, 1, /a statement/, "'{'"],
    ['a statement without words', 'a;;', 1, 3, /a statement/, "';'"],
    ['a list without a name', '[ a ];', 1, 1, /a statement/, "'['"],
    ['a list in a list', 'a [ b [ c ] ];', 1, 7, /a word or ']'/, "'['"],
    ['a list that is not closed', 'a [ b ;', 1, 7, /a word or ']'/, "';'"],
    ['a list at the end', 'a [ b', 1, 6, /a word or ']'/, 'the end of the text'],
    ['a word after a list', 'a [ b ] c;', 1, 9, /';' after the list/, "'c'"],
    ['a bracket that closes nothing', 'a ];', 1, 3, /';' or '\{'/, "']'"],
    ['a tag alone', 'inactive: ;', 1, 11, /a statement/, "';'"],
    ['a tag at the end of a block', 'a { inactive: }', 1, 15, /a statement/, "'}'"],
    ['a tag at the end', 'inactive:', 1, 10, /';' or '\{'/, 'the end of the text'],
    ['two tags', 'inactive: replace: a;', 1, 11, /a statement after the tag/, "'replace:'"],
    ['a string open at the end', 'a;\n b "c', 2, 4, /a closing quote/, 'the end of the text'],
    ['a string over two lines', 'a "b\nc";', 1, 3, /a closing quote/, 'the end of the line'],
    ['a string that ends in a backslash', 'a "b\\', 1, 3, /a closing quote/, 'the end of the text'],
    [
      "a string with a backslash at its line's end",
      'a "b\\\nc";',
      1,
      3,
      /a closing quote/,
      'the end of the line',
    ],
    ['a control character in a string', 'a "b\u0007c";', 1, 5, /printable text in the string/, "'\\u0007'"],
    [
      'an escaped control character in a string',
      'a "b\\\u0000c";',
      1,
      6,
      /printable text in the string/,
      "'\\u0000'",
    ],
    ['a control character outside', 'a\n\u0000b;', 2, 1, /printable text/, "'\\u0000'"],
    ['a blank that is not ASCII', 'a\u00a0b;', 1, 2, /printable text/, "'\u00a0'"],
    ['a comment open at the end', 'a;\n/* b', 2, 1, /the end of the comment/, 'the end of the text'],
    ['a column after a long comment', '/* x\n y */ }', 2, 7, /a statement/, "'}'"],
  ];
  for (const [what, text, line, column, expected, got] of broken) {
    it(`refuses ${what}, saying where`, () => {
      assert.throws(
        () => parse(text),
        (error) => {
          assert.ok(error instanceof JunosSyntaxError);
          assert.deepEqual([error.line, error.column, error.got], [line, column, got]);
          assert.match(error.expected, expected);
          assert.equal(
            error.message,
            `line ${line}, column ${column}: expected ${error.expected}, got ${got}`,
          );
          return true;
        },
      );
    });
  }

  it('never repeats long text, nor what stood in quotes', () => {
    for (const text of [`a [ b ] ${'x'.repeat(5000)};`, 'a [ b ] "secret-4711";', `a "${'x'.repeat(5000)}`]) {
      assert.throws(
        () => parse(text),
        (error) => error instanceof Error && error.message.length < 120 && !error.message.includes('4711'),
      );
    }
  });

  it(`reads ${maximumDepth} levels of blocks and refuses more, however many`, () => {
    const nested = (levels: number): string => 'a {'.repeat(levels) + 'b;' + '}'.repeat(levels);
    assert.equal(parse(nested(maximumDepth)).length, 1);
    for (const levels of [maximumDepth + 1, 100_000]) {
      assert.throws(
        () => parse(nested(levels)),
        (error) => error instanceof JunosSyntaxError && /at most 64 levels/.test(error.message),
      );
    }
    assert.throws(() => parse('a {'.repeat(1_000_000)), JunosSyntaxError);
  });

  it(`reads ${maximumWords} words from the top to the end of a statement and refuses more, in however many blocks`, () => {
    const long = (words: number): string => `${'a '.repeat(words)};`;
    assert.equal(paths(parse(long(maximumWords)))[0]?.length, maximumWords);
    assert.equal(parse(`x { ${long(maximumWords - 1)} } ${long(maximumWords)}`).length, 2);
    for (const text of [
      long(maximumWords + 1),
      long(100_000),
      `x { ${long(maximumWords)} }`,
      'a b c d e f g h {'.repeat(40),
    ]) {
      assert.throws(
        () => parse(text),
        (error) => error instanceof JunosSyntaxError && /at most 256 words/.test(error.message),
      );
    }
  });

  it('takes time in proportion to the text', () => {
    const patterns = [
      (n: number) => 'a b;\n'.repeat(n),
      (n: number) => `x ${'<'.repeat(n)};`,
      (n: number) => `x ${'<a'.repeat(n)};`,
      (n: number) => '/* x */'.repeat(n),
      (n: number) => `/*${'\n'.repeat(n)}*/`,
      (n: number) => `x "${'\\"'.repeat(n)}";`,
      (n: number) => `x [ ${'y '.repeat(n)}];`,
      (n: number) => ' '.repeat(n),
    ];
    // Of the processor, in ms: on a busy machine the clock says little.
    const took = (text: string): number => {
      const before = process.cpuUsage();
      parse(text);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    for (const pattern of patterns) {
      took(pattern(2_000));
      const best = (text: string): number => Math.min(took(text), took(text), took(text));
      const small = Math.max(1, best(pattern(10_000)));
      const large = best(pattern(100_000));
      // Ten times the text: a quadratic reader would need a hundred times as long.
      assert.ok(large / small < 50, `${pattern(2)}: ${small} ms, then ${large} ms`);
    }
  });

  it('throws nothing but its own error, whatever comes', () => {
    const pieces = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '{',
      '}',
      '[',
      ']',
      ';',
      '"',
      '\\',
      '/*',
      '*/',
      '#',
      '<',
      '>',
      'inactive:',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          try {
            parse(text);
          } catch (error) {
            assert.ok(error instanceof JunosSyntaxError, String(error));
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('reads back what was printed', () => {
    fc.assert(
      fc.property(tree, (statements) => assert.deepEqual(parse(print(statements)), statements)),
      { numRuns: 1000 },
    );
  });
});
