/** Random configuration for properties. */
import fc from 'fast-check';
import type { Statement, Tag } from '../../junos/tree.ts';

/** A word of anything that configuration text can carry. */
export const word = fc.oneof(
  fc.constantFrom(
    'a',
    'unit',
    '5',
    'ae0',
    '<*>',
    '<ge-[01]/*>',
    'inactive:',
    'delete:',
    '/*',
    '*/',
    '#',
    '"',
    '\\',
    '\\n',
    '{',
    '};',
    '[',
    'a b',
    '',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[^\P{Cc}\n\t]/gu, '')),
);

const words = fc.array(word, { minLength: 1, maxLength: 3 });
const tag = fc.constantFrom<(Tag | undefined)[]>(
  undefined,
  undefined,
  undefined,
  'inactive',
  'replace',
  'delete',
  'protect',
  'active',
);
const tagged = <T extends object>(statement: T, tag: Tag | undefined): T =>
  tag === undefined ? statement : { ...statement, tag };

/** Trees in the shape that the parser gives; no block is empty, as those are printed as leaves. */

/** Trees in the shape that the parser gives; no block is empty, as those are printed as leaves. */
export const tree: fc.Arbitrary<Statement[]> = fc
  .letrec<{ statement: Statement }>((tie) => ({
    statement: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.tuple(words, tag).map(([words, tag]) => tagged({ words }, tag)),
      fc
        .tuple(words, fc.array(word, { maxLength: 3 }), tag)
        .map(([words, list, tag]) => tagged({ words, list }, tag)),
      fc
        .tuple(words, fc.array(tie('statement'), { minLength: 1, maxLength: 3 }), tag)
        .map(([words, children, tag]) => tagged({ words, children }, tag)),
    ),
  }))
  .statement.chain((first) => fc.constant([first]));

const name = fc.constantFrom('a', 'b', 'c d', '5', '10.0.0.1/24');
const option = <T>(...of: T[]) => fc.constantFrom(...of);

/** Set paths in the hierarchy that the schema knows. */
export const knownPath: fc.Arbitrary<string[]> = fc.oneof(
  fc
    .tuple(name, name, option('description', 'vlan-id', 'apply-groups'), name)
    .map(([i, u, leaf, v]) => ['interfaces', i, 'unit', u, leaf, v]),
  fc
    .tuple(name, name, option('input', 'output'), name)
    .map(([i, u, way, v]) => ['interfaces', i, 'unit', u, 'family', 'inet', 'filter', way, v]),
  fc
    .tuple(name, name, name, name)
    .map(([i, u, a, g]) => [
      'interfaces',
      i,
      'unit',
      u,
      'family',
      'inet',
      'address',
      a,
      'vrrp-group',
      g,
      'accept-data',
    ]),
  fc.tuple(name, name).map(([n, i]) => ['routing-instances', n, 'interface', i]),
  fc
    .tuple(name, option('instance-import', 'instance-export'), name)
    .map(([n, leaf, v]) => ['routing-instances', n, 'routing-options', leaf, v]),
  fc.tuple(name, name).map(([l, p]) => ['policy-options', 'prefix-list', l, p]),
  fc
    .tuple(name, name, option(['from', 'instance', 'x'], ['then', 'accept'], ['then', 'metric', '5']))
    .map(([p, t, rest]) => ['policy-options', 'policy-statement', p, 'term', t, ...rest]),
  fc
    .tuple(name, name, option('source-prefix-list', 'destination-prefix-list'), name)
    .map(([f, t, leaf, v]) => ['firewall', 'family', 'inet', 'filter', f, 'term', t, 'from', leaf, v]),
  fc
    .tuple(name, name, option(['count', 'c'], ['accept'], ['discard']))
    .map(([f, t, rest]) => ['firewall', 'family', 'inet', 'filter', f, 'term', t, 'then', ...rest]),
  fc.tuple(name, name, name).map(([g, i, u]) => ['groups', g, 'interfaces', i, 'unit', u, 'family', 'inet']),
  fc.tuple(option('host-name', 'domain-name'), name).map(([leaf, v]) => ['system', leaf, v]),
);
