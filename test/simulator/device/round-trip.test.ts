import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { compare } from '../../../simulator/device/config/compare.ts';
import { anyConfig } from './any-config.ts';
import { sameConfig, type Config } from '../../../simulator/device/config/config.ts';
import { SCHEMA } from '../../../simulator/device/config/schema.ts';
import { loadSetLines } from '../../../simulator/device/config/load-text.ts';
import { readConfig } from '../../../simulator/device/config/load-text.ts';
import { configText, setLines } from '../../../simulator/device/config/text-form.ts';
import { loadStatements } from '../../../simulator/device/config/load-text.ts';
import { statementsOf, xmlOf } from '../../../simulator/device/config/xml-form.ts';
import { readXml } from '../../../simulator/device/xml.ts';

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

  it('is read back from its XML', () => {
    fc.assert(
      fc.property(anyConfig, (c) => {
        const { children } = readXml(`<configuration>${xmlOf(c, SCHEMA)}</configuration>`);
        const loaded = loadStatements([], statementsOf(children, SCHEMA), [], 'merge', SCHEMA);
        assert.deepEqual(loaded.errors, []);
        assertSame(loaded.config, c);
      }),
    );
  });

  it('differs from another by nothing only when it is the same, and by signed lines otherwise', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (a, b) => {
        const diff = compare(a, b, SCHEMA);
        assert.equal(diff === '', sameConfig(a, b), diff);
        for (const text of diff.split('\n').filter((l) => l !== ''))
          assert.match(text, /^(\[edit[^\n]*\]$|[-+! ] {2})/);
      }),
    );
  });
});
