import assert from 'node:assert/strict';
import { parse } from '../../junos/parse.ts';
import {
  conceal,
  concealPath,
  isPlaceholder,
  likePlaceholder,
  placeholder,
  reveal,
} from '../../junos/placeholders.ts';
import { print } from '../../junos/print.ts';
import { comparePrinted } from '../../junos/secrets.ts';

const DIGEST = '0123456789abcdef';

/** The text without its secrets, and the secrets, each with the keyword in front of it. */
function concealed(text: string) {
  const secrets: string[] = [];
  const statements = conceal(parse(text), (name, secret) => {
    secrets.push(`${name} ${secret}`);
    return placeholder(name, DIGEST);
  });
  return { text: print(statements), secrets };
}

describe('the secrets of a text', () => {
  const cases: readonly [text: string, ...secrets: string[]][] = [
    ['protocols { bgp { group g { authentication-key x; } } }', 'authentication-key x'],
    [
      'interfaces { ae0 { unit 5 { vrrp-group 1 { authentication-key "a b"; } } } }',
      'authentication-key a b',
    ],
    ['protocols { ospf { area 0 { interface ae0.5 { authentication { md5 1 { key x; } } } } } }', 'key x'],
    ['protocols { ospf { area 0 { interface ae0.5 { authentication { md5 1 key x; } } } } }', 'key x'],
    [
      'protocols { ospf { area 0 { interface ae0.5 { authentication { simple-password x; } } } } }',
      'simple-password x',
    ],
    ['security { ike { policy p { pre-shared-key ascii-text x; } } }', 'ascii-text x'],
    ['access { radius-server 192.0.2.1 { port 1812; secret x; } }', 'secret x'],
    ['a { x "$9$abc"; y [ "$9$d" e ]; z "$9$f" start 5; }', 'x $9$abc', 'y $9$d', 'z $9$f'],
  ];
  for (const [text, ...secrets] of cases)
    it(`are found in ${text}`, () => {
      const found = concealed(text);
      assert.deepEqual(found.secrets, secrets);
      for (const secret of secrets) assert.ok(!found.text.includes(secret), found.text);
      const values = secrets.map((secret) => secret.slice(secret.indexOf(' ') + 1));
      assert.equal(
        reveal(found.text, () => values.shift() ?? ''),
        print(parse(text)),
      );
    });

  for (const text of [
    'interfaces { gr-0/0/0 { unit 0 { tunnel { key 5; } } } }',
    'policy-options { community secret members 65000:1; }',
    'description "the secret key x";',
    'a { key 1 { b; } }',
    'a { secret; }',
  ])
    it(`are none in ${text}`, () => assert.deepEqual(concealed(text).secrets, []));

  it('are not found twice', () => {
    const once = concealed('a { authentication-key x; }').text;
    assert.deepEqual(concealed(once), { text: once, secrets: [] });
  });

  it('are found in the path of a set command', () => {
    const path = concealPath(['a', 'authentication-key', 'x'], () => 'hidden');
    assert.deepEqual(path, ['a', 'authentication-key', 'hidden']);
  });
});

describe('a placeholder', () => {
  const one = placeholder('authentication-key', DIGEST);

  it('is one word that survives printing and reading', () => {
    assert.ok(isPlaceholder(one));
    assert.equal(
      print(parse(`a { b ${one}; }`))
        .trim()
        .split(/\s+/)[3],
      `${one};`,
    );
    assert.deepEqual(parse(`b ${one};`), [{ words: ['b', one] }]);
  });

  it('gives way to its secret, in quotes if need be', () => {
    assert.equal(
      reveal(`a ${one};`, () => 'p q"r'),
      'a "p q\\"r";',
    );
    assert.equal(
      reveal(`a ${one};`, () => '$&'),
      'a "$&";',
    );
  });

  it('stands for any word of a router, and for no other placeholder', () => {
    const compared = (printed: string) =>
      comparePrinted(
        parse(`a { authentication-key ${printed}; }`),
        parse(`a { authentication-key ${one}; }`),
      );
    assert.deepEqual(compared('"$9$x"'), { isSame: true, scrambled: [['a', 'authentication-key', '$9$x']] });
    assert.equal(compared('plain').isSame, true);
    assert.equal(compared(placeholder('authentication-key', 'f'.repeat(16))).isSame, false);
  });

  it("is found among somebody's own words, whole or not", () => {
    assert.equal(likePlaceholder(parse(`a { b [ c ${one} ]; }`)), one);
    assert.equal(likePlaceholder(parse('a { b "x <secret:y"; }')), 'x <secret:y');
    assert.equal(likePlaceholder(parse('a { b <*>; }')), undefined);
  });
});
