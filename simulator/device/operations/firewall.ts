/**
 * `<get-firewall-information>`, `<get-firewall-filter-information>` and `<get-firewall-counter-information>`: the counters of the filters in the
 * running configuration. An interface-specific filter has counters for each of its instances.
 */

import { dialectOf } from '../call.ts';
import { blocksOf, hasFlag, inside, listOf, valueOf } from '../config/config.ts';
import { portsOf, type Unit } from '../interfaces.ts';
import type { Call, Operation } from '../model.ts';
import { operationFailed, RefusedError, syntaxError } from '../rpc-error.ts';
import { childText, leaf, paddedLeaf, wrap } from '../xml.ts';

export const getFirewallInformation: Operation = (call) => information(call, filtersOf(call));

export const getFirewallFilterInformation: Operation = (call) => {
  const name = childText(call.operation, 'filtername');
  const filters = filtersOf(call);
  return information(call, name === undefined ? filters : [filterNamed(filters, name)]);
};

export const getFirewallCounterInformation: Operation = (call) => {
  const { operation } = call;
  const counter = childText(operation, 'countername');
  const name = childText(operation, 'filter');
  if (counter === undefined) throw new RefusedError(syntaxError('countername'));
  if (name === undefined) throw new RefusedError(syntaxError('filter'));
  const filter = filterNamed(filtersOf(call), name);
  const own = counter.endsWith(filter.ending) ? counter.slice(0, counter.length - filter.ending.length) : '';
  if (!filter.counters.includes(own))
    throw new RefusedError(operationFailed(`counter ${counter} not found`, { badElement: counter }));
  return information(call, [{ ...filter, counters: [own] }]);
};

interface Filter {
  /** As in the configuration. */
  readonly configured: string;
  readonly counters: readonly string[];
  /** What the names of this instance and of its counters end with; empty for a filter that has counters of its own. */
  readonly ending: string;
}

/** The name that the router shows. */
const nameOf = ({ configured, ending }: Filter): string => `${configured}${ending}`;

function filtersOf({ router, session }: Call): readonly Filter[] {
  const config = router.effective();
  const { interfaceSpecific } = dialectOf({ router, session });
  const units = portsOf(config, router.linksDown).flatMap((port) => port.units);
  const firewall = inside(config, 'firewall');
  const families = blocksOf(firewall, 'family').map((family) => family.children ?? []);
  const filters = [firewall, ...families].flatMap((content) => blocksOf(content, 'filter'));
  return filters.flatMap((filter) => {
    const content = filter.children ?? [];
    const counts = blocksOf(content, 'term').flatMap(
      (t) => valueOf(inside(t.children ?? [], 'then'), 'count') ?? [],
    );
    const own = { configured: filter.words[1] ?? '', counters: [...new Set(counts)] };
    if (interfaceSpecific === 'configured' && !hasFlag(content, 'interface-specific'))
      return [{ ...own, ending: '' }];
    const endings = units.flatMap((unit) => endingsOn(unit, own.configured));
    const somewhere = interfaceSpecific === 'all' && endings.length === 0 ? units.slice(0, 1) : [];
    return [...endings, ...somewhere.map(({ name }) => `-${name}-i`)].map((ending) => ({ ...own, ending }));
  });
}

/** `-ae0.5-i` where the unit has the filter for its input, `-ae0.5-o` for its output. */
function endingsOn({ name, content }: Unit, filter: string): readonly string[] {
  const applied = blocksOf(content, 'family').flatMap((family) => inside(family.children ?? [], 'filter'));
  const has = (direction: string) =>
    [valueOf(applied, direction), ...listOf(applied, `${direction}-list`)].includes(filter);
  return [...(has('input') ? [`-${name}-i`] : []), ...(has('output') ? [`-${name}-o`] : [])];
}

function filterNamed(filters: readonly Filter[], name: string): Filter {
  const filter = filters.find((f) => nameOf(f) === name);
  if (!filter) throw new RefusedError(operationFailed(`filter ${name} not found`, { badElement: name }));
  return filter;
}

function information({ router, session }: Call, filters: readonly Filter[]): string {
  for (const { configured, counters } of filters)
    for (const counter of counters)
      router.emit(() => ({
        kind: 'showed',
        user: session.user,
        what: 'counter',
        name: `${configured} ${counter}`,
        state: 'present',
      }));
  return wrap(
    'firewall-information',
    filters.map(filterXml).join('\n'),
    'xmlns="http://xml.juniper.net/junos/22.2R0/junos-filter"',
  );
}

function filterXml(filter: Filter): string {
  const counters = filter.counters.map((name) => counterXml(`${name}${filter.ending}`));
  return wrap('filter-information', [paddedLeaf('filter-name', nameOf(filter)), ...counters].join('\n'));
}

/** No packet ever passes a simulated router, so every counter is 0. */
function counterXml(name: string): string {
  return wrap(
    'counter',
    [paddedLeaf('counter-name', name), leaf('packet-count', 0), leaf('byte-count', 0)].join('\n'),
  );
}
