/** `<get-interface-information>`: one interface, a port or a unit of it, or all. */

import type { Operation } from '../call.ts';
import { valueOf } from '../config.ts';
import { Refused } from '../failure.ts';
import { operationFailed } from '../rpc-error.ts';
import { addressesOf, portsOf, type Port, type Unit } from '../units.ts';
import { child, childText, paddedLeaf, wrap } from '../xml.ts';

const status = (up: boolean): string => (up ? 'up' : 'down');

const statusXml = ({ name, adminUp, operUp, content }: Unit | Port, withDescription: boolean): string => {
  const description = valueOf(content, 'description');
  return [
    paddedLeaf('name', name),
    paddedLeaf('admin-status', status(adminUp)),
    paddedLeaf('oper-status', status(operUp)),
    ...(withDescription && description !== undefined ? [paddedLeaf('description', description)] : []),
  ].join('\n');
};

function unitXml(unit: Unit, isTerse: boolean): string {
  const all = addressesOf(unit);
  const familyXml = [...new Set(all.map((a) => a.family))].map((family) =>
    wrap(
      'address-family',
      [
        paddedLeaf('address-family-name', family),
        ...all
          .filter((a) => a.family === family)
          .map(({ address }) => wrap('interface-address', paddedLeaf('ifa-local', address))),
      ].join('\n'),
    ),
  );
  return wrap('logical-interface', [statusXml(unit, !isTerse), ...familyXml].join('\n'));
}

const portXml = (port: Port, isTerse: boolean): string =>
  wrap(
    'physical-interface',
    [statusXml(port, !isTerse), ...port.units.map((u) => unitXml(u, isTerse))].join('\n'),
  );

export const getInterfaceInformation: Operation = ({ router, session, operation }) => {
  const isTerse = child(operation, 'terse') !== undefined;
  const ports = portsOf(router.effective(), router.down);
  const wanted = childText(operation, 'interface-name');
  const names =
    'xmlns="http://xml.juniper.net/junos/22.2R0/junos-interface" xmlns:junos="http://xml.juniper.net/junos/22.2R0/junos"';
  const information = (inner: string): string =>
    wrap('interface-information', inner, `${names} junos:style="${isTerse ? 'terse' : 'normal'}"`);
  if (wanted === undefined) return information(ports.map((p) => portXml(p, isTerse)).join('\n'));
  const port = ports.find((p) => p.name === wanted.split('.')[0]);
  if (!port) throw new Refused(operationFailed(`device ${wanted.split('.')[0] ?? ''} not found`));
  if (port.name === wanted) return information(portXml(port, isTerse));
  const unit = port.units.find((u) => u.name === wanted);
  if (!unit) throw new Refused(operationFailed(`interface ${wanted} not found`));
  router.note(() => ({
    kind: 'showed',
    user: session.user,
    what: 'interface',
    name: unit.name,
    state: status(unit.operUp),
  }));
  return information(unitXml(unit, isTerse));
};
