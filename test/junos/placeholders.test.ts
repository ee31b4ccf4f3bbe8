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
    ['system { ntp { authentication-key 2 type md5 value x; } }', 'value x'],
    ['system { ntp { authentication-key 2 value x type md5; } }', 'value x'],
    ['system { ntp { authentication-key 2 { type md5; value x; } } }', 'value x'],
    ['protocols { rip { authentication-selective-md5 3 { key x; } } }', 'key x'],
    [
      'protocols { ospf { area 0 { interface ae0.5 { authentication { md5 1 key x start-time y; } } } } }',
      'key x',
    ],
    [
      'snmp { v3 { usm { local-engine { user u { privacy-aes128 { privacy-key x; } } } } } }',
      'privacy-key x',
    ],
    ['snmp { v3 { snmp-community i { community-name x; } } }', 'community-name x'],
    ['security { macsec { connectivity-association c { pre-shared-key { ckn 1a; cak x; } } } }', 'cak x'],
    ['security { macsec { connectivity-association c { fallback-key { cak x; } } } }', 'cak x'],
    [
      'security { ipsec { security-association s { manual { authentication { key hexadecimal x; } } } } }',
      'hexadecimal x',
    ],
    ['services { security-intelligence { authentication { auth-token x; } } }', 'auth-token x'],
    ['security { certificates { local { c { "x y"; } } } }', 'c x y'],
    [
      'interfaces { pp0 { unit 0 { ppp-options { chap { default-chap-secret x; } } } } }',
      'default-chap-secret x',
    ],
    ['interfaces { pp0 { unit 0 { ppp-options { pap { local-password x; } } } } }', 'local-password x'],
    [
      'access { profile p { client c { pap-password x; l2tp { shared-secret y; } } } }',
      'pap-password x',
      'shared-secret y',
    ],
    ['security { authentication-key-chains { key-chain c { key 1 { secret x; } } } }', 'secret x'],
    ['protocols { isis { level 2 { hello-authentication-key x; } } }', 'hello-authentication-key x'],
    ['system { archival { configuration { archive-sites { "scp://u@h/" password x; } } } }', 'password x'],
    ['system { root-authentication { encrypted-password x; } }', 'encrypted-password x'],
    ['security { wpa { pre-shared-key x; } }', 'pre-shared-key x'],
    ['neighbor 192.0.2.1 authentication-key x peer-as 64512;', 'authentication-key x'],
    [
      'protocols { bgp { group g { neighbor 192.0.2.1 authentication-key x peer-as 64512; } } }',
      'authentication-key x',
    ],
    [
      'protocols { bgp { group g { neighbor 192.0.2.1 authentication-key password peer-as 64512; } } }',
      'authentication-key password',
    ],
    [
      'protocols { bgp { group g { neighbor 192.0.2.1 authentication-key x export [ a b ]; } } }',
      'authentication-key x',
    ],
    ['access { radius-server 192.0.2.1 secret x port 1812; }', 'secret x'],
    ['security { ike { policy p pre-shared-key ascii-text x mode main; } }', 'ascii-text x'],
    ['security { macsec { connectivity-association c pre-shared-key ckn 1a cak x; } }', 'cak x'],
    ['a { authentication-key [ x ]; }', 'authentication-key x'],
    ['a { secret [ x y ]; }', 'secret x', 'secret y'],
    ['a { md5 1 key [ x y ]; }', 'key x', 'key y'],
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
    'a { apply-macro m { b value; value c; } }',
    'security { macsec { connectivity-association c { pre-shared-key { ckn 1a; } } } }',
    'system { ntp { server 192.0.2.1 key 2; trusted-key 2; } }',
    'protocols { bgp { group g { authentication-key-chain c; } } }',
    'snmp { v3 { snmp-community i { security-name n; } } }',
    'security { certificates { local { c { } } } }',
    'policy-options { community secret members [ 65000:1 65000:2 ]; }',
    'protocols { bgp { group g { neighbor 192.0.2.1 description password peer-as 64512; } } }',
    'a { import [ secret x ]; }',
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
