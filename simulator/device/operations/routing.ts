/** `<get-bgp-neighbor-information>` and `<get-route-information>`: BGP sessions, and active routes. */

import type { BgpSession } from '../bgp.ts';
import { requireKnown } from '../call.ts';
import { networkOf } from '../ipv4.ts';
import type { Operation } from '../model.ts';
import { RefusedError, syntaxError } from '../rpc-error.ts';
import { routeTables, type Route, type RouteTable } from '../routes.ts';
import { child, childText, leaf, paddedLeaf, wrap } from '../xml.ts';
import { XMLNS_JUNOS } from './status.ts';

const XMLNS = `xmlns="http://xml.juniper.net/junos/22.2R0/junos-routing" ${XMLNS_JUNOS}`;

/** All sessions, those with one neighbor, or those of one routing instance (`exact-instance`) or of all whose names begin so (`instance`). */
export const getBgpNeighborInformation: Operation = (call) => {
  requireKnown(call, ['neighbor-address', 'instance', 'exact-instance']);
  const { router, session, operation } = call;
  const sessions = router.bgp.sessions();
  if (sessions.length === 0) return paddedLeaf('output', 'BGP is not running');
  const [peer, beginning, instance] = ['neighbor-address', 'instance', 'exact-instance'].map((name) =>
    childText(operation, name),
  );
  const shown = sessions.filter(
    (one) =>
      (peer ?? one.peer) === one.peer &&
      (instance ?? one.instance) === one.instance &&
      one.instance.startsWith(beginning ?? ''),
  );
  for (const one of shown)
    router.emit(() => ({
      kind: 'showed',
      user: session.user,
      what: 'bgp',
      name: `${one.instance} ${one.peer}`,
      state: one.state,
    }));
  return wrap('bgp-information', shown.map(peerXml).join('\n'), XMLNS);
};

const EVENTS = {
  Idle: { last: 'Idle', event: 'Start' },
  Connect: { last: 'Active', event: 'ConnectRetry' },
  Active: { last: 'Idle', event: 'Start' },
  Established: { last: 'OpenConfirm', event: 'RecvKeepAlive' },
} as const;

function peerXml(session: BgpSession): string {
  const { instance, peer, peerAs = '0', localAddress = '0.0.0.0', localAs = '0', state, key } = session;
  const isUp = state === 'Established';
  const options = wrap(
    'bgp-option-information',
    [
      ...(key === undefined ? [] : ['<authentication-configured/>']),
      leaf('local-address', localAddress),
      leaf('holdtime', session.holdMs / 1_000),
      leaf('preference', 170),
    ].join('\n'),
  );
  const table = wrap(
    'bgp-rib',
    [
      leaf('name', instance === 'master' ? 'inet.0' : `${instance}.inet.0`),
      leaf('active-prefix-count', 0),
    ].join('\n'),
  );
  return wrap(
    'bgp-peer',
    [
      // The port is that of the listening end.
      leaf('peer-address', state === 'Idle' ? peer : `${peer}+179`),
      leaf('peer-as', peerAs),
      leaf('local-address', isUp ? `${localAddress}+50900` : localAddress),
      leaf('local-as', localAs),
      leaf('peer-group', session.group),
      leaf('peer-cfg-rti', instance),
      leaf('peer-fwd-rti', instance),
      leaf('peer-type', session.isInternal ? 'Internal' : 'External'),
      leaf('peer-state', state),
      leaf('peer-flags', isUp ? 'Sync' : ''),
      leaf('last-state', EVENTS[state].last),
      leaf('last-event', EVENTS[state].event),
      leaf('last-error', 'None'),
      options,
      leaf('flap-count', session.flaps),
      ...(isUp ? [table] : []),
    ].join('\n'),
    'junos:style="detail"',
  );
}

const STYLES = ['terse', 'brief', 'detail', 'extensive'];

/** The active routes of all tables, of one, of one protocol, or to one destination. */
export const getRouteInformation: Operation = (call) => {
  requireKnown(call, ['table', 'destination', 'exact', 'protocol', 'active-path', ...STYLES]);
  const { router, session, operation } = call;
  const [table, written, protocol] = ['table', 'destination', 'protocol'].map((name) =>
    childText(operation, name),
  );
  const destination = written === undefined ? undefined : networkOf(written);
  // Without `exact`, Junos shows the route that it uses for a destination. That is not simulated: the request is refused.
  if (written !== undefined && (destination === undefined || child(operation, 'exact') === undefined))
    throw new RefusedError(syntaxError(written));
  const tables = routeTables(router.effective(), router.linksDown).flatMap((one): RouteTable[] => {
    const routes = one.routes.filter(
      (route) =>
        (destination ?? route.destination) === route.destination &&
        (protocol ?? route.protocol.toLowerCase()) === route.protocol.toLowerCase(),
    );
    return (table ?? one.name) === one.name && routes.length > 0 ? [{ ...one, routes }] : [];
  });
  for (const { name, routes } of tables)
    for (const route of routes)
      router.emit(() => ({
        kind: 'showed',
        user: session.user,
        what: 'route',
        name: `${name} ${route.destination}`,
        state: 'present',
      }));
  return wrap('route-information', tables.map(tableXml).join('\n'), XMLNS);
};

function tableXml({ name, routes }: RouteTable): string {
  const counts = ['destination', 'total-route', 'active-route'].map((what) =>
    leaf(`${what}-count`, routes.length),
  );
  return wrap(
    'route-table',
    [
      leaf('table-name', name),
      ...counts,
      leaf('holddown-route-count', 0),
      leaf('hidden-route-count', 0),
      ...routes.map(routeXml),
    ].join('\n'),
  );
}

function routeXml({ destination, protocol, preference, to, via }: Route): string {
  const hop = [
    '<selected-next-hop/>',
    ...(to === undefined ? [] : [leaf('to', to)]),
    ...(via === undefined ? [] : [leaf('via', via)]),
  ];
  const entry = wrap(
    'rt-entry',
    [
      leaf('active-tag', '*'),
      '<current-active/>',
      '<last-active/>',
      leaf('protocol-name', protocol),
      leaf('preference', preference),
      via === undefined ? leaf('nh-type', 'Discard') : wrap('nh', hop.join('\n')),
    ].join('\n'),
  );
  return wrap('rt', `${leaf('rt-destination', destination)}\n${entry}`, 'junos:style="brief"');
}
