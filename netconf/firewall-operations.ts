/**
 * The counters of firewall filters. Described in Juniper's "Junos XML API Operational Developer Reference".
 *
 * A filter that is `interface-specific` has no counters of its own: each unit that it is applied to has an instance of it. The instance of
 * `F` on the way into `ae0.5` is `F-ae0.5-i`, and its counter `C` is `C-ae0.5-i`; outward both end in `-o`.
 */
import {
  assertNoErrors,
  isNotFound,
  saysNothingRuns,
  unexpectedReply,
  type Operation,
  type Reply,
} from './operation.ts';
import { descendants, textAt, xml, type XmlElement } from './xml.ts';

/** A counter of a firewall filter. Counts above 2^53 are rounded. */
export interface FilterCounter {
  /** Its name in the configuration. */
  readonly name: string;
  readonly packets: number;
  readonly bytes: number;
}

interface Instance {
  /** `ae0.1025`. */
  readonly unit: string;
  readonly direction: 'input' | 'output';
}

type Counters = Operation<readonly FilterCounter[] | undefined>;

/**
 * `<get-firewall-filter-information>`: the counters of a firewall filter, or of its instance on a unit; `undefined` if no such filter is in
 * use.
 */
export function filterCounters(filter: string, instance?: Instance): Counters {
  const ending = instance === undefined ? '' : endingOf(instance);
  return counters(
    xml('get-firewall-filter-information', [xml('filtername', `${filter}${ending}`)]),
    (name) => (name === `${filter}${ending}` ? ending : undefined),
  );
}

/** The counters of all filters and instances of a router, by their names there. */
type AllFilters = ReadonlyMap<string, readonly FilterCounter[]>;

/** `<get-firewall-information>`: the counters of all filters of the router. */
export function allFilters(): Operation<AllFilters> {
  const name = 'get-firewall-information';
  return {
    name,
    request: xml(name),
    read(reply) {
      if (isNotFound(reply, 'filter-information')) return new Map();
      assertNoErrors(name, reply, 'filter-information');
      const all = new Map<string, readonly FilterCounter[]>();
      // Several elements may have one name: of the filters of two families, or of each routing engine's answer.
      for (const element of filtersIn(name, reply)) {
        const filter = textAt(element, 'filter-name') ?? '';
        const counters = descendants(element, 'counter').map((one) => counterOf(one, ''));
        all.set(filter, [...(all.get(filter) ?? []), ...counters]);
      }
      return all;
    },
  };
}

/**
 * The counters of one filter, out of those of all filters: its own, and those of its instances on `unit`; without `unit`, those of all its instances.
 * `undefined` if the filter is not in use.
 */
export function countersIn(
  all: AllFilters,
  filter: string,
  unit?: string,
): readonly FilterCounter[] | undefined {
  const isEnding = (ending: string) =>
    ending === '' ||
    (unit === undefined
      ? instanceEnding.test(ending)
      : (['input', 'output'] as const).some((direction) => ending === endingOf({ unit, direction })));
  const found = [...all].flatMap(([name, counters]) => {
    const ending = name.startsWith(filter) ? name.slice(filter.length) : undefined;
    if (ending === undefined || !isEnding(ending)) return [];
    return [counters.map((one) => ({ ...one, name: withoutEnding(one.name, ending) }))];
  });
  return found.length === 0 ? undefined : found.flat();
}

/** `-ae0.5-i`, `-xe-1/2/0:3.7-o`. */
const instanceEnding = /^-[a-z]+[0-9]*(?:-[0-9]+\/[0-9]+\/[0-9]+(?::[0-9]+)*)?\.[0-9]+-[io]$/;

function endingOf({ unit, direction }: Instance): string {
  return `-${unit}-${direction === 'input' ? 'i' : 'o'}`;
}

/** `ending`: gives what is to be cut from the names of a filter's counters; `undefined` if the filter is not wanted. */
function counters(request: XmlElement, ending: (filterName: string) => string | undefined): Counters {
  const { name } = request;
  return {
    name,
    request,
    read(reply: Reply) {
      if (isNotFound(reply, 'filter-information')) return undefined;
      assertNoErrors(name, reply, 'filter-information');
      const found = filtersIn(name, reply).flatMap((element) => {
        const own = ending(textAt(element, 'filter-name') ?? '');
        return own === undefined ? [] : [descendants(element, 'counter').map((one) => counterOf(one, own))];
      });
      return found.length === 0 ? undefined : found.flat();
    },
  };
}

/** What a router without filters says is not documented. Words that don't say that there is none count as no answer. */
function filtersIn(name: string, reply: Reply): readonly XmlElement[] {
  const found = descendants(reply.body, 'filter-information');
  const isSilent = reply.warnings.length === 0 && descendants(reply.body, 'output').every(isBlank);
  if (found.length > 0 || isSilent || saysNothingRuns(reply)) return found;
  throw unexpectedReply(name, reply, '<filter-information>');
}

function isBlank({ text }: XmlElement): boolean {
  return text.trim() === '';
}

function counterOf(element: XmlElement, ending: string): FilterCounter {
  const name = textAt(element, 'counter-name') ?? '';
  return {
    name: withoutEnding(name, ending),
    packets: Number(textAt(element, 'packet-count')),
    bytes: Number(textAt(element, 'byte-count')),
  };
}

function withoutEnding(name: string, ending: string): string {
  return name.endsWith(ending) ? name.slice(0, name.length - ending.length) : name;
}
