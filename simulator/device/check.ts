/** The check before a commit: what refers to something has to find it. */

import { appliedGroups } from './applied.ts';
import { blocksOf, hasFlag, inside, listOf, valueOf, type Config } from './config.ts';
import { definedIn, type Defined } from './defined.ts';
import { effective } from './groups.ts';
import { editPath, operationFailed, type RpcError } from './rpc-error.ts';
import type { Rule } from './rule.ts';

type Path = readonly string[];

const problem = (daemon: string, path: Path, badElement: string, message: string): RpcError =>
  operationFailed(message, { path: editPath(path), badElement, sourceDaemon: daemon });

function groupProblems(config: Config, schema: Rule): readonly RpcError[] {
  const defined = new Set(inside(config, 'groups').map((g) => g.words[0]));
  return appliedGroups(config, schema)
    .filter(({ group }) => !defined.has(group))
    .map(({ group, path }) =>
      problem('mgd', path, `apply-groups ${group}`, `Group '${group}' is not defined`),
    );
}

function* unitFilterProblems(path: Path, family: Config, known: Defined): Generator<RpcError> {
  const filter = inside(family, 'filter');
  const used = [
    valueOf(filter, 'input'),
    valueOf(filter, 'output'),
    ...listOf(filter, 'input-list'),
    ...listOf(filter, 'output-list'),
  ];
  for (const name of used) {
    if (name !== undefined && !known.filters(path.at(-1) ?? '').has(name)) {
      yield problem('dfwd', path, 'filter', `Referenced filter '${name}' is not defined`);
    }
  }
}

const tagged = (physical: Config): boolean =>
  ['vlan-tagging', 'flexible-vlan-tagging', 'stacked-vlan-tagging'].some((flag) => hasFlag(physical, flag));

function* interfaceProblems(config: Config, known: Defined): Generator<RpcError> {
  for (const physical of inside(config, 'interfaces')) {
    const port = physical.children ?? [];
    const isTagged = tagged(port);
    const seen = new Map<string, string>();
    for (const unit of blocksOf(port, 'unit')) {
      const path = ['interfaces', ...physical.words, ...unit.words];
      const content = unit.children ?? [];
      const vlan = valueOf(content, 'vlan-id');
      if (vlan !== undefined) yield* vlanProblems(path, vlan, isTagged, seen);
      for (const family of blocksOf(content, 'family')) {
        yield* unitFilterProblems([...path, ...family.words], family.children ?? [], known);
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
  const bad = `vlan-id ${vlan}`;
  const number = /^\d+$/.test(vlan) ? Number(vlan) : 0;
  if (number < 1 || number > 4094)
    yield problem('mgd', path, bad, `Value ${vlan} is not within range (1..4094)`);
  if (!isTagged)
    yield problem('dcd', path, bad, 'VLAN-ID can only be specified on tagged ethernet interfaces');
  const user = seen.get(vlan);
  if (user !== undefined)
    yield problem('dcd', path, bad, `duplicate VLAN-ID on interface: used by ${user} already`);
  else seen.set(vlan, path.slice(-2).join(' '));
}

function* policyProblems(path: Path, content: Config, keywords: Path, known: Defined): Generator<RpcError> {
  for (const keyword of keywords) {
    for (const name of listOf(content, keyword)) {
      if (known.policies.has(name)) continue;
      yield problem(
        'rpd',
        path,
        `${keyword} ${name}`,
        `Policy error: Policy ${name} referenced but not defined`,
      );
    }
  }
}

function* instanceProblems(config: Config, known: Defined): Generator<RpcError> {
  const owner = new Map<string, string>();
  for (const instance of inside(config, 'routing-instances')) {
    const path = ['routing-instances', ...instance.words];
    const content = instance.children ?? [];
    for (const { words } of blocksOf(content, 'interface')) {
      const name = words[1] ?? '';
      const unit = name.includes('.') ? name : `${name}.0`;
      const other = owner.get(unit);
      if (!known.units.has(unit)) {
        yield problem('rpd', path, `interface ${name}`, `Interface ${name} is not configured`);
      }
      if (other !== undefined) {
        yield problem(
          'rpd',
          path,
          `interface ${name}`,
          `Interface ${name} already configured under instance ${other}`,
        );
      }
      owner.set(unit, instance.words[0] ?? '');
    }
    const options = inside(content, 'routing-options');
    yield* policyProblems(
      [...path, 'routing-options'],
      options,
      ['instance-import', 'instance-export'],
      known,
    );
    yield* policyProblems(path, content, ['vrf-import', 'vrf-export'], known);
  }
}

const noPrefixList = (path: Path, name: string): RpcError =>
  problem('dfwd', path, `prefix-list ${name}`, `Referenced prefix-list '${name}' is not defined`);

function* policyTermProblems(config: Config, known: Defined): Generator<RpcError> {
  for (const policy of blocksOf(inside(config, 'policy-options'), 'policy-statement')) {
    const content = policy.children ?? [];
    for (const term of [undefined, ...blocksOf(content, 'term')]) {
      const path = ['policy-options', ...policy.words, ...(term?.words ?? []), 'from'];
      for (const { words } of blocksOf(inside(term?.children ?? content, 'from'), 'prefix-list')) {
        if (!known.prefixLists.has(words[1])) yield noPrefixList(path, words[1] ?? '');
      }
    }
  }
}

const PREFIX_LISTS = ['destination-prefix-list', 'source-prefix-list', 'prefix-list'] as const;

function* filterProblems(path: Path, filter: Config, known: Defined): Generator<RpcError> {
  for (const term of blocksOf(filter, 'term')) {
    const content = term.children ?? [];
    const here = [...path, ...term.words];
    const from = inside(content, 'from');
    for (const keyword of PREFIX_LISTS) {
      for (const { words } of inside(from, keyword)) {
        if (!known.prefixLists.has(words[0])) yield noPrefixList([...here, 'from', keyword], words[0] ?? '');
      }
    }
    const policer = valueOf(inside(content, 'then'), 'policer');
    if (policer !== undefined && !known.policers.has(policer)) {
      const message = `Referenced policer '${policer}' is not defined`;
      yield problem('dfwd', [...here, 'then'], `policer ${policer}`, message);
    }
  }
}

function* firewallProblems(config: Config, known: Defined): Generator<RpcError> {
  const firewall = inside(config, 'firewall');
  for (const filter of blocksOf(firewall, 'filter')) {
    yield* filterProblems(['firewall', ...filter.words], filter.children ?? [], known);
  }
  for (const family of blocksOf(firewall, 'family')) {
    for (const filter of blocksOf(family.children ?? [], 'filter')) {
      yield* filterProblems(['firewall', ...family.words, ...filter.words], filter.children ?? [], known);
    }
  }
}

/** What keeps a configuration from being committed; empty when nothing does. */
export function check(config: Config, schema: Rule): readonly RpcError[] {
  const found = groupProblems(config, schema);
  if (found.length > 0) return found;
  const counts = effective(config, schema);
  const known = definedIn(counts);
  return [
    ...interfaceProblems(counts, known),
    ...instanceProblems(counts, known),
    ...policyTermProblems(counts, known),
    ...firewallProblems(counts, known),
  ];
}
