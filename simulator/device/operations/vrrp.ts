/** `<get-vrrp-information>` and `<get-vrrp-interface-information>`. */

import type { Call, Operation } from '../call.ts';
import { Refused } from '../failure.ts';
import { operationFailed, rpcErrorXml } from '../rpc-error.ts';
import type { VrrpGroup } from '../vrrp.ts';
import { child, childText, leaf, wrap } from '../xml.ts';

const NOT_RUNNING = rpcErrorXml({
  severity: 'warning',
  type: 'application',
  tag: 'operation-failed',
  message: 'vrrp subsystem not running - not needed by configuration.',
});

const STYLES = ['summary', 'brief', 'detail', 'extensive'] as const;

type Style = (typeof STYLES)[number];

function groupXml(group: VrrpGroup, style: Style): string {
  const isLong = style === 'detail' || style === 'extensive';
  return wrap(
    'vrrp-interface',
    [
      leaf('interface', group.unit),
      leaf('interface-state', group.up ? 'up' : 'down'),
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

function information({ router, session }: Call, groups: readonly VrrpGroup[], style: Style): string {
  if (groups.length === 0) return NOT_RUNNING;
  for (const { unit, state } of groups)
    router.note(() => ({ kind: 'showed', user: session.user, what: 'vrrp', name: unit, state }));
  const names =
    'xmlns="http://xml.juniper.net/junos/22.2R0/junos-vrrpd" xmlns:junos="http://xml.juniper.net/junos/22.2R0/junos"';
  return wrap(
    'vrrp-information',
    groups.map((g) => groupXml(g, style)).join('\n'),
    `${names} junos:style="${style}"`,
  );
}

const styleOf = (names: readonly string[]): Style => STYLES.find((style) => names.includes(style)) ?? 'brief';

/** All groups; there is no way to ask for one interface here. */
export const getVrrpInformation: Operation = (call) => {
  const { router, operation } = call;
  const unknown = operation.children.find((c) => !STYLES.some((style) => style === c.name));
  if (unknown) throw new Refused(operationFailed('syntax error', { badElement: unknown.name }));
  return information(call, router.vrrp.groups(), styleOf(operation.children.map((c) => c.name)));
};

export const getVrrpInterfaceInformation: Operation = (call) => {
  const { router, operation } = call;
  const name = childText(operation, 'interface-name');
  if (name === undefined)
    throw new Refused(operationFailed('syntax error', { badElement: 'interface-name' }));
  const style = STYLES.find((s) => child(operation, s)) ?? 'detail';
  const groups = router.vrrp.groups().filter((g) => g.unit === name || g.unit.startsWith(`${name}.`));
  return information(call, groups, style);
};
