import assert from 'node:assert/strict';
import { LENGTHS, displayName, oneLine, utf8Length, seenText } from '../../gateway/display.ts';

const charactersOf = (text: string) => Array.from(text).length;

describe('a text for a person', () => {
  it('is one line, and stays as it is if it is short', () => {
    assert.equal(oneLine('  MX-1:\r\n locked\u0007 by\u2028alice '), 'MX-1: locked by alice');
    assert.equal(oneLine('x'.repeat(LENGTHS.reason)), 'x'.repeat(LENGTHS.reason));
  });

  it('shows a blank that looks like a space and is none', () => {
    assert.equal(oneLine('expected 5, got "5\u00a0"'), String.raw`expected 5, got "5\u00a0"`);
    assert.equal(oneLine('1\u202f000\u3000'), String.raw`1\u202f000\u3000`);
    assert.equal(oneLine('\u00a0'.repeat(100), 10), String.raw`\u00a0\u0…`);
  });

  it('is cut between two characters, never within one', () => {
    const cut = oneLine('😀'.repeat(LENGTHS.reason + 1));
    assert.equal(cut, `${'😀'.repeat(LENGTHS.reason - 1)}…`);
    assert.equal(oneLine(`x${'😀'.repeat(3_000)}`, 10), `x${'😀'.repeat(8)}…`);
  });

  it('is known to be cut even if only blanks were read of it', () => {
    assert.equal(oneLine(`a${' '.repeat(1_000_000)}b`, 10), 'a…');
  });

  for (const character of ['😀', '長', '"', '\\', '\u0000', '\ud800', 'x'])
    it(`has at most 4 bytes for each character when it travels: ${JSON.stringify(character)}`, () => {
      const travels = JSON.stringify(oneLine(character.repeat(1_000_000), 100));
      assert.ok(utf8Length(travels) <= 2 + 4 * 100, travels);
    });
});

describe('a name for a person', () => {
  it('stays as it is if it is short', () => {
    assert.equal(displayName('MX-1 …'), 'MX-1 …');
    assert.equal(displayName('長'.repeat(LENGTHS.name)), '長'.repeat(LENGTHS.name));
  });

  it('is cut to the limit if it is long, and still differs from another long one', () => {
    const [one, other] = ['a', 'b'].map((end) => displayName(`${'x'.repeat(500_000)}${end}`));
    assert.ok(one && other);
    assert.notEqual(one, other);
    for (const name of [one, other]) {
      assert.match(name, /^x+…[0-9a-f]{8}$/);
      assert.equal(charactersOf(name), LENGTHS.name);
    }
  });
});

describe('what a look has seen', () => {
  const of = (vrrp: string | null, ...words: string[]) =>
    seenText({ vrrp, words: Object.fromEntries(words.map((word, index) => [`monitor_${index}`, word])) });

  it('is the VRRP state, or else what is more than up and there', () => {
    assert.equal(of('MASTER', 'ACTIVE'), 'MASTER');
    assert.equal(of(null, 'ACTIVE', 'ESTABLISHED'), 'ESTABLISHED');
    assert.equal(of(null, 'ACTIVE'), 'no VRRP configured');
    assert.equal(of(null), 'no VRRP configured');
  });
});
