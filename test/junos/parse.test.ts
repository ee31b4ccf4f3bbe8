import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maximumDepth, maximumWords, maximumWordsOfRouter } from '../../junos/tree.ts';
import { parse } from '../../junos/parse.ts';
import { paths, same } from '../../junos/select.ts';
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
    ['description "Stra\u00c3\u009fe";', [{ words: ['description', 'Stra\u00c3\u009fe'] }]],
    ['description Z\u00c3\u00bcrich;', [{ words: ['description', 'Z\u00c3\u00bcrich'] }]],
    ['a\u00a0b \u0085;', [{ words: ['a\u00a0b', '\u0085'] }]],
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

  describe('of a router', () => {
    const ofRouter: readonly [what: string, text: string, expected: Statement[]][] = [
      ['two tags', 'inactive: protect: a;', [{ words: ['a'], tag: 'inactive' }]],
      [
        'two tags the other way round',
        'protect: inactive: a { b; }',
        [{ words: ['a'], tag: 'inactive', children: [{ words: ['b'] }] }],
      ],
      ['a tag twice', 'protect: protect: a;', [{ words: ['a'], tag: 'protect' }]],
      ['three tags', 'protect: replace: protect: a;', [{ words: ['a'], tag: 'replace' }]],
      ['a comment as the only content', 'a { /* OMITTED */ };', [{ words: ['a'], children: [] }]],
      [
        'a comment as the only content, with neighbours',
        'x { a { /* OMITTED */ };\nb; }',
        [{ words: ['x'], children: [{ words: ['a'], children: [] }, { words: ['b'] }] }],
      ],
      ['a comment with a semicolon', '/* note */;\na;', [{ words: ['a'] }]],
      [
        'comments and semicolons anywhere',
        'a { ; /* x */; b /* y */; ## z\n; }',
        [{ words: ['a'], children: [{ words: ['b'] }] }],
      ],
      [
        'a value that is left out',
        'authentication-key /* SECRET-DATA */; ## SECRET-DATA\nb;',
        [{ words: ['authentication-key'] }, { words: ['b'] }],
      ],
      [
        'statements that end with their lines',
        'a {\n b\n c d\n}\ne\n',
        [{ words: ['a'], children: [{ words: ['b'] }, { words: ['c', 'd'] }] }, { words: ['e'] }],
      ],
      [
        'a head and its block on two lines',
        'a b\n{ c; }\nd\n;',
        [{ words: ['a', 'b'], children: [{ words: ['c'] }] }, { words: ['d'] }],
      ],
    ];
    for (const [what, text, expected] of ofRouter) {
      it(`reads ${what}: ${JSON.stringify(text)}`, () =>
        assert.deepEqual(parse(text, { by: 'router' }), expected));
    }

    for (const text of ofRouter.map(([, one]) => one).filter((one) => !one.includes('SECRET-DATA'))) {
      const isJoined = text === 'a b\n{ c; }\nd\n;';
      if (!isJoined)
        it(`refuses ${JSON.stringify(text)} in our own text`, () =>
          assert.throws(() => parse(text), JunosSyntaxError));
    }

    const stillBroken: readonly [string, RegExp][] = [
      ['inactive: active: a;', /a statement after the tag/],
      ['inactive: ;', /a statement/],
      ['a { inactive: }', /a statement/],
      ['a { b\n', /'\}' for the block/],
      ['a { } }', /a statement/],
      ['[ a ];', /a statement/],
    ];
    for (const [text, expected] of stillBroken) {
      it(`refuses ${JSON.stringify(text)} from a router, too`, () =>
        assert.throws(() => parse(text, { by: 'router' }), expected));
    }

    it('gives `family { inet { … } }` the meaning of `family inet { … }`', () => {
      const inside = (text: string): Statement[] =>
        parse(`interfaces { ae0 { unit 5 { ${text} } } }`, { by: 'router' });
      const inTwoLevels = inside('family { inet { mtu 1500; } inet6 { mtu 1400; } }');
      assert.ok(same(inTwoLevels, inside('family inet { mtu 1500; } family inet6 { mtu 1400; }')));
      assert.ok(!same(inTwoLevels, inside('family inet { mtu 1500; }')));
    });

    it(`reads ${maximumWordsOfRouter} words down to the end of a statement, and code can walk the tree`, () => {
      const long = (words: number): Statement[] => parse(`${'a '.repeat(words)};`, { by: 'router' });
      assert.ok(same(long(maximumWordsOfRouter), long(maximumWordsOfRouter)));
      assert.equal(paths(long(maximumWordsOfRouter))[0]?.length, maximumWordsOfRouter);
      assert.throws(() => long(maximumWordsOfRouter + 1), /at most 512 words/);
    });
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
      // The collector of garbage may come at any time, but not every time.
      const best = (text: string): number => Math.min(...Array.from({ length: 8 }, () => took(text)));
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
          for (const by of ['us', 'router'] as const) {
            try {
              parse(text, { by });
            } catch (error) {
              assert.ok(error instanceof JunosSyntaxError, String(error));
            }
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
