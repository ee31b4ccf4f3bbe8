/** Properties that hold for all configurations: they are read back from each form, and the client understands every diff. */

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseSet } from '../../../junos/set.ts';
import { readDiff } from '../../../netconf/diff.ts';
import { compare } from '../../../simulator/device/config/compare.ts';
import { sameConfig, type Config } from '../../../simulator/device/config/config.ts';
import { loadSetLines, loadStatements, readConfig } from '../../../simulator/device/config/load-text.ts';
import { SCHEMA } from '../../../simulator/device/config/schema.ts';
import { configText, setLines } from '../../../simulator/device/config/text-form.ts';
import { statementsOf, xmlOf } from '../../../simulator/device/config/xml-form.ts';
import { readXml } from '../../../simulator/device/xml.ts';

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
const number = fc.nat(3).map(String);

const unit = fc
  .tuple(fc.constantFrom('ae0', 'ge-0/0/1'), number, word)
  .map(([port, n, w]) => ['interfaces', port, 'unit', n, 'description', w]);
const address = fc
  .tuple(number, word)
  .map(([n, w]) => ['interfaces', 'ae0', 'unit', n, 'family', 'inet', 'address', w]);
const applyGroups = fc
  .tuple(number, word)
  .map(([n, w]) => ['interfaces', 'ae0', 'unit', n, 'apply-groups', w]);
const unitFilter = fc
  .tuple(number, word)
  .map(([n, w]) => ['interfaces', 'ae0', 'unit', n, 'family', 'inet', 'filter', 'input', w]);
const filter = ['firewall', 'family', 'inet', 'filter'];
const term = fc.tuple(word, word).map(([f, t]) => [...filter, f, 'term', t, 'then', 'accept']);
const termPrefix = fc
  .tuple(word, word)
  .map(([f, p]) => [...filter, f, 'term', 't', 'from', 'source-prefix-list', p]);
const prefixList = fc.tuple(word, word).map(([l, p]) => ['policy-options', 'prefix-list', l, p]);
const instance = fc
  .tuple(word, word)
  .map(([i, p]) => ['routing-instances', i, 'routing-options', 'instance-import', p]);
const opaque = fc.tuple(word, word).map(([a, b]) => ['snmp', 'community', a, 'clients', b]);
const known = fc.oneof(unit, address, applyGroups, unitFilter, term, termPrefix, prefixList, instance);
const statement = fc.oneof({ arbitrary: known, weight: 8 }, opaque);

const quoted = (words: readonly string[]): string =>
  words.map((w) => `"${w.replace(/["\\]/g, String.raw`\$&`)}"`).join(' ');
/** Not in an opaque part: there, nothing says where a statement begins that stands on one line with its value. */
const deactivated = fc
  .tuple(known, fc.nat(5))
  .map(([words, cut]) => words.slice(0, Math.max(2, words.length - cut)));
const loadedLines = (config: Config, command: string, statements: readonly (readonly string[])[]) =>
  loadSetLines(config, statements.map((words) => `${command} ${quoted(words)}`).join('\n'), SCHEMA);
const activeConfig = fc.array(statement, { maxLength: 12 }).map((statements): Config => {
  const { config, errors } = loadedLines([], 'set', statements);
  assert.deepEqual(errors, []);
  return config;
});
/** With inactive statements, too. A line that names none that is there changes nothing. */
const anyConfig = fc
  .tuple(activeConfig, fc.array(deactivated, { maxLength: 3 }))
  .map(([config, statements]) => loadedLines(config, 'deactivate', statements).config);

const assertSame = (actual: Config, expected: Config): void => {
  assert.equal(configText(actual, SCHEMA), configText(expected, SCHEMA));
  assert.ok(sameConfig(actual, expected));
};

describe('any configuration', () => {
  it('is read back from its text', () => {
    fc.assert(fc.property(anyConfig, (c) => assertSame(readConfig(configText(c, SCHEMA)), c)));
  });

  it('is read back from its set commands', () => {
    fc.assert(
      fc.property(anyConfig, (c) => assertSame(loadSetLines([], setLines(c).join('\n'), SCHEMA).config, c)),
    );
  });

  const assertReadBackFromXml = (c: Config): void => {
    const { children } = readXml(`<configuration>${xmlOf(c, SCHEMA)}</configuration>`);
    const loaded = loadStatements([], statementsOf(children, SCHEMA), [], 'merge', SCHEMA);
    assert.deepEqual(loaded.errors, []);
    assertSame(loaded.config, c);
  };

  it('is read back from its XML', () => {
    fc.assert(fc.property(anyConfig, assertReadBackFromXml));
  });

  it('is read back from its XML, with an inactive entry of a list of names', () => {
    const path = [...filter, 'F', 'term', 't', 'from', 'source-prefix-list', 'A'];
    assertReadBackFromXml(loadedLines(loadedLines([], 'set', [path]).config, 'deactivate', [path]).config);
  });
});

describe('the diff of any two configurations', () => {
  it('is empty exactly when they are the same, and otherwise has signed lines under headers', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (a, b) => {
        const diff = compare(a, b, SCHEMA);
        assert.equal(diff === '', sameConfig(a, b), diff);
        for (const text of diff.split('\n').filter((l) => l !== ''))
          assert.match(text, /^(\[edit[^\n]*\]$|[-+! ] {2})/);
      }),
    );
  });

  it("names exactly the added and the removed leaves, as the client's reader understands it", () => {
    fc.assert(
      fc.property(activeConfig, activeConfig, (from, to) => {
        const [before, after] = [leafPaths(from), leafPaths(to)];
        const changes = readDiff(compare(from, to, SCHEMA));
        const named = (sign: string): string[] =>
          changes
            .filter((c) => c.sign === sign)
            .map((c) => c.path.join('\0'))
            .sort();
        // An empty block that gets content is not removed, and a block that loses its content is not added.
        const isWithin = (path: string, others: ReadonlySet<string>): boolean =>
          [...others].some((other) => other === path || other.startsWith(`${path}\0`));
        const added = [...after].filter((p) => !isWithin(p, before)).sort();
        const removed = [...before].filter((p) => !isWithin(p, after)).sort();
        assert.deepEqual(named('+'), added);
        assert.deepEqual(named('-'), removed);
      }),
      { numRuns: 300 },
    );
  });
});

/** The path of each leaf, as one string. */
function leafPaths(config: Config): ReadonlySet<string> {
  return new Set(parseSet(setLines(config).join('\n')).map(({ path }) => path.join('\0')));
}
