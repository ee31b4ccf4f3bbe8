/** `<get-firewall-filter-information>` and `<get-firewall-counter-information>`: the counters that running filters have. */

import type { Call, Operation } from '../call.ts';
import { blocksOf, inside, valueOf, type Config } from '../config.ts';
import { Refused } from '../failure.ts';
import { operationFailed } from '../rpc-error.ts';
import { childText, leaf, paddedLeaf, wrap } from '../xml.ts';

interface Filter {
  readonly name: string;
  readonly counters: readonly string[];
}

function filtersOf(config: Config): readonly Filter[] {
  const firewall = inside(config, 'firewall');
  const all = [firewall, ...blocksOf(firewall, 'family').map((f) => f.children ?? [])].flatMap((c) =>
    blocksOf(c, 'filter'),
  );
  return all.map((filter) => {
    const terms = blocksOf(filter.children ?? [], 'term');
    const counters = terms.flatMap((t) => valueOf(inside(t.children ?? [], 'then'), 'count') ?? []);
    return { name: filter.words[1] ?? '', counters: [...new Set(counters)] };
  });
}

// Nothing flows through a simulated router.
const counterXml = (name: string): string =>
  wrap(
    'counter',
    [paddedLeaf('counter-name', name), leaf('packet-count', 0), leaf('byte-count', 0)].join('\n'),
  );

const filterXml = ({ name, counters }: Filter): string =>
  wrap('filter-information', [paddedLeaf('filter-name', name), ...counters.map(counterXml)].join('\n'));

function information({ router, session }: Call, filters: readonly Filter[]): string {
  for (const { name, counters } of filters)
    for (const counter of counters)
      router.note(() => ({
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

function wanted(filters: readonly Filter[], name: string): Filter {
  const filter = filters.find((f) => f.name === name);
  if (!filter) throw new Refused(operationFailed(`filter ${name} not found`, { badElement: name }));
  return filter;
}

export const getFirewallFilterInformation: Operation = (call) => {
  const { router, operation } = call;
  const name = childText(operation, 'filtername');
  const filters = filtersOf(router.effective());
  return information(call, name === undefined ? filters : [wanted(filters, name)]);
};

export const getFirewallCounterInformation: Operation = (call) => {
  const { router, operation } = call;
  const [counter, name] = [childText(operation, 'countername'), childText(operation, 'filter')];
  if (counter === undefined || name === undefined) {
    throw new Refused(
      operationFailed('syntax error', { badElement: counter === undefined ? 'countername' : 'filter' }),
    );
  }
  const filter = wanted(filtersOf(router.effective()), name);
  if (!filter.counters.includes(counter)) {
    throw new Refused(operationFailed(`counter ${counter} not found`, { badElement: counter }));
  }
  return information(call, [{ name, counters: [counter] }]);
};
