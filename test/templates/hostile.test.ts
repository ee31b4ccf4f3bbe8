import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Kind } from '../../gateway/kind.ts';
import { ROLES, type Role } from '../../gateway/resource.ts';
import { parse } from '../../junos/parse.ts';
import { paths, within } from '../../junos/select.ts';
import { parseSet } from '../../junos/set.ts';
import { ParameterError, TemplateError } from '../../templates/errors.ts';
import { kindOf } from '../gateway/kinds.ts';
import { render } from '../../templates/render.ts';
import { internetValues, parameters, vpnValues } from '../../local/sample-parameters.ts';

/** Pieces of the grammar, more likely to break out than random text. */
const marks = '{ } ; " \\ \n [ ] /* */ # \u0000 \u2028'.split(' ');
const words =
  'a system apply-groups delete: inactive: unit term before after interface-range <*> all-accept 0 .. {{vrf_name}}'.split(
    ' ',
  );
const piece = fc.constantFrom(' ', ...marks, ...words);
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' ')),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'x'.repeat(64)),
);

describe('hostile values', () => {
  const cases: { kind: Kind; values: typeof vpnValues }[] = [];
  before(() => {
    for (const [name, values] of [
      ['vpn_gateway', vpnValues],
      ['internet_gateway', internetValues],
    ] as const) {
      cases.push({ kind: kindOf(name), values });
    }
  });

  /** Whatever the values: an error that blames them, or text that lies where the stanzas do that these values name. */
  function check(kind: Kind, role: Role, values: typeof vpnValues): 'rendered' | 'refused' {
    let rendered;
    try {
      rendered = render(kind, role, parameters(values));
    } catch (error) {
      assert.ok(error instanceof ParameterError || error instanceof TemplateError, String(error));
      assert.ok(error.message.length < 600, error.message);
      return 'refused';
    }
    const { create, arrange, remove, owns } = rendered;
    const names = new Set(Object.values(values).map(String));
    for (const owned of owns) assert.ok(names.has(owned.at(-1) ?? ''), owned.join(' '));
    for (const path of paths(parse(create)))
      assert.ok(
        owns.some((owned) => within(path, owned)),
        path.join(' '),
      );
    for (const { path } of parseSet(arrange.join('\n'))) assert.ok(owns.some((owned) => within(path, owned)));
    const removed = parseSet(remove.join('\n')).map(({ verb, path }) => `${verb} ${JSON.stringify(path)}`);
    assert.deepEqual(removed.sort(), owns.map((owned) => `delete ${JSON.stringify(owned)}`).sort());
    return 'rendered';
  }

  it('change the configuration in owned places only, one at a time', () => {
    let rendered = 0;
    for (const { kind, values } of cases) {
      fc.assert(
        fc.property(
          fc.constantFrom(...Object.keys(values)),
          hostile,
          fc.constantFrom(...ROLES),
          (name, value, role) => {
            if (check(kind, role, { ...values, [name]: value }) === 'rendered') rendered += 1;
          },
        ),
        { numRuns: 1500 },
      );
    }
    assert.ok(
      rendered > 100,
      `only ${rendered} of the hostile values were harmless: the property hardly looks`,
    );
  });

  it('change the configuration in owned places only, all at once', () => {
    const name = fc.constantFrom(
      'apply-groups',
      'unit',
      'term',
      'before',
      'interface-range',
      'family',
      'system',
      '5',
      'a b',
      'inet',
      'x',
      'y',
      'z',
    );
    for (const { kind, values } of cases) {
      fc.assert(
        fc.property(fc.array(name, { minLength: 40, maxLength: 40 }), (words) => {
          const replaced = Object.keys(values).map((key, at) => [
            key,
            key === 'jinja_vrf_config' ? '' : (words[at] ?? 'x'),
          ]);
          check(kind, 'primary', Object.fromEntries(replaced));
        }),
        { numRuns: 500 },
      );
    }
  });

  it('never show a secret', () => {
    for (const { kind, values } of cases) {
      for (const role of ROLES) {
        const given = Object.fromEntries(
          Object.entries(values).map(([name, value]) => [
            name,
            name.includes('password') ? 'canary-4711' : value,
          ]),
        );
        assert.doesNotMatch(JSON.stringify(render(kind, role, parameters(given))), /canary-4711/);
      }
    }
  });
});
