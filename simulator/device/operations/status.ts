/**
 * Operational state: `<get-system-information>`, `<get-software-information>`, `<get-system-uptime-information>`, `<get-route-engine-information>`
 * and `<get-interface-information>`.
 */

import { dateText } from '../clock.ts';
import { inside, valueOf } from '../config/config.ts';
import { addressesOf, portsOf, type Port, type Unit } from '../interfaces.ts';
import type { Operation, RouterModel } from '../model.ts';
import { operationFailed, RefusedError } from '../rpc-error.ts';
import { child, childText, leaf, paddedLeaf, wrap } from '../xml.ts';

const MODEL = 'vmx';
const VERSION = '22.2R1.9';
export const XMLNS_JUNOS = 'xmlns:junos="http://xml.juniper.net/junos/22.2R0/junos"';

export const getSystemInformation: Operation = ({ router }) =>
  wrap(
    'system-information',
    [
      leaf('hardware-model', MODEL),
      leaf('os-name', 'junos'),
      leaf('os-version', VERSION),
      leaf('host-name', hostName(router)),
    ].join('\n'),
  );

export const getSoftwareInformation: Operation = ({ router }) =>
  wrap(
    'software-information',
    [
      leaf('host-name', hostName(router)),
      leaf('product-model', MODEL),
      leaf('product-name', MODEL),
      leaf('junos-version', VERSION),
    ].join('\n'),
  );

function hostName(router: RouterModel): string {
  return valueOf(inside(router.effective(), 'system'), 'host-name') ?? router.name;
}

export const getSystemUptimeInformation: Operation = ({ router }) =>
  wrap('system-uptime-information', wrap('current-time', dateXml(router, router.clock.now())));

/** The routing engines. One that is away is `Present`: neither master nor backup. */
export const getRouteEngineInformation: Operation = ({ router: { engines, options } }) => {
  const slots = options.routingEngines === 2 ? [0, 1] : [0];
  const stateOf = (slot: number): string => {
    if (slot === engines.master) return 'master';
    return engines.isBackupAway ? 'Present' : 'backup';
  };
  return wrap(
    'route-engine-information',
    slots
      .map((slot) =>
        wrap(
          'route-engine',
          [leaf('slot', slot), leaf('mastership-state', stateOf(slot)), leaf('status', 'OK')].join('\n'),
        ),
      )
      .join('\n'),
    `xmlns="http://xml.juniper.net/junos/22.2R0/junos-chassis" ${XMLNS_JUNOS}`,
  );
};

/** A time in ms since the epoch, as the router's own clock shows it. */
export function dateXml({ options }: RouterModel, ms: number): string {
  const shown = ms + options.clockAhead;
  return `<date-time seconds="${Math.floor(shown / 1000)}">${dateText(shown)}</date-time>`;
}

/** All ports, or the one port or unit that the request names. */
export const getInterfaceInformation: Operation = ({ router, session, operation }) => {
  const isTerse = child(operation, 'terse') !== undefined;
  const ports = portsOf(router.effective(), router.linksDown);
  const name = childText(operation, 'interface-name');
  const information = (units: readonly Unit[], inner: string): string => {
    for (const unit of units)
      router.emit(() => ({
        kind: 'showed',
        user: session.user,
        what: 'interface',
        name: unit.name,
        state: upOrDown(unit.operUp),
      }));
    return wrap(
      'interface-information',
      inner,
      `xmlns="http://xml.juniper.net/junos/22.2R0/junos-interface" ${XMLNS_JUNOS} junos:style="${isTerse ? 'terse' : 'normal'}"`,
    );
  };
  const allOf = (some: readonly Port[]): string =>
    information(
      some.flatMap(({ units }) => units),
      some.map((port) => portXml(port, isTerse)).join('\n'),
    );
  if (name === undefined) return allOf(ports);
  const [portName = ''] = name.split('.');
  const port = ports.find((p) => p.name === portName);
  if (!port) throw new RefusedError(operationFailed(`device ${portName} not found`));
  if (port.name === name) return allOf([port]);
  const unit = port.units.find((u) => u.name === name);
  if (!unit) throw new RefusedError(operationFailed(`interface ${name} not found`));
  return information([unit], unitXml(unit, isTerse));
};

function portXml(port: Port, isTerse: boolean): string {
  const units = port.units.map((unit) => unitXml(unit, isTerse));
  return wrap('physical-interface', [statusXml(port, !isTerse), ...units].join('\n'));
}

function unitXml(unit: Unit, isTerse: boolean): string {
  const addresses = addressesOf(unit);
  const families = [...new Set(addresses.map((a) => a.family))].map((family) =>
    wrap(
      'address-family',
      [
        paddedLeaf('address-family-name', family),
        ...addresses
          .filter((a) => a.family === family)
          .map(({ address }) => wrap('interface-address', paddedLeaf('ifa-local', address))),
      ].join('\n'),
    ),
  );
  return wrap('logical-interface', [statusXml(unit, !isTerse), ...families].join('\n'));
}

function statusXml({ name, adminUp, operUp, content }: Unit | Port, withDescription: boolean): string {
  const description = valueOf(content, 'description');
  return [
    paddedLeaf('name', name),
    paddedLeaf('admin-status', upOrDown(adminUp)),
    paddedLeaf('oper-status', upOrDown(operUp)),
    ...(withDescription && description !== undefined ? [paddedLeaf('description', description)] : []),
  ].join('\n');
}

export function upOrDown(isUp: boolean): string {
  return isUp ? 'up' : 'down';
}
