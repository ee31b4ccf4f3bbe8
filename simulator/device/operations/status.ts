/**
 * Operational state: `<get-system-information>`, `<get-software-information>`, `<get-system-uptime-information>`, `<get-interface-information>`,
 * `<get-vrrp-information>` and `<get-vrrp-interface-information>`.
 */

import { dateText } from '../clock.ts';
import { inside, valueOf } from '../config/config.ts';
import { addressesOf, portsOf, type Port, type Unit } from '../interfaces.ts';
import type { Call, Operation, Router } from '../model.ts';
import { operationFailed, RefusedError, rpcErrorXml, syntaxError } from '../rpc-error.ts';
import type { VrrpGroup } from '../vrrp.ts';
import { child, childText, leaf, paddedLeaf, wrap } from '../xml.ts';

const MODEL = 'vmx';
const VERSION = '22.2R1.9';
const XMLNS_JUNOS = 'xmlns:junos="http://xml.juniper.net/junos/22.2R0/junos"';

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

function hostName(router: Router): string {
  return valueOf(inside(router.effective(), 'system'), 'host-name') ?? router.name;
}

export const getSystemUptimeInformation: Operation = ({ router }) =>
  wrap('system-uptime-information', wrap('current-time', dateXml(router, router.clock.now())));

/** A time in ms since the epoch, as the router's own clock shows it. */
export function dateXml({ options }: Router, ms: number): string {
  const shown = ms + options.clockAhead;
  return `<date-time seconds="${Math.floor(shown / 1000)}">${dateText(shown)}</date-time>`;
}

/** One interface, a port or a unit of it, or all ports. */
export const getInterfaceInformation: Operation = ({ router, session, operation }) => {
  const isTerse = child(operation, 'terse') !== undefined;
  const ports = portsOf(router.effective(), router.linksDown);
  const name = childText(operation, 'interface-name');
  const information = (inner: string): string =>
    wrap(
      'interface-information',
      inner,
      `xmlns="http://xml.juniper.net/junos/22.2R0/junos-interface" ${XMLNS_JUNOS} junos:style="${isTerse ? 'terse' : 'normal'}"`,
    );
  if (name === undefined) return information(ports.map((p) => portXml(p, isTerse)).join('\n'));
  const [portName = ''] = name.split('.');
  const port = ports.find((p) => p.name === portName);
  if (!port) throw new RefusedError(operationFailed(`device ${portName} not found`));
  if (port.name === name) return information(portXml(port, isTerse));
  const unit = port.units.find((u) => u.name === name);
  if (!unit) throw new RefusedError(operationFailed(`interface ${name} not found`));
  const state = upOrDown(unit.operUp);
  router.emit(() => ({ kind: 'showed', user: session.user, what: 'interface', name, state }));
  return information(unitXml(unit, isTerse));
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

function upOrDown(isUp: boolean): string {
  return isUp ? 'up' : 'down';
}

const STYLES = ['summary', 'brief', 'detail', 'extensive'] as const;

type Style = (typeof STYLES)[number];

/** All groups. On Junos this request cannot name an interface. */
export const getVrrpInformation: Operation = (call) => {
  const names = call.operation.children.map((c) => c.name);
  const unknown = names.find((name) => !STYLES.some((style) => style === name));
  if (unknown !== undefined) throw new RefusedError(syntaxError(unknown));
  const style = STYLES.find((known) => names.includes(known)) ?? 'brief';
  return vrrpInformation(call, call.router.vrrp.groups(), style);
};

/** The groups of one interface. */
export const getVrrpInterfaceInformation: Operation = (call) => {
  const { router, operation } = call;
  const name = childText(operation, 'interface-name');
  if (name === undefined) throw new RefusedError(syntaxError('interface-name'));
  const style = STYLES.find((s) => child(operation, s)) ?? 'detail';
  const groups = router.vrrp.groups().filter((g) => g.unit === name || g.unit.startsWith(`${name}.`));
  return vrrpInformation(call, groups, style);
};

const VRRP_NOT_RUNNING = rpcErrorXml({
  severity: 'warning',
  type: 'application',
  tag: 'operation-failed',
  message: 'vrrp subsystem not running - not needed by configuration.',
});

function vrrpInformation({ router, session }: Call, groups: readonly VrrpGroup[], style: Style): string {
  if (groups.length === 0) return VRRP_NOT_RUNNING;
  for (const { unit, state } of groups)
    router.emit(() => ({ kind: 'showed', user: session.user, what: 'vrrp', name: unit, state }));
  return wrap(
    'vrrp-information',
    groups.map((g) => groupXml(g, style)).join('\n'),
    `xmlns="http://xml.juniper.net/junos/22.2R0/junos-vrrpd" ${XMLNS_JUNOS} junos:style="${style}"`,
  );
}

function groupXml(group: VrrpGroup, style: Style): string {
  const isLong = style === 'detail' || style === 'extensive';
  return wrap(
    'vrrp-interface',
    [
      leaf('interface', group.unit),
      leaf('interface-state', upOrDown(group.up)),
      leaf('group', group.group),
      leaf('vrrp-state', group.state),
      leaf('vrrp-mode', 'Active'),
      ...(isLong
        ? [
            leaf('priority', group.priority),
            leaf('advertisement-interval', 1),
            leaf('preempt', 'yes'),
            leaf('accept-data-mode', group.acceptData ? 'yes' : 'no'),
            leaf('virtual-ip-count', 1),
          ]
        : []),
      ...(style === 'brief' ? [leaf('timer-name', 'A'), leaf('timer-value', '0.000')] : []),
      leaf('local-interface-address', group.address),
      leaf('virtual-ip-address', group.virtualAddress),
    ].join('\n'),
  );
}
