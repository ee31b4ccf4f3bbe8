/** What kinds of format 2 own and monitor: single statements, several for a list, one router alone. */
import assert from 'node:assert/strict';
import type { MonitorRule } from '../../gateway/kind.ts';
import { ParameterError, TemplateError } from '../../templates/errors.ts';
import { render } from '../../templates/render.ts';
import { parameters } from '../../local/sample-parameters.ts';
import { kindWith, rendered, VALUES } from './probe-kind.ts';
import type { Values } from './probe-kind.ts';

describe('kinds of format 2', () => {
  describe('own', () => {
    const owned = (owns: readonly string[], create: string, remove: string, values: Values = {}) =>
      rendered({ owns, create, remove }, values);
    const leaf = 'routing-instances {{vrf}} routing-options router-id';
    const options = 'routing-instances { {{vrf}} { routing-options { router-id {{bare}}; } } }';

    it('a leaf', () => {
      const { owns, remove } = owned([leaf], options, `delete ${leaf}`);
      assert.deepEqual(owns, [['routing-instances', 'R', 'routing-options', 'router-id']]);
      assert.deepEqual(remove, ['delete routing-instances R routing-options router-id']);
    });

    it('an entry of a leaf-list, and nothing beside it', () => {
      const policy = 'routing-instances {{vrf}} routing-options instance-import P';
      const create = (words: string) =>
        `routing-instances { {{vrf}} { routing-options { instance-import ${words}; } } }`;
      const { owns } = owned([policy], create('P'), `delete ${policy}`);
      assert.deepEqual(owns, [['routing-instances', 'R', 'routing-options', 'instance-import', 'P']]);
      assert.throws(
        () => owned([policy], create('[ P Q ]'), `delete ${policy}`),
        /instance-import Q' is outside/,
      );
    });

    it('an entry in a shared list for each entry of a parameter', () => {
      const each = (text: string) => `{{#each list}}\n${text}\n{{/each}}`;
      const entry = 'policy-options prefix-list L {{this}}';
      const create = each('policy-options { prefix-list L { {{this}}; } }');
      const { owns, remove } = owned([each(entry)], create, each(`delete ${entry}`));
      assert.deepEqual(
        owns.map((path) => path.at(-1)),
        ['10.0.0.0/24', '10.1.0.0/24'],
      );
      assert.equal(remove.length, 2);
      const none = owned(
        [each(entry), leaf],
        `${create}\n${options}`,
        `delete ${leaf}\n${each(`delete ${entry}`)}`,
        {
          list: [],
        },
      );
      assert.equal(none.owns.length, 1);
      assert.throws(
        () => owned([each(entry)], create, each(`delete ${entry}`), { list: ['10.0.0.0/24', '10.0.0.0/24'] }),
        /expected a stanza apart from the others/,
      );
    });

    for (const path of [
      'routing-instances {{vrf}} routing-options',
      'routing-instances {{vrf}} routing-options static route',
      'routing-instances {{vrf}} routing-options router-id {{bare}}',
      'policy-options',
    ])
      it(`nothing that is no statement: ${path}`, () => {
        assert.throws(
          () => owned([path], options, `delete ${path}`),
          (error) =>
            error instanceof TemplateError && error.message.endsWith('is not one named entry or leaf'),
        );
      });
  });

  describe('monitor', () => {
    const monitors = (
      rules: readonly MonitorRule[],
      role: 'primary' | 'secondary' = 'primary',
      values: Values = {},
    ) =>
      rendered({ create: 'routing-instances { {{vrf}} { mtu 1; } }', monitors: rules }, values, role)
        .monitors;

    it('each router on its own, with its own word', () => {
      const rules: MonitorRule[] = [
        {
          name: 'primary',
          role: 'primary',
          word: 'master',
          vrrp: { interface: 'ae0.5', group: '{{number}}' },
        },
        { name: 'both', bgp: { instance: '{{vrf}}', peer: '{{address ip}}' } },
        { name: 'secondary', role: 'secondary', word: 'backup', vrrp: { interface: 'ae0.5', group: '8' } },
        { name: 'route', route: { instance: '{{vrf}}', destination: '0.0.0.0/0' } },
      ];
      assert.deepEqual(monitors(rules), [
        { name: 'primary', word: 'master', counters: [], vrrp: { interface: 'ae0.5', group: 7 } },
        { name: 'both', counters: [], bgp: { instance: 'R', peer: '192.168.8.2' } },
        { name: 'route', counters: [], route: { instance: 'R', destination: '0.0.0.0/0' } },
      ]);
      assert.deepEqual(
        monitors(rules, 'secondary').map(({ name }) => name),
        ['both', 'secondary', 'route'],
      );
    });

    it('each entry of a list', () => {
      const rule: MonitorRule = {
        name: 'primary_{{this}}',
        role: 'primary',
        each: 'numbers',
        vrrp: { interface: 'ae0.5', group: '{{this}}' },
      };
      assert.deepEqual(
        monitors([rule]).map(({ name, vrrp }) => [name, vrrp?.group]),
        [
          ['primary_41', 41],
          ['primary_42', 42],
        ],
      );
      assert.throws(() => monitors([{ ...rule, name: 'same' }]), /monitors: the name same stands twice/);
      const many = Array.from({ length: 17 }, (_, at) => at);
      assert.throws(
        () => monitors([rule], 'primary', { numbers: many }),
        /at most 16 are expected, there are 17/,
      );
    });

    it('no group that VRRP does not have', () => {
      for (const number of [256, -1, 'x', '07'])
        assert.throws(
          () =>
            monitors([{ name: 'x', vrrp: { interface: 'a', group: '{{number}}' } }], 'primary', { number }),
          (error) =>
            error instanceof ParameterError && /parameter number: expected a VRRP group/.test(error.message),
        );
    });

    it('sees a parameter of its own role only', () => {
      const { primary_ip: _, ...left } = VALUES;
      const mappings = Object.fromEntries(Object.keys(left).map((name) => [name, { constant: null }]));
      const kind = (role: 'primary' | 'secondary') =>
        kindWith({
          create: 'routing-instances { {{vrf}} { mtu 1; } }',
          provisioning: { id: 'probe', mappings },
          monitors: [{ name: 'x', role, bgp: { instance: 'R', peer: '{{ip}}' } }],
        });
      const given = parameters(left);
      assert.deepEqual(render(kind('secondary'), 'primary', given).monitors, []);
      assert.equal(render(kind('secondary'), 'secondary', given).monitors[0]?.bgp?.peer, '192.168.9.2/30');
      assert.throws(() => render(kind('primary'), 'secondary', given), /the primary's rendering has, got ip/);
    });
  });
});
