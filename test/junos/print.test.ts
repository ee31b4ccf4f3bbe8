import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from '../../junos/parse.ts';
import { headline, print } from '../../junos/print.ts';
import { JunosWordError, quoteWord } from '../../junos/word.ts';
import { word } from './arbitrary.ts';

describe('printing configuration text', () => {
  it("uses Junos's layout", () => {
    const text = parse(
      'interfaces{ae0{inactive: unit 5{description "a b";family inet;}apply-groups [A B];}} x{}',
    );
    assert.equal(
      print(text),
      [
        'interfaces {',
        '    ae0 {',
        '        inactive: unit 5 {',
        '            description "a b";',
        '            family inet;',
        '        }',
        '        apply-groups [ A B ];',
        '    }',
        '}',
        'x;',
        '',
      ].join('\n'),
    );
  });

  it('begins at a level', () => {
    assert.equal(print(parse('a { b; }'), { indent: 2 }), '        a {\n            b;\n        }\n');
  });

  it('gives the line of a block by itself', () => {
    assert.equal(headline({ words: ['unit', '5'], tag: 'inactive', children: [] }), 'inactive: unit 5');
    assert.equal(headline({ words: ['x'], list: ['a b', 'c'] }), 'x [ "a b" c ]');
  });

  for (const [word, printed] of [
    ['ge-0/0/1.122', 'ge-0/0/1.122'],
    ['65000:1', '65000:1'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['<*>', '<*>'],
    ['<ge-[01]/*>', '<ge-[01]/*>'],
    ['', '""'],
    ['a b', '"a b"'],
    ['a"b', '"a\\"b"'],
    ['a\\b', '"a\\\\b"'],
    ['a\nb\tc', '"a\\nb\\tc"'],
    ['a;b', '"a;b"'],
    ['{', '"{"'],
    ['[x]', '"[x]"'],
    ['#x', '"#x"'],
    ['/*x', '"/*x"'],
    ['inactive:', '"inactive:"'],
    ['$6$abc', '"$6$abc"'],
    ['<a', '"<a"'],
    ['a\u00a0b', '"a\u00a0b"'],
  ] as const) {
    it(`writes ${JSON.stringify(word)} as ${printed}`, () => assert.equal(quoteWord(word), printed));
  }

  it('quotes so that the word comes back', () => {
    fc.assert(
      fc.property(word, (word) => {
        assert.deepEqual(parse(`x ${quoteWord(word)} y;`), [{ words: ['x', word, 'y'] }]);
        assert.deepEqual(parse(`${quoteWord(word)};`), [{ words: [word] }]);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses characters that no text can carry', () => {
    for (const word of ['a\u0000', 'a\rb', '\u001b[31m', '\u0085'])
      assert.throws(() => quoteWord(word), JunosWordError);
  });
});
