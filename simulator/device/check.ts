/** The check before a commit: what refers to something has to find it. */

import { blocksOf, hasFlag, inside, listOf, valueOf, walk, type Config } from './config.ts';
import { effective } from './groups.ts';
import { editPath, operationFailed, type RpcError } from './rpc-error.ts';
import type { Rule } from './rule.ts';

type Path = readonly string[];

const problem = (daemon: string, path: Path, badElement: string, message: string): RpcError =>
  operationFailed(message, { path: editPath(path), badElement, sourceDaemon: daemon });

function* groupProblems(config: Config, rule: Rule): Generator<RpcError> {
  const defined = new Set(inside(config, 'groups').map((g) => g.words[0]));
  for (const { statement, path } of walk(config, rule)) {
    if (statement.words[0] !== 'apply-groups' || statement.tag === 'inactive') continue;
    for (const name of statement.list ?? []) {
      if (!defined.has(name)) {
        yield problem('mgd', path, `apply-groups ${name}`, `Group '${name}' is not defined`);
      }
    }
  }
}

/** The names of the firewall filters of a family. */
function filterNames(config: Config, family: string): ReadonlySet<string | undefined> {
  const firewall = inside(config, 'firewall');
  const own = blocksOf(inside(firewall, `family ${family}`), 'filter');
  const familyLess = family === 'inet' ? blocksOf(firewall, 'filter') : [];
  return new Set([...own, ...familyLess].map((f) => f.words[1]));
}

function* unitFilterProblems(config: Config, path: Path, family: Config, name: string): Generator<RpcError> {
  const filter = inside(family, 'filter');
  const used = [
    valueOf(filter, 'input'),
    valueOf(filter, 'output'),
    ...listOf(filter, 'input-list'),
    ...listOf(filter, 'output-list'),
  ];
  for (const filterName of used) {
    if (filterName !== undefined && !filterNames(config, name).has(filterName)) {
      yield problem('dfwd', path, 'filter', `Referenced filter '${filterName}' is not defined`);
    }
  }
}

const tagged = (physical: Config): boolean =>
  ['vlan-tagging', 'flexible-vlan-tagging', 'stacked-vlan-tagging'].some((flag) => hasFlag(physical, flag));

function* interfaceProblems(config: Config): Generator<RpcError> {
  for (const physical of inside(config, 'interfaces')) {
    const port = physical.children ?? [];
    const seen = new Map<string, string>();
    for (const unit of blocksOf(port, 'unit')) {
      const path = ['interfaces', ...physical.words, ...unit.words];
      const content = unit.children ?? [];
      const vlan = valueOf(content, 'vlan-id');
      if (vlan !== undefined) yield* vlanProblems(path, vlan, tagged(port), seen);
      for (const family of blocksOf(content, 'family')) {
        yield* unitFilterProblems(
          config,
          [...path, ...family.words],
          family.children ?? [],
          family.words[1] ?? '',
        );
      }
    }
  }
}

function* vlanProblems(
  path: Path,
  vlan: string,
  isTagged: boolean,
  seen: Map<string, string>,
): Generator<RpcError> {
  const unit = path.slice(-2).join(' ');
  const bad = `vlan-id ${vlan}`;
  const number = /^\d+$/.test(vlan) ? Number(vlan) : 0;
  if (number < 1 || number > 4094)
    yield problem('mgd', path, bad, `Value ${vlan} is not within range (1..4094)`);
  if (!isTagged)
    yield problem('dcd', path, bad, 'VLAN-ID can only be specified on tagged ethernet interfaces');
  if (seen.has(vlan))
    yield problem(
      'dcd',
      path,
      bad,
      `duplicate VLAN-ID on interface: used by ${seen.get(vlan) ?? ''} already`,
    );
  else seen.set(vlan, unit);
}

/** Whether a logical interface (`ae0.1025`) is configured. */
function hasUnit(config: Config, name: string): boolean {
  const [physical = '', unit = '0'] = name.split('.');
  return blocksOf(inside(config, 'interfaces', physical), 'unit').some((u) => u.words[1] === unit);
}

function* instanceProblems(config: Config): Generator<RpcError> {
  const owner = new Map<string, string>();
  const policies = new Set(
    blocksOf(inside(config, 'policy-options'), 'policy-statement').map((p) => p.words[1]),
  );
  for (const instance of inside(config, 'routing-instances')) {
    const path = ['routing-instances', ...instance.words];
    const content = instance.children ?? [];
    for (const { words } of blocksOf(content, 'interface')) {
      const name = words[1] ?? '';
      const other = owner.get(name);
      if (!hasUnit(config, name))
        yield problem('rpd', path, `interface ${name}`, `Interface ${name} is not configured`);
      if (other !== undefined) {
        yield problem(
          'rpd',
          path,
          `interface ${name}`,
          `Interface ${name} already configured under instance ${other}`,
        );
      }
      owner.set(name, instance.words[0] ?? '');
    }
    const options = inside(content, 'routing-options');
    const used = [
      ...['instance-import', 'instance-export'].map((k) => [...path, 'routing-options', k]),
      ...['vrf-import', 'vrf-export'].map((k) => [...path, k]),
    ];
    for (const place of used) {
      const keyword = place.at(-1) ?? '';
      const at = place.includes('routing-options') ? options : content;
      for (const name of listOf(at, keyword)) {
        if (!policies.has(name)) yield policyProblem(place.slice(0, -1), `${keyword} ${name}`, name);
      }
    }
  }
}

const policyProblem = (path: Path, bad: string, name: string): RpcError =>
  problem('rpd', path, bad, `Policy error: Policy ${name} referenced but not defined`);

function* termProblems(config: Config, rule: Rule): Generator<RpcError> {
  const options = inside(config, 'policy-options');
  const lists = new Set(blocksOf(options, 'prefix-list').map((p) => p.words[1]));
  const missing = (path: Path, name: string): RpcError =>
    problem('dfwd', path, `prefix-list ${name}`, `Referenced prefix-list '${name}' is not defined`);
  for (const { statement, path } of walk(config, rule)) {
    const [keyword = '', name = ''] = statement.words;
    if (path.at(-1) !== 'from' || !['firewall', 'policy-options'].includes(path[0] ?? '')) continue;
    if (path[0] === 'policy-options' && keyword === 'prefix-list' && !lists.has(name))
      yield missing(path, name);
    if (path[0] !== 'firewall' || !keyword.endsWith('prefix-list')) continue;
    for (const used of statement.children ?? []) {
      if (!lists.has(used.words[0])) yield missing([...path, keyword], used.words[0] ?? '');
    }
  }
}

function* policerProblems(config: Config, rule: Rule): Generator<RpcError> {
  const policers = new Set(blocksOf(inside(config, 'firewall'), 'policer').map((p) => p.words[1]));
  for (const { statement, path } of walk(inside(config, 'firewall'), rule)) {
    const [keyword, name = ''] = statement.words;
    if (keyword === 'policer' && path.at(-1) === 'then' && !policers.has(name)) {
      yield problem(
        'dfwd',
        ['firewall', ...path],
        `policer ${name}`,
        `Referenced policer '${name}' is not defined`,
      );
    }
  }
}

/** What keeps a configuration from being committed; empty when nothing does. */
export function check(config: Config, schema: Rule): readonly RpcError[] {
  const found = [...groupProblems(config, schema)];
  if (found.length > 0) return found;
  const counts = effective(config, schema);
  const firewall = schema.children['firewall'] ?? schema;
  return [
    ...interfaceProblems(counts),
    ...instanceProblems(counts),
    ...termProblems(counts, schema),
    ...policerProblems(counts, firewall),
  ];
}
