import assert from 'node:assert/strict';
import { parse } from '../../junos/parse.ts';
import { comparePrinted } from '../../junos/secrets.ts';

const compared = (printed: string, written: string, stanza: readonly string[] = []) =>
  comparePrinted(parse(printed, { by: 'router' }), parse(written), stanza);

describe('what a router prints, compared with what was written', () => {
  const bgp = (key: string, more = ''): string =>
    `routing-instances { x { protocols { bgp { group g { ${more} neighbor 192.0.2.1 { authentication-key ${key}; } } } } } }`;
  const path = 'routing-instances x protocols bgp group g neighbor 192.0.2.1 authentication-key'.split(' ');

  it('is the same where a secret is scrambled, and the scrambled word is told', () => {
    assert.deepEqual(compared(bgp('"$9$ab"; ## SECRET-DATA\n'), bgp('test')), {
      isSame: true,
      scrambled: [[...path, '$9$ab']],
    });
  });

  it('is the same where the secret stands among unknown statements', () => {
    const md5 = (key: string): string => `protocols { abc { area 0 { md5 1 { key ${key}; } } } }`;
    assert.deepEqual(compared(md5('"$9$ab"'), md5('test')), {
      isSame: true,
      scrambled: [['protocols', 'abc', 'area', '0', 'md5', '1', 'key', '$9$ab']],
    });
    const chain = (key: string): string => `protocols { abc { key ${key} start-time 2026; } }`;
    assert.equal(compared(chain('"$9$ab"'), chain('test')).isSame, true);
    assert.equal(compared(chain('"$9$ab"').replace('2026', '2027'), chain('test')).isSame, false);
  });

  it('tells every secret', () => {
    const two = (one: string, other: string): string =>
      `a { x { authentication-key ${one}; } y { secret ${other}; } }`;
    assert.deepEqual(compared(two('"$9$1"', '"$5$2"'), two('one', 'two')), {
      isSame: true,
      scrambled: [
        ['a', 'x', 'authentication-key', '$9$1'],
        ['a', 'y', 'secret', '$5$2'],
      ],
    });
  });

  it('is another one where something else differs, secrets or not', () => {
    assert.equal(compared(bgp('"$9$ab"', 'type internal;'), bgp('test')).isSame, false);
    assert.equal(compared(bgp('test'), bgp('other')).isSame, false);
    assert.equal(compared('a { }', 'a { key test; }').isSame, false);
    assert.equal(compared('a { key "$9$ab"; b; }', 'a { key test; c; }').isSame, false);
  });

  it('is another one where a form was written, and another form is there', () => {
    assert.equal(compared(bgp('"$9$ab"'), bgp('"$9$cd"')).isSame, false);
    assert.deepEqual(compared(bgp('"$9$ab"'), bgp('"$9$ab"')), { isSame: true, scrambled: [] });
  });

  it('is compared in its place, if one stanza is asked for: the order of its terms means something', () => {
    const filter = ['firewall', 'family', 'inet', 'filter', 'f'];
    const text = (terms: string, beside = '') =>
      `firewall { family inet { filter f { ${terms} } ${beside} } }`;
    const [a, b] = ['term a { then accept; }', 'term b { then discard; }'] as const;
    assert.equal(compared(text(`${a} ${b}`, 'filter g;'), text(`${a} ${b}`), filter).isSame, true);
    assert.equal(compared(text(`${b} ${a}`), text(`${a} ${b}`), filter).isSame, false);
    assert.equal(compared('firewall;', text(`${a} ${b}`), filter).isSame, false);
    assert.equal(compared(text(`${a} ${b}`), 'firewall;', filter).isSame, false);
    const { scrambled } = compared(bgp('"$9$ab"'), bgp('test'), path.slice(0, 4));
    assert.deepEqual(scrambled, [[...path, '$9$ab']]);
  });

  it('does not take a list of words for a secret', () => {
    assert.equal(compared('a { members [ "$9$1" "$9$2" ]; }', 'a { members [ b c ]; }').isSame, false);
  });
});
