/** What templates of format 2 make: addresses, lists, choices by a value, the other router's values, secrets. */
import assert from 'node:assert/strict';
import type { Kind } from '../../gateway/kind.ts';
import { conceal, marksIn } from '../../junos/placeholders.ts';
import { parse } from '../../junos/parse.ts';
import { print } from '../../junos/print.ts';
import { KindError, ParameterError, TemplateError } from '../../templates/errors.ts';
import { render } from '../../templates/render.ts';
import { parameters } from '../../local/sample-parameters.ts';
import { kindWith, made, own, rendered, SECRET, VALUES } from './probe-kind.ts';
import type { Values } from './probe-kind.ts';

describe('templates of format 2', () => {
  const cases: readonly [string, string, string, Values?][] = [
    ['an address without its length', 'description {{address ip}};', 'description 192.168.8.2;'],
    ['an address that has none', 'description {{address bare}};', 'description 192.0.2.1;'],
    ['an IPv6 address', 'description {{address v6}};', 'description 2001:db8::1;'],
    ['an address joined to other text', 'description a-{{address ip}};', 'description a-192.168.8.2;'],
    ['the other router’s value', 'description {{other ip}};', 'description 192.168.9.2/30;'],
    ['a choice by a word', '{{#is mode "guarantee"}}mtu 1;{{else}}mtu 2;{{/is}}', 'mtu 1;'],
    ['the other choice', '{{#is mode "besteffort"}}mtu 1;{{else}}mtu 2;{{/is}}', 'mtu 2;'],
    ['a choice by a number', '{{#is number "7"}}mtu 1;{{/is}}', 'mtu 1;'],
    ['a choice by nothing', '{{#is none ""}}mtu 1;{{else}}mtu 2;{{/is}}', 'mtu 2;'],
    ['each entry', '{{#each numbers}}vlan-tags {{this}};{{/each}}', 'vlan-tags 41; vlan-tags 42;'],
    [
      'each entry, alone',
      'members [ {{#each list}} {{text this}} {{/each}} ];',
      'members [ 10.0.0.0/24 10.1.0.0/24 ];',
    ],
    [
      'addresses of each',
      'members [ {{#each list}} {{address this}} {{/each}} ];',
      'members [ 10.0.0.0 10.1.0.0 ];',
    ],
    ['no entry', '{{#each none}}mtu 1;{{/each}}mtu 2;', 'mtu 2;'],
    ['an empty list as false', '{{#if list}}mtu 1;{{else}}mtu 2;{{/if}}', 'mtu 2;', { list: [] }],
    ['a choice within each', '{{#each numbers}}{{#is this "42"}}mtu 42;{{/is}}{{/each}}', 'mtu 42;'],
  ];
  for (const [what, template, text, values] of cases)
    it(`make ${what}`, () => assert.equal(made(template, values), text));

  it('see the other router from either side', () => {
    assert.equal(made('description {{other ip}};', {}, 'secondary'), 'description 192.168.8.2/30;');
  });

  const refusedValues: readonly [string, string, Values, RegExp][] = [
    [
      'a word as an address',
      'description {{address mode}};',
      {},
      /parameter mode: expected an IPv4 or IPv6 address/,
    ],
    [
      'an odd address',
      'description {{address bare}};',
      { bare: '010.1.1.1' },
      /parameter bare: expected an IPv4/,
    ],
    [
      'an odd length',
      'description {{address bare}};',
      { bare: '10.1.1.1/33' },
      /parameter bare: expected an IPv4/,
    ],
    [
      'each of a word',
      '{{#each mode}}mtu 1;{{/each}}',
      {},
      /parameter mode: expected a list, got 'guarantee'/,
    ],
    ['a list as a word', 'description {{list}};', {}, /parameter list: expected a name .*, got a list/],
    [
      'an entry that closes its statement',
      '{{#each list}}mtu {{this}};{{/each}}',
      { list: ['1; }'] },
      /parameter this: expected a name/,
    ],
    [
      'the other router’s word that is none',
      'description {{other ip}};',
      { secondary_ip: 'a;b' },
      /parameter other ip: expected a name/,
    ],
  ];
  for (const [what, template, values, pattern] of refusedValues)
    it(`refuse ${what}`, () => {
      assert.throws(
        () => made(template, values),
        (error) => error instanceof ParameterError && pattern.test(error.message),
      );
    });

  const refusedNames: readonly [string, Partial<Kind>, RegExp][] = [
    [
      'the other router’s value of what both share',
      { create: '{{other vrf}}' },
      /rendering has, got other vrf/,
    ],
    ['another record’s secret', { create: '{{secret password}}' }, /rendering has, got secret password/],
    ['what is no secret', { create: '{{secret vrf}}' }, /rendering has, got secret vrf/],
    [
      'a secret in remove',
      { remove: 'delete {{secret key}}' },
      /^probe, remove: expected secrets in create only/,
    ],
    [
      'a secret in arrange',
      { arrange: 'set {{secret key}}' },
      /^probe, arrange: expected secrets in create only/,
    ],
    [
      'a secret in a monitor',
      { monitors: [{ name: 'x', interface: '{{secret key}}' }] },
      /^probe, monitors\[0\]\.interface: expected secrets in create only/,
    ],
    [
      'an entry outside of each',
      { create: '{{this}}' },
      /create: expected a template, got .*'this' outside \{\{#each\}\}/,
    ],
    [
      'an entry in a monitor for none',
      { monitors: [{ name: 'x_{{this}}', interface: 'a' }] },
      /monitors\[0\]\.name: expected a template, got .*'this' outside/,
    ],
    [
      'a monitor for each of what is not there',
      { monitors: [{ name: 'x', each: 'nothing', interface: 'a' }] },
      /monitors\[0\]\.each: expected parameters that the primary's rendering has, got nothing/,
    ],
  ];
  for (const [what, changes, pattern] of refusedNames)
    it(`refuse ${what}`, () => {
      assert.throws(
        () => rendered(changes),
        (error) => error instanceof KindError && pattern.test(error.message),
      );
    });

  describe('write a secret', () => {
    const secret = 'routing-instances { {{vrf}} { description {{secret key}}; } }';

    it('as a mark, for which a placeholder is put, whatever the keyword in front of it', () => {
      const { create } = rendered({ create: secret });
      assert.ok(!create.includes(SECRET));
      assert.equal(marksIn(create).length, 1);
      const seen: string[] = [];
      const text = print(
        conceal(parse(create), (name, word) => {
          seen.push(`${name} ${word}`);
          return '<secret:description:0123456789abcdef>';
        }),
      );
      assert.deepEqual(seen, [`description ${SECRET}`]);
      assert.match(text, /description <secret:description:0123456789abcdef>;/);
    });

    it('that is one word, and is not shown where it is none', () => {
      for (const value of ['', 'canary "x"', 'canary;', 'canary\n', 'canäry', 'canary'.repeat(50), 7, null])
        assert.throws(
          () => render(kindWith({ create: secret }), 'primary', [...parameters(VALUES), { ...own, value }]),
          (error) =>
            error instanceof ParameterError &&
            error.parameter === 'secret key' &&
            !error.message.includes('canary') &&
            error.message.endsWith('(hidden)'),
          String(value),
        );
    });

    it('of another record never, whatever the template says', () => {
      assert.throws(
        () => rendered({ create: 'routing-instances { {{vrf}} { description {{password}}; } }' }),
        /parameter password is a secret, or was not given/,
      );
    });

    const shownNowhere: readonly [string, Partial<Kind>][] = [
      ['outside the owned stanzas', { create: 'system { login { message {{secret key}}; } }' }],
      [
        'that stands where no word may',
        { create: 'routing-instances { {{vrf}} { a [ b ] {{secret key}}; } }' },
      ],
      ['as an interface', { create: 'routing-instances { {{vrf}} { interface {{secret key}}; } }' }],
    ];
    for (const [what, changes] of shownNowhere)
      it(`${what}, and tell nothing of it where they are refused`, () => {
        const hex = Buffer.from(SECRET).toString('hex');
        assert.throws(
          () => rendered(changes),
          (error) =>
            (error instanceof TemplateError || error instanceof ParameterError) &&
            error.message.includes('(hidden)') &&
            ![error.message, JSON.stringify(error)].some((text) => text.includes(hex.slice(0, 4))),
        );
      });

    it('and take no word that looks like its mark', () => {
      const mark = marksIn(rendered({ create: secret }).create)[0] ?? assert.fail();
      assert.throws(
        () => made('description {{text mode}};', { mode: mark }),
        (error) => error instanceof TemplateError && /expected no word with <secret:/.test(error.message),
      );
    });
  });
});
