/** Configuration text, set commands and diffs. */
import assert from 'node:assert/strict';
import { toElements } from '../../../junos/elements.ts';
import { parse } from '../../../junos/parse.ts';
import { print } from '../../../junos/print.ts';
import { at, paths, same } from '../../../junos/select.ts';
import { parseSet, printSet } from '../../../junos/set.ts';
import { JunosSyntaxError } from '../../../junos/syntax-error.ts';
import type { Statement } from '../../../junos/tree.ts';
import { DiffError, outside, readDiff } from '../../../netconf/diff.ts';
import type { Random } from '../../chaos/random.ts';
import { canonical, layout } from '../../junos/forms.ts';
import { assertSame, attempt, repeated, several, type Target } from '../target.ts';

const words = [
  'interfaces',
  'ae0',
  'ge-0/0/1',
  'unit',
  '1025',
  '0',
  'family',
  'inet',
  'address',
  '10.0.0.1/24',
  'vrrp-group',
  'description',
  '"a b"',
  '"a \\" } b"',
  '""',
  'vlan-id',
  'filter',
  'input',
  'apply-groups',
  'G',
  '<*>',
  '<ge-[01]/*>',
  'policy-options',
  'prefix-list',
  'policy-statement',
  'term',
  'from',
  'then',
  'accept',
  'firewall',
  'groups',
  'routing-instances',
  'system',
  'host-name',
  'hold-time',
  'up',
  'down',
  '__proto__',
  'constructor',
  'inactive:',
  '802.3ad',
];
const marks = [
  '{',
  '}',
  ';',
  '[',
  ']',
  '/*',
  '*/',
  '#',
  '## SECRET-DATA',
  '\n',
  '"',
  '\\',
  '\\n',
  '{ ... }',
  '...',
  ' ',
  'delete: ',
  'replace: ',
  'protect: ',
  'active: ',
  '<',
  '>',
];

function statement(random: Random, depth: number): string {
  const tag = random.chance(0.08)
    ? random.pick(['inactive: ', 'delete: ', 'replace: ', 'protect: ', 'active: '])
    : '';
  const named = Array.from({ length: random.whole(1, 3) }, () => random.pick(words)).join(' ');
  const kind = depth > 0 ? random.whole(0, 4) : random.whole(0, 1);
  if (kind === 0) return `${tag}${named};\n`;
  if (kind === 1) return `${tag}${named} [ ${several(random, 3, () => random.pick(words)).join(' ')} ];\n`;
  return `${tag}${named} {\n${several(random, 3, () => statement(random, depth - 1)).join('')}}\n`;
}

/** A block without statements is printed as a leaf, and so it is read as one. */
const leaf = ({ children, ...rest }: Statement): Statement =>
  children === undefined || children.length === 0 ? rest : { ...rest, children: children.map(leaf) };

function checkText(input: string): void {
  const tree = attempt([JunosSyntaxError], () => parse(input));
  if (tree === undefined) return;
  assertSame(parse(print(tree)), tree.map(leaf));
  const once = canonical(tree);
  assertSame(canonical(once), once);
  assert.ok(same(layout(tree), tree));
  const all = paths(tree);
  for (const path of all.slice(0, 3)) {
    toElements(path);
    assert.ok(at(tree, path.slice(0, 2)) !== undefined);
  }
}

export const junos: Target = {
  name: 'junos',
  share: 5,
  make: (random) => several(random, 3, () => statement(random, 3)).join(''),
  tokens: [...words, ...marks],
  check: checkText,
  growing: [
    (size) => `${repeated('a ', size)};`,
    (size) => `${repeated('a', size)};`,
    (size) => `"${repeated('a', size)}";`,
    (size) => `a [ ${repeated('b ', size)}];`,
    (size) => `a [ ${Array.from({ length: Math.round(size / 6) }, (_, index) => index).join(' ')} ];`,
    (size) => repeated('a;\n', size),
    (size) => Array.from({ length: Math.round(size / 8) }, (_, index) => `a${index};`).join('\n'),
    (size) => repeated('a {', size),
    (size) => `${'a {'.repeat(60)}${repeated('b;', size)}${'}'.repeat(60)}`,
    (size) => repeated('<', size),
    (size) => `/*${repeated('\n', size)}`,
    (size) => repeated('/**/', size),
    (size) => `groups { ${repeated('groups { a ', 300)}${repeated('b;', size)}`,
  ],
};

export const set: Target = {
  name: 'set',
  share: 7,
  make: (random) =>
    several(random, 5, () => {
      const verb = random.pick(['set', 'set', 'delete', 'activate', 'deactivate', 'insert']);
      const path = Array.from({ length: random.whole(1, 6) }, () => random.pick(words)).join(' ');
      const tail = verb === 'insert' ? ` ${random.pick(['before', 'after'])} ${random.pick(words)}` : '';
      return `${verb} ${path}${tail}${random.chance(0.1) ? ' [ a b ]' : ''}\n`;
    }).join(''),
  tokens: [...words, ...marks, 'set ', 'delete ', 'insert ', ' before ', ' after ', 'activate '],
  check(input) {
    const commands = attempt([JunosSyntaxError], () => parseSet(input));
    if (commands === undefined) return;
    assertSame(parseSet(commands.map(printSet).join('\n')), commands);
  },
  growing: [
    (size) => `set ${repeated('a ', size)}`,
    (size) => `set ${repeated('a ', size / 2)} [ ${repeated('b ', size / 2)} ]`,
    (size) => repeated('set a b\n', size),
    (size) => `insert ${repeated('before ', size)}`,
  ],
};

export const diff: Target = {
  name: 'diff',
  share: 7,
  make: (random) =>
    several(random, 3, () => {
      const header = `[edit ${several(random, 4, () => random.pick(words)).join(' ')}]`;
      const lines = statement(random, 3)
        .trimEnd()
        .split('\n')
        .map((line) => `${random.pick(['+', '-', '!', ' '])}   ${line}`);
      return [header, ...lines, ''].join('\n');
    }).join(''),
  tokens: [
    ...words,
    ...marks,
    '[edit]\n',
    '[edit interfaces]\n',
    '+',
    '-',
    '!',
    '\n+  ',
    '\n-  ',
    '{ ... }\n',
  ],
  check(input) {
    const changes = attempt([DiffError], () => readDiff(input));
    if (changes === undefined) return;
    const lines = input.split('\n').length;
    for (const { path, line, sign } of changes) {
      assert.ok(line >= 1 && line <= lines && ['+', '-', '!'].includes(sign));
      assert.ok(path.length <= 512, `a path of ${path.length} words`);
    }
    assertSame(outside(changes, []), changes);
    assertSame(outside(changes, [[]]), []);
  },
  growing: [
    (size) => `[edit]\n+ ${repeated('a {', size)}`,
    (size) => `[edit ${repeated('a ', size / 2)}]\n${repeated('+ a;\n', size / 2)}`,
    (size) => repeated('[edit]\n', size),
    (size) => `[edit]\n${repeated('+ a [ b ];\n- a [ c ];\n', size)}`,
    (size) => `[edit]\n- a [ ${numbers('b', size / 2)} ];\n+ a [ ${numbers('c', size / 2)} ];`,
    (size) => `[edit]\n+ ${repeated('a;', size)}`,
    (size) => `[edit]\n${repeated('+ a { ... }\n', size)}`,
  ],
};

const numbers = (letter: string, size: number): string =>
  Array.from({ length: Math.round(size / 7) }, (_, index) => `${letter}${index}`).join(' ');
