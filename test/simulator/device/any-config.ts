/** Configurations of all shapes, with words of all kinds. */

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Config } from '../../../simulator/device/config/config.ts';
import { SCHEMA } from '../../../simulator/device/config/schema.ts';
import { loadSetLines } from '../../../simulator/device/config/load-text.ts';

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
export const anyConfig = fc.array(line, { maxLength: 12 }).map((lines): Config => {
  const loaded = loadSetLines([], lines.map((words) => `set ${quoted(words)}`).join('\n'), SCHEMA);
  assert.deepEqual(loaded.errors, []);
  return loaded.config;
});
