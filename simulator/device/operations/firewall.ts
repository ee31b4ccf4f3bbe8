/** `<get-firewall-filter-information>` and `<get-firewall-counter-information>`: the counters of the running filters. */

import { blocksOf, inside, valueOf, type Config } from '../config/config.ts';
import type { Call, Operation } from '../model.ts';
import { operationFailed, RefusedError, syntaxError } from '../rpc-error.ts';
import { childText, leaf, paddedLeaf, wrap } from '../xml.ts';

export const getFirewallFilterInformation: Operation = (call) => {
  const { router, operation } = call;
  const name = childText(operation, 'filtername');
  const filters = filtersOf(router.effective());
  return information(call, name === undefined ? filters : [filterNamed(filters, name)]);
};

export const getFirewallCounterInformation: Operation = (call) => {
  const { router, operation } = call;
  const counter = childText(operation, 'countername');
  const name = childText(operation, 'filter');
  if (counter === undefined) throw new RefusedError(syntaxError('countername'));
  if (name === undefined) throw new RefusedError(syntaxError('filter'));
  const filter = filterNamed(filtersOf(router.effective()), name);
  if (!filter.counters.includes(counter))
    throw new RefusedError(operationFailed(`counter ${counter} not found`, { badElement: counter }));
  return information(call, [{ name, counters: [counter] }]);
};

interface Filter {
  readonly name: string;
  readonly counters: readonly string[];
}

function filtersOf(config: Config): readonly Filter[] {
  const firewall = inside(config, 'firewall');
  const families = blocksOf(firewall, 'family').map((family) => family.children ?? []);
  const filters = [firewall, ...families].flatMap((content) => blocksOf(content, 'filter'));
  return filters.map((filter) => {
    const terms = blocksOf(filter.children ?? [], 'term');
    const counters = terms.flatMap((t) => valueOf(inside(t.children ?? [], 'then'), 'count') ?? []);
    return { name: filter.words[1] ?? '', counters: [...new Set(counters)] };
  });
}

function filterNamed(filters: readonly Filter[], name: string): Filter {
  const filter = filters.find((f) => f.name === name);
  if (!filter) throw new RefusedError(operationFailed(`filter ${name} not found`, { badElement: name }));
  return filter;
}

function information({ router, session }: Call, filters: readonly Filter[]): string {
  for (const { name, counters } of filters)
    for (const counter of counters)
      router.emit(() => ({
        kind: 'showed',
        user: session.user,
        what: 'counter',
        name: `${name} ${counter}`,
        state: 'present',
      }));
  return wrap(
    'firewall-information',
    filters.map(filterXml).join('\n'),
    'xmlns="http://xml.juniper.net/junos/22.2R0/junos-filter"',
  );
}

function filterXml({ name, counters }: Filter): string {
  return wrap(
    'filter-information',
    [paddedLeaf('filter-name', name), ...counters.map(counterXml)].join('\n'),
  );
}

/** No packet ever passes a simulated router, so every counter is 0. */
function counterXml(name: string): string {
  return wrap(
    'counter',
    [paddedLeaf('counter-name', name), leaf('packet-count', 0), leaf('byte-count', 0)].join('\n'),
  );
}
