import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { readFile } from 'node:fs/promises';
import type { Kind } from '../../gateway/kind.ts';
import { ROLES } from '../../gateway/resource.ts';
import { parse } from '../../junos/parse.ts';
import { at, same } from '../../junos/select.ts';
import { ParameterError } from '../../templates/errors.ts';
import { kindOf } from '../gateway/kinds.ts';
import { render } from '../../templates/render.ts';
import { internetValues, parameters, vpnValues } from '../../local/sample-parameters.ts';

const samples = { vpn_gateway: vpnValues, internet_gateway: internetValues } as const;
const golden = (name: string): Promise<string> =>
  readFile(new URL(`goldens/${name}`, import.meta.url), 'utf8');
const lines = (commands: readonly string[]): string => commands.map((command) => `${command}\n`).join('');
const vrf = 'vrf_gw_sample-ha-router-downlink_1025';

describe('rendering', () => {
  let kinds: Record<keyof typeof samples, Kind>;
  before(() => {
    kinds = { vpn_gateway: kindOf('vpn_gateway'), internet_gateway: kindOf('internet_gateway') };
  });

  for (const name of ['vpn_gateway', 'internet_gateway'] as const) {
    for (const role of ROLES) {
      it(`gives the ${role} of a ${name} exactly what the routers carry`, async () => {
        const { create, arrange, remove } = render(kinds[name], role, parameters(samples[name]));
        assert.equal(create, await golden(`${name}.${role}.conf`));
        assert.equal(lines(arrange), await golden(`${name}.arrange.set`));
        assert.equal(lines(remove), await golden(`${name}.remove.set`));
      });
    }
  }

  it('names the owned stanzas as words', () => {
    const filter = (name: string) => ['firewall', 'family', 'inet', 'filter', name, 'term', `${vrf}_filter`];
    assert.deepEqual(render(kinds.internet_gateway, 'primary', parameters(internetValues)).owns, [
      ['interfaces', 'ae0', 'unit', '1025'],
      ['routing-instances', vrf],
      ['policy-options', 'prefix-list', `${vrf}_prefix`],
      ['policy-options', 'policy-statement', 'INSTANCE-MASTER_IN', 'term', vrf],
      filter('INET_IN'),
      filter('INET_OUT'),
    ]);
    assert.deepEqual(render(kinds.vpn_gateway, 'primary', parameters(vpnValues)).owns, [
      ['interfaces', 'ge-0/0/1', 'unit', '122'],
      ['interfaces', 'ae0', 'unit', '1025'],
      ['routing-instances', vrf],
    ]);
  });

  it('says what to monitor, by role', () => {
    const values = {
      ...internetValues,
      secondary_device_logical_interface: 'ae7.1025',
      secondary_device_physical_interface: 'ae7',
      counter_name_in_secondary: 'IN2',
    };
    const counters = (first: string) => [
      { filter: 'INET_IN', counter: first },
      { filter: 'INET_OUT', counter: `${vrf}_OUT` },
    ];
    assert.deepEqual(render(kinds.internet_gateway, 'primary', parameters(values)).monitors, [
      { name: 'downlink', interface: 'ae0.1025', counters: [] },
      { name: 'uplink', counters: counters(`${vrf}_IN`) },
    ]);
    assert.deepEqual(render(kinds.internet_gateway, 'secondary', parameters(values)).monitors, [
      { name: 'downlink', interface: 'ae7.1025', counters: [] },
      { name: 'uplink', counters: counters('IN2') },
    ]);
  });

  describe('free configuration of a routing instance', () => {
    const withText = (text: string) =>
      render(kinds.internet_gateway, 'primary', parameters({ ...internetValues, jinja_vrf_config: text }))
        .create;

    it('lands inside the routing instance and changes nothing else', () => {
      const text =
        'description "a } brace";\nrouting-options { static { route 0.0.0.0/0 next-hop 10.0.0.1; } }';
      const tree = parse(withText(text));
      const path = ['routing-instances', vrf];
      assert.ok(at(tree, [...path, 'description', 'a } brace']));
      assert.ok(
        at(tree, [...path, 'routing-options', 'static', 'route', '0.0.0.0/0', 'next-hop', '10.0.0.1']),
      );
      const others = (text: string) => parse(text).filter(({ words }) => words[0] !== 'routing-instances');
      assert.ok(same(others(withText(text)), others(withText(''))));
    });

    for (const [what, text] of [
      ['closes more than it opened', '} } system { host-name owned; } routing-instances { x {'],
      ['opens more than it closed', 'routing-options {'],
      ['leaves a string open', 'description "x'],
      ['leaves a comment open', 'description x; /*'],
      ['deletes', 'delete: interface ae0.1025;'],
      ['deactivates deep inside', 'routing-options { inactive: static { route 0.0.0.0/0 discard; } }'],
      ['is too long', `description ${'x'.repeat(70_000)};`],
    ] as const) {
      it(`is refused when it ${what}`, () => {
        assert.throws(
          () => withText(text),
          (error) => {
            assert.ok(error instanceof ParameterError);
            assert.equal(error.parameter, 'jinja_vrf_config');
            assert.ok(error.message.length < 400, error.message);
            return true;
          },
        );
      });
    }

    it('is refused without a word of it, which may be a key', () => {
      assert.throws(
        () => withText('description x;\nauthentication-key [ a ] canary;'),
        (error) => {
          assert.ok(error instanceof ParameterError);
          assert.match(error.message, /got another text in line 2, column 26, where ';' .* is expected$/);
          assert.doesNotMatch(inspect(error), /canary/);
          return true;
        },
      );
    });
  });

  describe('a value that is no name', () => {
    for (const [what, value] of [
      ['null', null],
      ['empty', ''],
      ['a newline', 'a\nb'],
      ['a carriage return', 'a\rb'],
      ['a double quote', 'a"b'],
      ['a single quote', "a'b"],
      ['an opening brace', 'a{b'],
      ['a closing brace', 'a } b'],
      ['a bracket', '[ a ]'],
      ['a semicolon', 'a; b'],
      ['a backslash', 'a\\b'],
      ['a comment', 'a /* b */'],
      ['a line comment', '# b'],
      ['a wildcard', '<*>'],
      ['a control character', 'a\u0007b'],
      ['a bidirectional mark', 'a\u202eb'],
      ['a line separator', 'a\u2028b'],
      ['a non-ASCII letter', 'gätewäy'],
      ['a lone surrogate', 'a\ud800'],
      ['64 characters', 'x'.repeat(64)],
      ['a megabyte', 'x'.repeat(1_000_000)],
      ['a fraction', 1.5],
    ] as const) {
      it(`is refused by parameter and kept short: ${what}`, () => {
        const given = parameters({ ...vpnValues, vrf_name: value });
        assert.throws(
          () => render(kinds.vpn_gateway, 'primary', given),
          (error) => {
            assert.ok(error instanceof ParameterError);
            assert.equal(error.parameter, 'vrf_name');
            assert.match(error.message, /^parameter vrf_name: expected a name of 1 to 63 [^\n]*, got /);
            assert.ok(error.message.length < 250, error.message);
            assert.doesNotMatch(error.message, /\p{Cc}|\p{Cf}|\p{Cs}/u);
            return true;
          },
        );
      });
    }
  });

  it('takes 63 characters and blanks inside a name, in quotes', () => {
    const vrf_name = `a b${'x'.repeat(60)}`;
    const { create, owns } = render(kinds.vpn_gateway, 'primary', parameters({ ...vpnValues, vrf_name }));
    assert.match(create, new RegExp(`^    "${vrf_name}" \\{$`, 'm'));
    assert.deepEqual(owns.at(-1), ['routing-instances', vrf_name]);
  });

  for (const keyword of ['apply-groups', 'apply-groups-except']) {
    it(`refuses the keyword ${keyword} for a routing instance's name`, () => {
      const given = parameters({ ...vpnValues, vrf_name: keyword });
      assert.throws(() => render(kinds.vpn_gateway, 'primary', given), /not one named entry|no keywords/);
    });
  }

  it('refuses a keyword for an interface', () => {
    const given = parameters({ ...vpnValues, primary_device_physical_downlink_interface: 'interface-range' });
    assert.throws(() => render(kinds.vpn_gateway, 'primary', given), ParameterError);
    assert.doesNotThrow(() => render(kinds.vpn_gateway, 'secondary', given));
  });

  it('refuses two stanzas of one gateway that are the same', () => {
    const given = parameters({
      ...vpnValues,
      primary_device_physical_uplink_interface: 'ae0',
      uplink_vlan: '1025',
    });
    assert.throws(
      () => render(kinds.vpn_gateway, 'primary', given),
      /device_physical_downlink_interface, downlink_vlan: .*again/,
    );
  });

  for (const [name, given] of [
    ['vpn_gateway', { ...vpnValues, primary_device_logical_uplink_interface: 'ge-0/0/1.77' }],
    ['internet_gateway', { ...internetValues, jinja_vrf_config: 'interface ge-0/0/1.77;' }],
  ] as const) {
    it(`refuses to draw an interface that a ${name} doesn't own into its routing instance`, () => {
      assert.throws(
        () => render(kinds[name], 'primary', parameters(given)),
        (error) =>
          error instanceof ParameterError &&
          /own units, .*ae0\.1025, got .ge-0\/0\/1\.77/.test(error.message),
      );
    });
  }

  it('refuses a parameter that was not given, by name', () => {
    const given = parameters(vpnValues).filter(({ name }) => name !== 'vrf_name');
    assert.throws(() => render(kinds.vpn_gateway, 'primary', given), /parameter vrf_name .*was not given/);
  });
});
