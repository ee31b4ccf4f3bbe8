/**
 * The check before a commit: VLANs must be free and in range, and the references that gateways use must have their targets: groups, interfaces,
 * filters, policers, policies, prefix-lists, and the parts of address translation. Other references are not checked.
 */

import { editPath, operationFailed, type RpcError } from '../rpc-error.ts';
import { blocksOf, hasFlag, inside, listOf, valueOf, type Config } from './config.ts';
import { serviceErrors } from './check-services.ts';
import { effective, groupApplications } from './groups.ts';
import type { Rule } from './rule.ts';

/** The errors that keep a configuration from being committed; empty when there is none. */
export function check(config: Config, schema: Rule): readonly RpcError[] {
  const found = groupErrors(config, schema);
  if (found.length > 0) return found;
  const inEffect = effective(config, schema);
  const defined = definedIn(inEffect);
  return [
    ...interfaceErrors(inEffect, defined),
    ...instanceErrors(inEffect, defined),
    ...policyTermErrors(inEffect, defined),
    ...firewallErrors(inEffect, defined),
    ...serviceErrors(inEffect, defined.units, (path, bad, message) => problem('spd', path, bad, message)),
  ];
}

type Names = ReadonlySet<string | undefined>;

/** The names in a configuration that can be referred to. */
interface Defined {
  /** Firewall filters of a family. */
  filters(family: string): Names;
  readonly policers: Names;
  readonly threeColorPolicers: Names;
  readonly policies: Names;
  readonly prefixLists: Names;
  /** Logical interfaces: `ae0.1025`. */
  readonly units: Names;
}

function definedIn(config: Config): Defined {
  const firewall = inside(config, 'firewall');
  const options = inside(config, 'policy-options');
  const withoutFamily = namesOf(firewall, 'filter');
  const filters = new Map<string, Names>();
  return {
    filters(family) {
      const own = filters.get(family) ?? namesOf(inside(firewall, `family ${family}`), 'filter');
      filters.set(family, own);
      return family === 'inet' && withoutFamily.size > 0 ? new Set([...own, ...withoutFamily]) : own;
    },
    policers: namesOf(firewall, 'policer'),
    threeColorPolicers: namesOf(firewall, 'three-color-policer'),
    policies: namesOf(options, 'policy-statement'),
    prefixLists: namesOf(options, 'prefix-list'),
    units: new Set(
      inside(config, 'interfaces').flatMap((port) =>
        blocksOf(port.children ?? [], 'unit').map((unit) => `${port.words[0] ?? ''}.${unit.words[1] ?? ''}`),
      ),
    ),
  };
}

function namesOf(config: Config, keyword: string): Names {
  return new Set(blocksOf(config, keyword).map((b) => b.words[1]));
}

type Path = readonly string[];

function problem(daemon: string, path: Path, badElement: string, message: string): RpcError {
  return operationFailed(message, { path: editPath(path), badElement, sourceDaemon: daemon });
}

function groupErrors(config: Config, schema: Rule): readonly RpcError[] {
  const groups = new Set(inside(config, 'groups').map((g) => g.words[0]));
  return groupApplications(config, schema)
    .filter(({ group }) => !groups.has(group))
    .map(({ group, path }) =>
      problem('mgd', path, `apply-groups ${group}`, `Group '${group}' is not defined`),
    );
}

const TAGGING = ['vlan-tagging', 'flexible-vlan-tagging', 'stacked-vlan-tagging'] as const;

function* interfaceErrors(config: Config, defined: Defined): Generator<RpcError> {
  for (const physical of inside(config, 'interfaces')) {
    const port = physical.children ?? [];
    const isTagged = TAGGING.some((flag) => hasFlag(port, flag));
    const unitOfVlan = new Map<string, string>();
    for (const unit of blocksOf(port, 'unit')) {
      const path = ['interfaces', ...physical.words, ...unit.words];
      const content = unit.children ?? [];
      const vlan = valueOf(content, 'vlan-id');
      if (vlan !== undefined) yield* vlanErrors(path, vlan, isTagged, unitOfVlan);
      for (const family of blocksOf(content, 'family')) {
        yield* unitFilterErrors([...path, ...family.words], family.children ?? [], defined);
      }
    }
  }
}

/** `unitOfVlan` collects the VLANs of one port. */
function* vlanErrors(
  path: Path,
  vlan: string,
  isTagged: boolean,
  unitOfVlan: Map<string, string>,
): Generator<RpcError> {
  const bad = `vlan-id ${vlan}`;
  const number = /^\d+$/.test(vlan) ? Number(vlan) : 0;
  if (number < 1 || number > 4094)
    yield problem('mgd', path, bad, `Value ${vlan} is not within range (1..4094)`);
  if (!isTagged)
    yield problem('dcd', path, bad, 'VLAN-ID can only be specified on tagged ethernet interfaces');
  const other = unitOfVlan.get(vlan);
  if (other !== undefined)
    yield problem('dcd', path, bad, `duplicate VLAN-ID on interface: used by ${other} already`);
  else unitOfVlan.set(vlan, path.slice(-2).join(' '));
}

function* unitFilterErrors(path: Path, family: Config, defined: Defined): Generator<RpcError> {
  const filter = inside(family, 'filter');
  const used = [
    valueOf(filter, 'input'),
    valueOf(filter, 'output'),
    ...listOf(filter, 'input-list'),
    ...listOf(filter, 'output-list'),
  ];
  for (const name of used) {
    if (name !== undefined && !defined.filters(path.at(-1) ?? '').has(name)) {
      yield problem('dfwd', path, 'filter', `Referenced filter '${name}' is not defined`);
    }
  }
}

function* instanceErrors(config: Config, defined: Defined): Generator<RpcError> {
  const instanceOfUnit = new Map<string, string>();
  for (const instance of inside(config, 'routing-instances')) {
    const path = ['routing-instances', ...instance.words];
    const content = instance.children ?? [];
    for (const { words } of blocksOf(content, 'interface')) {
      const name = words[1] ?? '';
      const unit = name.includes('.') ? name : `${name}.0`;
      const bad = `interface ${name}`;
      const other = instanceOfUnit.get(unit);
      if (!defined.units.has(unit)) yield problem('rpd', path, bad, `Interface ${name} is not configured`);
      if (other !== undefined)
        yield problem('rpd', path, bad, `Interface ${name} already configured under instance ${other}`);
      instanceOfUnit.set(unit, instance.words[0] ?? '');
    }
    const options = inside(content, 'routing-options');
    const optionsPath = [...path, 'routing-options'];
    yield* policyErrors(optionsPath, options, ['instance-import', 'instance-export'], defined);
    yield* policyErrors(path, content, ['vrf-import', 'vrf-export'], defined);
    yield* bgpErrors([...path, 'protocols', 'bgp'], inside(content, 'protocols', 'bgp'), defined);
  }
}

function* bgpErrors(path: Path, bgp: Config, defined: Defined): Generator<RpcError> {
  for (const group of blocksOf(bgp, 'group')) {
    const content = group.children ?? [];
    const groupPath = [...path, ...group.words];
    yield* policyErrors(groupPath, content, ['import', 'export'], defined);
    for (const neighbor of blocksOf(content, 'neighbor'))
      yield* policyErrors(
        [...groupPath, ...neighbor.words],
        neighbor.children ?? [],
        ['import', 'export'],
        defined,
      );
  }
}

function* policyErrors(
  path: Path,
  content: Config,
  keywords: readonly string[],
  defined: Defined,
): Generator<RpcError> {
  for (const keyword of keywords) {
    for (const name of listOf(content, keyword)) {
      if (defined.policies.has(name)) continue;
      const message = `Policy error: Policy ${name} referenced but not defined`;
      yield problem('rpd', path, `${keyword} ${name}`, message);
    }
  }
}

function* policyTermErrors(config: Config, defined: Defined): Generator<RpcError> {
  for (const policy of blocksOf(inside(config, 'policy-options'), 'policy-statement')) {
    const content = policy.children ?? [];
    for (const term of [undefined, ...blocksOf(content, 'term')]) {
      const path = ['policy-options', ...policy.words, ...(term?.words ?? []), 'from'];
      for (const { words } of blocksOf(inside(term?.children ?? content, 'from'), 'prefix-list')) {
        if (!defined.prefixLists.has(words[1])) yield noPrefixList(path, words[1] ?? '');
      }
    }
  }
}

function noPrefixList(path: Path, name: string): RpcError {
  return problem('dfwd', path, `prefix-list ${name}`, `Referenced prefix-list '${name}' is not defined`);
}

function* firewallErrors(config: Config, defined: Defined): Generator<RpcError> {
  const firewall = inside(config, 'firewall');
  for (const filter of blocksOf(firewall, 'filter')) {
    yield* filterErrors(['firewall', ...filter.words], filter.children ?? [], defined);
  }
  for (const family of blocksOf(firewall, 'family')) {
    for (const filter of blocksOf(family.children ?? [], 'filter')) {
      yield* filterErrors(['firewall', ...family.words, ...filter.words], filter.children ?? [], defined);
    }
  }
}

const PREFIX_LISTS = ['destination-prefix-list', 'source-prefix-list', 'prefix-list'] as const;

function* filterErrors(path: Path, filter: Config, defined: Defined): Generator<RpcError> {
  for (const term of blocksOf(filter, 'term')) {
    const content = term.children ?? [];
    const termPath = [...path, ...term.words];
    const from = inside(content, 'from');
    for (const keyword of PREFIX_LISTS) {
      for (const { words } of inside(from, keyword)) {
        if (!defined.prefixLists.has(words[0]))
          yield noPrefixList([...termPath, 'from', keyword], words[0] ?? '');
      }
    }
    const then = inside(content, 'then');
    const policer = valueOf(then, 'policer');
    if (policer !== undefined && !defined.policers.has(policer))
      yield noPolicer([...termPath, 'then'], 'policer', policer);
    for (const rate of ['single-rate', 'two-rate']) {
      const name = valueOf(inside(then, 'three-color-policer'), rate);
      if (name !== undefined && !defined.threeColorPolicers.has(name))
        yield noPolicer([...termPath, 'then', 'three-color-policer'], rate, name);
    }
  }
}

function noPolicer(path: Path, keyword: string, name: string): RpcError {
  return problem('dfwd', path, `${keyword} ${name}`, `Referenced policer '${name}' is not defined`);
}
