import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FieldRule } from '../../gateway/resource.ts';
import { problemText, validateFields } from '../../gateway/validate.ts';
import { EXPECTED } from '../../gateway/field-types.ts';
import { nameWord, textWord } from '../../templates/word.ts';

const REF = { type: 'vpn_gateway', id: '4fab' };

function problems(value: unknown, rule: FieldRule, restricted?: string): string {
  const schema = { fields: { f: rule } };
  const body = value === undefined ? {} : { f: value };
  const found = validateFields(
    { ref: REF, body },
    schema,
    restricted === undefined ? undefined : { f: restricted },
  );
  return problemText(found);
}

const TABLE: Readonly<Record<FieldRule['type'], { good: unknown[]; bad: unknown[] }>> = {
  string: { good: ['x', 'a"b', 'x'.repeat(1_000)], bad: [1, true, {}, []] },
  integer: { good: [0, -1, 32], bad: ['1', 1.5, 2 ** 53, true] },
  name: {
    good: [
      'ae0',
      'ge-0/0/1',
      'ge-0/0/1.122',
      'VPNGW1-VRRP',
      '10M-GA-DOWN-VPN',
      'vrf_gw_sample-ha-router-downlink_1025',
      'INET_IN',
      'a:b',
      'x'.repeat(63),
    ],
    bad: [
      'a b',
      'a;b',
      'a{',
      'a}',
      'a"',
      "a'",
      'a\\',
      'a#b',
      '/*a',
      'a*',
      'a\nb',
      'a\n',
      'a\u0000',
      'a\u2028b',
      'ä',
      '<*>',
      '[a]',
      '$a',
      '-a',
      '_a',
      '.a',
      '/a',
      'delete:',
      'inactive:',
      'apply-groups',
      'apply-groups-except',
      'apply-macro',
      'apply-flags',
      'a//b',
      'x'.repeat(64),
      7,
    ],
  },
  text: {
    good: ['one line, (with) $marks | <of> many/kinds: 50 % [x]', 'x'.repeat(255), ' '],
    bad: [
      'a;b',
      'a{b',
      'a}b',
      'a#b',
      'a/*b',
      'a*/b',
      'http://x',
      'a"b',
      'a\\b',
      'a\nb',
      'a\n',
      'a\tb',
      'a\u007f',
      'ä',
      'x'.repeat(256),
      7,
    ],
  },
  configuration: {
    good: ['a {\n\tb "c";\n}\n', 'x'.repeat(65_536), '"\\'],
    bad: [
      'a\u0000',
      'a\rb',
      '\u001b[0m',
      '\u0085',
      '\u2028',
      '\ud800',
      'x'.repeat(65_537),
      'ä',
      'description "Straße";',
      '\u{10000}',
      '\u{10000}'.repeat(16_385),
      7,
    ],
  },
  vlan: {
    good: [1, 4094, '1', '1025', '4094'],
    bad: [0, 4095, 5000, -1, 1.5, '0', '4095', '01', '1 ', ' 1', '1e3', '0x10', '١', 'x', {}, [7], true],
  },
  'vlan-ranges': {
    good: ['0-1024,4094', '1', '0-4095', ' 1 - 2 , 3 ', ' '],
    bad: ['2-1', '4096', '1-', '-1', '1,,2', 'a', ',', 7],
  },
  host: {
    good: ['10.79.5.185', 'router-1.example.net', '2001:db8::1', 'fe80::1%eth0', 'R1', 'a', 'x'.repeat(253)],
    bad: [
      'z::1',
      '::1z',
      '::1%',
      'a b',
      '-a',
      'a-',
      '.a',
      'a;b',
      'a/b',
      'a\n',
      'user@host',
      '[::1]',
      'x'.repeat(254),
      7,
    ],
  },
  ipv4: {
    good: ['0.0.0.0', '10.1.1.1', '192.168.8.2', '255.255.255.255'],
    bad: ['010.1.1.1', '10.1.1', '10.1.1.1.1', '256.1.1.1', '10.1.1.1/32', '10.1.1.', '::1', 1, '1.2.3.4\n'],
  },
  ipv6: {
    good: ['::', '::1', '2001:db8::1', 'fe80::1:0:0:2', '1:2:3:4:5:6:7:8', '1:0:2:3:4:5:6:7', '1::'],
    bad: [
      '2001:DB8::1',
      '2001:0db8::1',
      '2001:db8:0:0:0:0:0:1',
      '1:2:3:4:5:6::8',
      'fe80::1:0:0:0:2',
      'fe80::1%ge-0/0/0',
      '::ffff:192.0.2.1',
      '::ffff:c000:201',
      '::c000:201',
      '1::2::3',
      ':1',
      '1:2:3:4:5:6:7:8:9',
      '10.1.1.1',
      '::/0',
    ],
  },
  prefix: {
    good: ['192.168.8.2/30', '0.0.0.0/0', '10.0.0.1/32', '2001:db8::/32', '::/0', '::1/128'],
    bad: ['192.168.8.2', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/', '::/129', '10.0.0.0/24/1', '010.0.0.0/8'],
  },
  address: {
    good: ['10.0.0.1', '10.0.0.0/24', '2001:db8::1', '2001:db8::/64'],
    bad: ['10.0.0.0/33', '010.0.0.1', 'router', '2001:DB8::1', '10.0.0.1 '],
  },
  object: { good: [{}, { a: 1 }], bad: [[], 'x', 1, true] },
  list: { good: [[], [{}, { a: 1 }]], bad: [{}, [1], [null], ['x'], [[]], 'x'] },
  port: { good: [1, 830, 65_535], bad: [0, 65_536, 8.5, '830', -1] },
};

describe('a value that goes into a configuration as one word', () => {
  const words = {
    name: (value: string) => nameWord('p', value),
    text: (value: string) => textWord('p', value),
  };
  for (const [type, word] of Object.entries(words) as [keyof typeof words, (value: string) => string][])
    it(`is accepted by its template if its field, of type ${type}, is in order`, () => {
      const pieces = [
        'a',
        '9',
        ' ',
        ';',
        '{',
        '}',
        '#',
        '/',
        '*',
        '"',
        '\\',
        ':',
        '.',
        '-',
        '_',
        '$',
        '|',
        '~',
      ];
      const value = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 });
      fc.assert(
        fc.property(value, (some) => {
          const text = some.join('');
          fc.pre(problems(text, { type }) === '');
          assert.doesNotThrow(() => word(text));
        }),
        { numRuns: 2_000 },
      );
    });
});

describe('a field', () => {
  for (const [type, { good, bad }] of Object.entries(TABLE) as [
    FieldRule['type'],
    (typeof TABLE)['name'],
  ][]) {
    it(`of type ${type} takes what it should, and nothing else`, () => {
      for (const value of good) assert.equal(problems(value, { type }), '', JSON.stringify(value));
      for (const value of bad) {
        const text = problems(value, { type });
        assert.ok(
          text.startsWith(`vpn_gateways/4fab: field "f": expected ${EXPECTED[type]}, got `),
          `${JSON.stringify(value)}: ${text}`,
        );
      }
    });
  }

  it('that is required must be there; null and "" are not there', () => {
    const rule: FieldRule = { type: 'vlan', required: true };
    const expected = 'vpn_gateways/4fab: field "f": expected a VLAN from 1 to 4094, got';
    assert.equal(problems(undefined, rule), `${expected} nothing`);
    assert.equal(problems(null, rule), `${expected} null`);
    assert.equal(problems('', rule), `${expected} an empty string`);
  });

  it('that is optional may be absent, null or ""', () => {
    for (const value of [undefined, null, '']) assert.equal(problems(value, { type: 'vlan' }), '');
  });

  it('is never one that the body inherits', () => {
    const schema = { fields: { toString: { type: 'string', required: true } } } as const;
    assert.equal(validateFields({ ref: REF, body: {} }, schema).length, 1);
  });

  it('with a VLAN is checked against what its interface forbids', () => {
    const rule: FieldRule = { type: 'vlan', required: true };
    for (const vlan of [1025, '4093']) assert.equal(problems(vlan, rule, '0-1024,4094'), '');
    for (const vlan of [1, '1024', 4094]) {
      assert.match(
        problems(vlan, rule, '0-1024,4094'),
        /expected a VLAN outside the interface's restricted ranges "0-1024,4094", got/,
      );
    }
    // Other types of fields have no VLAN to forbid.
    assert.equal(problems(7, { type: 'integer' }, '0-1024'), '');
    // Ranges that can't be read are the interface's problem, and are said there.
    assert.equal(problems(7, rule, 'nonsense'), '');
  });
});

describe('the text of a problem', () => {
  it('is one printable line, whatever the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (value) => {
        const text = problems(value, { type: 'port' });
        assert.ok(!/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text), JSON.stringify(text));
        assert.ok(text.length < 500);
      }),
    );
  });

  it('cuts a long value', () => {
    assert.match(problems('x'.repeat(1_000), { type: 'vlan' }), /got "x{60}…"$/);
    assert.match(problems('x'.repeat(61), { type: 'vlan' }), /got "x{60}…"$/);
    assert.match(problems('x'.repeat(60), { type: 'vlan' }), /got "x{60}"$/);
  });

  it('has the code of every character that can not be printed', () => {
    assert.match(problems('a\n\u2028\ud800b', { type: 'vlan' }), /got "a\\u000a\\u2028\\ud800b"$/);
  });

  it('names the kind of what is no text and no number', () => {
    assert.match(problems([1], { type: 'vlan' }), /got a list$/);
    assert.match(problems({ a: 1 }, { type: 'vlan' }), /got an object$/);
    assert.match(problems(true, { type: 'vlan' }), /got true$/);
  });

  it('stands beside those of other fields, with a semicolon between, and without a field for a whole record', () => {
    const at = { type: 'vpn_gateway', id: '4fab' };
    const facts = { at, expected: 'this', got: 'that' };
    assert.equal(
      problemText([
        { ...facts, field: null },
        { ...facts, field: 'f' },
      ]),
      'vpn_gateways/4fab: expected this, got that; vpn_gateways/4fab: field "f": expected this, got that',
    );
  });

  it('never shows a secret', () => {
    const rule: FieldRule = { type: 'port', secret: true };
    assert.match(problems('canary', rule), /got a string \(hidden\)$/);
    assert.match(problems(99_999, rule), /got a number \(hidden\)$/);
    assert.match(problems({ canary: 1 }, rule), /got an object$/);
  });
});
