import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from '../../junos/parse.ts';
import { JunosWordError, print, quoteWord } from '../../junos/print.ts';
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

  it('writes the line of a block with its tag, and a list in brackets', () => {
    assert.equal(print([{ words: ['unit', '5'], tag: 'inactive', children: [] }]), 'inactive: unit 5;\n');
    assert.equal(print([{ words: ['x'], list: ['a b', 'c'] }]), 'x [ "a b" c ];\n');
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
    for (const word of ['a\u0000', 'a\rb', '\u001b[31m', '\u007f'])
      assert.throws(() => quoteWord(word), JunosWordError);
  });
});
