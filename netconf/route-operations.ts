/** Active routes. Described in Juniper's "Junos XML API Operational Developer Reference". */
import { isPlainIpv6, shownAddress } from './ipv6.ts';
import { assertNoErrors, isNotFound, saysNothingRuns, unexpectedReply, type Operation } from './operation.ts';
import { descendants, firstOf, textAt, xml, type XmlElement } from './xml.ts';

/** The destinations of active routes, `198.51.100.0/24`, by the name of their table, `blue.inet.0`. */
export type RouteTables = ReadonlyMap<string, ReadonlySet<string>>;

/** Where a router shows a route, and as what. */
export interface ShownRoute {
  readonly table: string;
  readonly destination: string;
}

/** How a router shows a route of a routing instance, whatever its configuration writes: `198.51.100.7/24` is in the network `198.51.100.0/24`. */
export function shownRoute(instance: string, written: string): ShownRoute {
  const family = written.includes(':') ? 'inet6' : 'inet';
  const table = instance === 'master' ? `${family}.0` : `${instance}.${family}.0`;
  return { table, destination: family === 'inet' ? networkOf(written) : ipv6NetworkOf(written) };
}

function networkOf(written: string): string {
  const [host = '', digits = '32'] = written.split('/');
  const size = 2 ** (32 - Number(digits));
  const address = host.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(address)) return written;
  const network = address - (address % size);
  const octets = [24, 16, 8, 0].map((bits) => Math.floor(network / 2 ** bits) % 256);
  return `${octets.join('.')}/${digits}`;
}

/** A text that is no prefix of a plain IPv6 address stays, in small letters. */
function ipv6NetworkOf(written: string): string {
  const [host = '', digits = '128', ...more] = written.toLowerCase().split('/');
  const length = /^\d{1,3}$/.test(digits) ? Number(digits) : 129;
  if (!isPlainIpv6(host) || length > 128 || more.length > 0) return written.toLowerCase();
  const [head = [], tail = []] = shownAddress(host)
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':')));
  const lacking = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...lacking, ...tail].map((group, index) => {
    const rest = 2 ** Math.min(Math.max(16 * (index + 1) - length, 0), 16);
    const value = Number.parseInt(group, 16);
    return (value - (value % rest)).toString(16);
  });
  return `${shownAddress(groups.join(':'))}/${length}`;
}

/** `<get-route-information>`: the active route to exactly this destination in one table, if there is one. */
export function activeRoute({ table, destination }: ShownRoute): Operation<RouteTables> {
  return routes([xml('destination', destination), xml('exact'), xml('table', table)]);
}

/** `<get-route-information>`: the static routes of all tables that are active. */
export function staticRoutes(): Operation<RouteTables> {
  return routes([xml('protocol', 'static')]);
}

export function hasRoute(tables: RouteTables, { table, destination }: ShownRoute): boolean {
  return tables.get(table)?.has(destination) === true;
}

function routes(content: readonly XmlElement[]): Operation<RouteTables> {
  const name = 'get-route-information';
  return {
    name,
    request: xml(name, content),
    read(reply) {
      if (isNotFound(reply, 'route-information')) return new Map();
      assertNoErrors(name, reply, 'route-information');
      // A router with several routing engines may answer for each of them: the first one counts.
      const information = firstOf(reply.body, 'route-information');
      if (information !== undefined)
        return new Map(
          descendants(information, 'route-table').map((table) => [
            textAt(table, 'table-name') ?? '',
            new Set(descendants(table, 'rt').flatMap(activeIn)),
          ]),
        );
      // Where there is no such route, some routers leave the element out.
      const isEmpty = reply.body.children.every(
        ({ name: inside, text }) => inside === 'ok' || (inside === 'output' && text.trim() === ''),
      );
      if (isEmpty || saysNothingRuns(reply)) return new Map();
      throw unexpectedReply(name, reply, '<route-information>');
    },
  };
}

/** A destination may have several routes, of which one is active. Its prefix length may stand in an element of its own. */
function activeIn(element: XmlElement): readonly string[] {
  const isActive = descendants(element, 'rt-entry').some((entry) => textAt(entry, 'active-tag') === '*');
  const destination = textAt(element, 'rt-destination') ?? '';
  const length = textAt(element, 'rt-prefix-length');
  if (!isActive) return [];
  return [length === undefined || destination.includes('/') ? destination : `${destination}/${length}`];
}
