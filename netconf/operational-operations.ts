/** Junos's operational requests. They are described in Juniper's "Junos XML API Operational Developer Reference". */
import { assertNoErrors, unexpectedReply, type Operation, type Reply } from './operation.ts';
import { secondsOf } from './commit-information.ts';
import { child, descendants, firstOf, textAt, xml, type XmlElement } from './xml.ts';

/** A VRRP group on one interface. */
interface VrrpGroup {
  /** `ae0.1025`. */
  readonly interface: string;
  readonly interfaceState: string;
  readonly group: number;
  /** `master`, `backup`, `init`, `idle`, `bringup`, `transition`. */
  readonly state: string;
  /** `Active`, … */
  readonly mode?: string;
  readonly virtualAddresses: readonly string[];
}

/** `<get-vrrp-interface-information>`: the VRRP groups on an interface, `ae0.1025`; none if VRRP does not run there. */
export function vrrpInterface(interfaceName: string): Operation<readonly VrrpGroup[]> {
  return vrrp(xml('get-vrrp-interface-information', [xml('interface-name', interfaceName)]));
}

/** `<get-vrrp-information>`: all VRRP groups of the router. */
export function vrrpSummary(): Operation<readonly VrrpGroup[]> {
  return vrrp(xml('get-vrrp-information', [xml('summary')]));
}

function vrrp(request: XmlElement): Operation<readonly VrrpGroup[]> {
  const { name } = request;
  return {
    name,
    request,
    read(reply) {
      assertNoErrors(name, reply);
      // Where no group is configured, the reply is a warning alone: "vrrp subsystem not running - not needed by configuration".
      if (reply.warnings.length === 0 && firstOf(reply.body, 'vrrp-information') === undefined) {
        throw unexpectedReply(name, reply, '<vrrp-information>');
      }
      return descendants(reply.body, 'vrrp-interface').map(vrrpGroup);
    },
  };
}

function vrrpGroup(element: XmlElement): VrrpGroup {
  const mode = textAt(element, 'vrrp-mode');
  return {
    interface: textAt(element, 'interface') ?? '',
    interfaceState: textAt(element, 'interface-state') ?? '',
    group: Number(textAt(element, 'group')),
    state: (textAt(element, 'vrrp-state') ?? '').toLowerCase(),
    ...(mode === undefined ? {} : { mode }),
    virtualAddresses: descendants(element, 'virtual-ip-address').map(({ text }) => text),
  };
}

/** State of an interface. Each status is `up` or `down`. */
interface InterfaceState {
  readonly name: string;
  readonly adminStatus: string;
  readonly operStatus: string;
}

/** `<get-interface-information>`: state of an interface, or of a unit `ae0.1025`; `undefined` if there is none of that name. */
export function interfaceTerse(interfaceName: string): Operation<InterfaceState | undefined> {
  const name = 'get-interface-information';
  return {
    name,
    request: xml(name, [xml('terse'), xml('interface-name', interfaceName)]),
    read(reply) {
      if (isNotFound(reply)) return undefined;
      assertNoErrors(name, reply);
      const information = child(reply.body, 'interface-information');
      if (information === undefined) throw unexpectedReply(name, reply, '<interface-information>');
      const all = [
        ...descendants(information, 'physical-interface'),
        ...descendants(information, 'logical-interface'),
      ];
      const found = all.find((element) => textAt(element, 'name') === interfaceName);
      return found === undefined
        ? undefined
        : {
            name: interfaceName,
            adminStatus: textAt(found, 'admin-status') ?? '',
            operStatus: textAt(found, 'oper-status') ?? '',
          };
    },
  };
}

/** A counter of a firewall filter. Counts above 2^53 are rounded. */
interface FilterCounter {
  readonly name: string;
  readonly packets: number;
  readonly bytes: number;
}

/** `<get-firewall-filter-information>`: the counters of a firewall filter; `undefined` if no such filter is in use. */
export function filterCounters(filter: string): Operation<readonly FilterCounter[] | undefined> {
  const name = 'get-firewall-filter-information';
  return {
    name,
    request: xml(name, [xml('filtername', filter)]),
    read(reply) {
      if (isNotFound(reply)) return undefined;
      assertNoErrors(name, reply);
      const found = descendants(reply.body, 'filter-information').find(
        (element) => textAt(element, 'filter-name') === filter,
      );
      return found === undefined ? undefined : descendants(found, 'counter').map(filterCounter);
    },
  };
}

function filterCounter(element: XmlElement): FilterCounter {
  return {
    name: textAt(element, 'counter-name') ?? '',
    packets: Number(textAt(element, 'packet-count')),
    bytes: Number(textAt(element, 'byte-count')),
  };
}

/**
 * `<get-system-uptime-information>`: the time of the router's own clock, in ms since the epoch, to the second; `undefined` if the router
 * gives no number.
 */
export function systemTime(): Operation<number | undefined> {
  const name = 'get-system-uptime-information';
  return {
    name,
    request: xml(name),
    read(reply) {
      assertNoErrors(name, reply);
      const now = firstOf(reply.body, 'current-time');
      const date = now && firstOf(now, 'date-time');
      return date && secondsOf(date);
    },
  };
}

/**
 * Junos says `device ae9 not found`, `interface ae0.9 not found`. Its message for filters is not documented: we accept these words, and
 * `no such filter`.
 */
function isNotFound({ errors }: Reply): boolean {
  return (
    errors.length > 0 &&
    errors.every(({ message }) => /not found|no such|does not exist/i.test(message ?? ''))
  );
}
