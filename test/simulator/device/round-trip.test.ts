import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { compare } from '../../../simulator/device/compare.ts';
import { sameConfig, type Config } from '../../../simulator/device/config.ts';
import { SCHEMA } from '../../../simulator/device/schema.ts';
import { loadSetLines } from '../../../simulator/device/set-lines.ts';
import { readConfig } from '../../../simulator/device/state.ts';
import { configText, setLines } from '../../../simulator/device/text-form.ts';
import { loadStatements } from '../../../simulator/device/load-text.ts';
import { statementsOf, xmlOf } from '../../../simulator/device/xml-form.ts';
import { readXml } from '../../../simulator/device/xml-read.ts';

const word = fc.constantFrom(
  'A',
  'b-1',
  '10.0.0.0/8',
  'with blank',
  'quo"te',
  '{;}',
  'back\\slash',
  'é',
  '# no comment',
);
const line = fc.oneof(
  fc
    .tuple(fc.constantFrom('ae0', 'ge-0/0/1'), fc.nat(3), word)
    .map(([port, unit, w]) => ['interfaces', port, 'unit', `${unit}`, 'description', w]),
  fc
    .tuple(fc.nat(3), word)
    .map(([unit, w]) => ['interfaces', 'ae0', 'unit', `${unit}`, 'family', 'inet', 'address', w]),
  fc.tuple(fc.nat(3), word).map(([unit, w]) => ['interfaces', 'ae0', 'unit', `${unit}`, 'apply-groups', w]),
  fc
    .tuple(fc.nat(2), word)
    .map(([unit, w]) => ['interfaces', 'ae0', 'unit', `${unit}`, 'family', 'inet', 'filter', 'input', w]),
  fc
    .tuple(word, word)
    .map(([f, t]) => ['firewall', 'family', 'inet', 'filter', f, 'term', t, 'then', 'accept']),
  fc
    .tuple(word, word)
    .map(([f, p]) => [
      'firewall',
      'family',
      'inet',
      'filter',
      f,
      'term',
      't',
      'from',
      'source-prefix-list',
      p,
    ]),
  fc.tuple(word, word).map(([l, p]) => ['policy-options', 'prefix-list', l, p]),
  fc.tuple(word, word).map(([a, b]) => ['routing-instances', a, 'routing-options', 'instance-import', b]),
  fc.tuple(word, word).map(([a, b]) => ['snmp', 'community', a, 'clients', b]),
);
const quoted = (words: readonly string[]): string =>
  words.map((w) => `"${w.replace(/["\\]/g, String.raw`\$&`)}"`).join(' ');
const config = fc.array(line, { maxLength: 12 }).map((lines): Config => {
  const loaded = loadSetLines([], lines.map((words) => `set ${quoted(words)}`).join('\n'), SCHEMA);
  assert.deepEqual(loaded.errors, []);
  return loaded.config;
});

const assertSame = (actual: Config, expected: Config): void => {
  assert.equal(configText(actual, SCHEMA), configText(expected, SCHEMA));
  assert.ok(sameConfig(actual, expected));
};

describe('any configuration', () => {
  it('is read back from its text', () => {
    fc.assert(fc.property(config, (c) => assertSame(readConfig(configText(c, SCHEMA)), c)));
  });

  it('is read back from its set commands', () => {
    fc.assert(
      fc.property(config, (c) => assertSame(loadSetLines([], setLines(c).join('\n'), SCHEMA).config, c)),
    );
  });

  it('is read back from its XML', () => {
    fc.assert(
      fc.property(config, (c) => {
        const { children } = readXml(`<configuration>${xmlOf(c, SCHEMA)}</configuration>`);
        const loaded = loadStatements([], statementsOf(children, SCHEMA), [], 'merge', SCHEMA);
        assert.deepEqual(loaded.errors, []);
        assertSame(loaded.config, c);
      }),
    );
  });

  it('differs from another by nothing only when it is the same, and by signed lines otherwise', () => {
    fc.assert(
      fc.property(config, config, (a, b) => {
        const diff = compare(a, b, SCHEMA);
        assert.equal(diff === '', sameConfig(a, b), diff);
        for (const text of diff.split('\n').filter((l) => l !== ''))
          assert.match(text, /^(\[edit[^\n]*\]$|[-+! ] {2})/);
      }),
    );
  });
});
