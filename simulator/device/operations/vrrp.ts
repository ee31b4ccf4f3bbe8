/** `<get-vrrp-information>` and `<get-vrrp-interface-information>`: the state of VRRP. */

import { dialectOf } from '../call.ts';
import type { Dialect } from '../dialect.ts';
import type { Call, Operation } from '../model.ts';
import { RefusedError, rpcErrorXml, syntaxError, xnmXml, type RpcError } from '../rpc-error.ts';
import type { VrrpGroup } from '../vrrp.ts';
import { child, childText, leaf, paddedLeaf, wrap } from '../xml.ts';
import { upOrDown, XMLNS_JUNOS } from './status.ts';

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

const NOT_RUNNING: RpcError = {
  severity: 'warning',
  type: 'application',
  tag: 'operation-failed',
  message: 'vrrp subsystem not running - not needed by configuration.',
};

function notRunning({ vrrpIdle }: Dialect): string {
  if (vrrpIdle === 'output') return paddedLeaf('output', NOT_RUNNING.message);
  return vrrpIdle === 'xnm' ? xnmXml(NOT_RUNNING) : rpcErrorXml(NOT_RUNNING);
}

function vrrpInformation({ router, session }: Call, groups: readonly VrrpGroup[], style: Style): string {
  const dialect = dialectOf({ router, session });
  if (groups.length === 0) return notRunning(dialect);
  for (const { unit, state } of groups)
    router.emit(() => ({ kind: 'showed', user: session.user, what: 'vrrp', name: unit, state }));
  return wrap(
    'vrrp-information',
    interfacesXml(groups, style, dialect).join('\n'),
    `xmlns="http://xml.juniper.net/junos/22.2R0/junos-vrrpd" ${XMLNS_JUNOS} junos:style="${style}"`,
  );
}

/** By the dialect, one element for each group, or one for all groups of a port. */
function interfacesXml(
  groups: readonly VrrpGroup[],
  style: Style,
  { vrrpGroups }: Dialect,
): readonly string[] {
  if (vrrpGroups === 'apart')
    return groups.map((group) =>
      wrap('vrrp-interface', `${leaf('interface', group.unit)}\n${groupXml(group, style)}`),
    );
  const ports = new Map<string, VrrpGroup[]>();
  for (const group of groups) {
    const [port = ''] = group.unit.split('.');
    ports.set(port, [...(ports.get(port) ?? []), group]);
  }
  return [...ports.values()].map((together) =>
    wrap(
      'vrrp-interface',
      together.map((group) => `${vlanXml(group)}\n${groupXml(group, style)}`).join('\n'),
    ),
  );
}

function vlanXml({ unit }: VrrpGroup): string {
  const [port = '', number = ''] = unit.split('.');
  return wrap('vrrp-vlan', `${paddedLeaf('physical-interface', port)}\n${leaf('unit', number)}`);
}

function groupXml(group: VrrpGroup, style: Style): string {
  const isLong = style === 'detail' || style === 'extensive';
  return [
    leaf('interface-state', upOrDown(group.up)),
    leaf('group', group.group),
    leaf('vrrp-state', group.state),
    leaf('vrrp-mode', 'Active'),
    ...(isLong
      ? [
          leaf('priority', group.priority),
          leaf('advertisement-interval', group.intervalMs / 1000),
          leaf('preempt', group.preempts ? 'yes' : 'no'),
          leaf('accept-data-mode', group.acceptData ? 'yes' : 'no'),
          leaf('virtual-ip-count', 1),
        ]
      : []),
    ...(style === 'brief' ? [leaf('timer-name', 'A'), leaf('timer-value', '0.000')] : []),
    leaf('local-interface-address', group.address),
    leaf('virtual-ip-address', group.virtualAddress),
  ].join('\n');
}
