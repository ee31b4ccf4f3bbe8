/** The check of network address translation: service sets, their rules, and the pools of these. Whether addresses make sense is not checked. */

import type { RpcError } from '../rpc-error.ts';
import { blocksOf, inside, valueOf, type Config } from './config.ts';

/** Makes the error for a statement of this path. */
export type Problem = (path: readonly string[], badElement: string, message: string) => RpcError;

/** `units`: the names of all logical interfaces. */
export function* serviceErrors(
  config: Config,
  units: ReadonlySet<string | undefined>,
  problem: Problem,
): Generator<RpcError> {
  const services = inside(config, 'services');
  const nat = inside(services, 'nat');
  const [rules, pools, sets] = (
    [
      [nat, 'rule'],
      [nat, 'pool'],
      [services, 'service-set'],
    ] as const
  ).map(([content, keyword]) => new Set(blocksOf(content, keyword).map(({ words }) => words[1]))) as [
    Set<string | undefined>,
    Set<string | undefined>,
    Set<string | undefined>,
  ];
  const missing = (what: string, name: string): string => `Referenced ${what} '${name}' is not defined`;

  for (const set of blocksOf(services, 'service-set')) {
    const path = ['services', ...set.words];
    for (const { words } of blocksOf(set.children ?? [], 'nat-rules')) {
      const name = words[1] ?? '';
      if (!rules.has(name)) yield problem(path, `nat-rules ${name}`, missing('nat rule', name));
    }
    const unit = valueOf(inside(set.children ?? [], 'interface-service'), 'service-interface');
    if (unit !== undefined && !units.has(unit))
      yield problem([...path, 'interface-service'], unit, `Service interface ${unit} is not configured`);
  }
  for (const rule of blocksOf(nat, 'rule'))
    for (const term of blocksOf(rule.children ?? [], 'term')) {
      const translated = inside(term.children ?? [], 'then', 'translated');
      for (const keyword of ['source-pool', 'destination-pool']) {
        const name = valueOf(translated, keyword);
        if (name === undefined || pools.has(name)) continue;
        const path = ['services', 'nat', ...rule.words, ...term.words, 'then', 'translated'];
        yield problem(path, `${keyword} ${name}`, missing('nat pool', name));
      }
    }
  for (const port of inside(config, 'interfaces'))
    for (const unit of blocksOf(port.children ?? [], 'unit'))
      for (const family of blocksOf(unit.children ?? [], 'family'))
        for (const direction of ['input', 'output'])
          for (const { words } of blocksOf(
            inside(family.children ?? [], 'service', direction),
            'service-set',
          )) {
            const name = words[1] ?? '';
            if (sets.has(name)) continue;
            const path = ['interfaces', ...port.words, ...unit.words, ...family.words, 'service', direction];
            yield problem(path, `service-set ${name}`, missing('service-set', name));
          }
}
