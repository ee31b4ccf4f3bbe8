/** Junos's operational requests. They are described in Juniper's "Junos XML API Operational Developer Reference". */
import { assertNoErrors, isNotFound, unexpectedReply, type Operation } from './operation.ts';
import { secondsOf } from './commit-information.ts';
import { descendants, firstOf, textAt, xml } from './xml.ts';

/** State of an interface. Each status is `up` or `down`. */
export interface InterfaceState {
  readonly name: string;
  readonly adminStatus: string;
  readonly operStatus: string;
}

/** `<get-interface-information>`: state of an interface, or of a unit `ae0.1025`; `undefined` if there is none of that name. */
export function interfaceTerse(interfaceName: string): Operation<InterfaceState | undefined> {
  const { name, read } = allInterfaces();
  return {
    name,
    request: xml(name, [xml('terse'), xml('interface-name', interfaceName)]),
    read: (reply) =>
      isNotFound(reply, 'interface-information')
        ? undefined
        : read(reply).find((state) => state.name === interfaceName),
  };
}

/** `<get-interface-information>`: the states of all interfaces of the router, physical and logical. */
export function allInterfaces(): Operation<readonly InterfaceState[]> {
  const name = 'get-interface-information';
  return {
    name,
    request: xml(name, [xml('terse')]),
    read(reply) {
      assertNoErrors(name, reply, 'interface-information');
      const information = firstOf(reply.body, 'interface-information');
      if (information === undefined) throw unexpectedReply(name, reply, '<interface-information>');
      const all = [
        ...descendants(information, 'physical-interface'),
        ...descendants(information, 'logical-interface'),
      ];
      return all.map((element) => ({
        name: textAt(element, 'name') ?? '',
        adminStatus: textAt(element, 'admin-status') ?? '',
        operStatus: textAt(element, 'oper-status') ?? '',
      }));
    },
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
