/**
 * Warnings, and errors of one of several routing engines, in replies to requests for a router's state. Such a warning or error does not tell what is
 * there and what is not, unless its words do.
 */
import assert from 'node:assert/strict';
import { ProtocolError, RpcFailedError } from '../../netconf/errors.ts';
import {
  activeRoute,
  allBgpSessions,
  allFilters,
  allInterfaces,
  bgpSession,
  filterCounters,
  interfaceTerse,
  staticRoutes,
  vrrpInterface,
  vrrpSummary,
} from '../../netconf/operations.ts';
import type { Operation } from '../../netconf/operations.ts';
import { reading } from './reading-replies.ts';

const rpcWarning = (message: string) =>
  `<rpc-error><error-severity>warning</error-severity><error-message>${message}</error-message></rpc-error>`;
const xnmWarning = (message: string) => `<xnm:warning><message>\n${message}\n</message></xnm:warning>`;
const rpcError = (message: string) => rpcWarning(message).replace('>warning<', '>error<');
const xnmError = (message: string) => xnmWarning(message).replaceAll('xnm:warning', 'xnm:error');
const ELSE = 'communication with the process failed, retrying';

const table = `<route-table><table-name>blue.inet.0</table-name><rt><rt-destination>203.0.113.0/24</rt-destination><rt-entry><active-tag>*</active-tag></rt-entry></rt></route-table>`;
const ROUTES = `<route-information>${table}</route-information>`;
const SESSIONS =
  '<bgp-information><bgp-peer><peer-address>192.0.2.1</peer-address><peer-state>Established</peer-state></bgp-peer></bgp-information>';
const GROUPS =
  '<vrrp-information><vrrp-interface><interface>ae0.5</interface><interface-state>up</interface-state><group>1</group><vrrp-state>master</vrrp-state></vrrp-interface></vrrp-information>';
const STATES =
  '<interface-information><logical-interface><name>ae0.5</name><admin-status>up</admin-status><oper-status>up</oper-status></logical-interface></interface-information>';
const FILTERS =
  '<firewall-information><filter-information><filter-name>f</filter-name><counter><counter-name>c</counter-name><packet-count>0</packet-count><byte-count>0</byte-count></counter></filter-information></firewall-information>';

const route = { table: 'blue.inet.0', destination: '203.0.113.0/24' };
const operations: readonly (readonly [what: string, operation: Operation<unknown>, data: string])[] = [
  ['a route', activeRoute(route), ROUTES],
  ['static routes', staticRoutes(), ROUTES],
  ['a BGP session', bgpSession({ instance: 'blue', peer: '192.0.2.1' }), SESSIONS],
  ['all BGP sessions', allBgpSessions(), SESSIONS],
  ['the VRRP of an interface', vrrpInterface('ae0.5'), GROUPS],
  ['all of VRRP', vrrpSummary(), GROUPS],
  ['an interface', interfaceTerse('ae0.5'), STATES],
  ['all interfaces', allInterfaces(), STATES],
  ['a filter', filterCounters('f'), FILTERS],
  ['all filters', allFilters(), FILTERS],
];

describe('what a reply says beside what was asked about', () => {
  for (const [what, operation, data] of operations) {
    for (const said of [rpcWarning(ELSE), xnmWarning(ELSE), `<output>${ELSE}</output>`])
      it(`about ${what} is no answer: ${said.slice(0, 12)}`, () =>
        assert.throws(
          () => reading(operation, said),
          (error) =>
            error instanceof ProtocolError && (said.includes('output') || error.message.includes(ELSE)),
        ));

    for (const said of [rpcWarning(ELSE), xnmWarning(ELSE)])
      it(`about ${what} does not hide what stands beside it: ${said.slice(0, 12)}`, () => {
        const expected = reading(operation, data);
        assert.deepEqual(reading(operation, `${said}${data}`), expected);
        assert.deepEqual(reading(operation, `${data}${said}`), expected);
      });
  }

  for (const [what, operation, data] of operations)
    it(`does not hide ${what} of one routing engine where another one says that it is not there`, () => {
      const of = (name: string, body: string) =>
        `<multi-routing-engine-item><re-name>${name}</re-name>${body}</multi-routing-engine-item>`;
      const both = (one: string, other: string) =>
        `<multi-routing-engine-results>${of('node0', one)}${of('node1', other)}</multi-routing-engine-results>`;
      const expected = reading(operation, data);
      for (const error of [rpcError('ae0.5 not found'), xnmError('ae0.5 not found')]) {
        assert.deepEqual(reading(operation, both(data, error)), expected);
        assert.deepEqual(reading(operation, both(error, data)), expected);
      }
      assert.throws(() => reading(operation, both(data, rpcError(ELSE))), RpcFailedError);
    });

  for (const [words, operation] of [
    ['vrrp subsystem not running - not needed by configuration.', vrrpSummary()],
    ['BGP is not running', allBgpSessions()],
    ['table blue.inet.0 not found', activeRoute(route)],
  ] as const)
    for (const said of [rpcWarning(words), xnmWarning(words), `<output>\n${words}\n</output>`])
      it(`says by its words that there is nothing: ${said.slice(0, 12)}… ${words}`, () => {
        const found = reading<unknown>(operation, said);
        assert.equal(found instanceof Map ? found.size : (found as readonly unknown[]).length, 0);
        assert.throws(() => reading<unknown>(operation, `${said}${rpcWarning(ELSE)}`), ProtocolError);
      });
});
