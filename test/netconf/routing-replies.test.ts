/** Replies about BGP and about routes, in the shapes that routers send. */
import assert from 'node:assert/strict';
import { ProtocolError, RpcFailedError } from '../../netconf/errors.ts';
import {
  activeRoute,
  allBgpSessions,
  bgpSession,
  hasRoute,
  sessionWith,
  shownRoute,
  staticRoutes,
} from '../../netconf/operations.ts';
import { writeXml } from '../../netconf/xml.ts';
import { reading } from './reading-replies.ts';

const error = (message: string) =>
  `<rpc-error><error-severity>error</error-severity><error-message>${message}</error-message></rpc-error>`;
const warning = (message: string) => error(message).replaceAll('>error<', '>warning<');
const inEngines = (...inner: readonly string[]) =>
  `<multi-routing-engine-results>${inner
    .map(
      (one, index) =>
        `<multi-routing-engine-item><re-name>node${index}</re-name>${one}</multi-routing-engine-item>`,
    )
    .join('')}</multi-routing-engine-results>`;

const peer = (address: string, state: string, more = '') => `
  <bgp-peer junos:style="detail" xmlns:junos="u">
    <peer-address>\n${address}\n</peer-address><peer-as>64496</peer-as>
    <local-address>192.0.2.2+50900</local-address><local-as>65101</local-as>
    <peer-group>CloudGW1</peer-group>${more}
    <peer-type>External</peer-type><peer-state>${state}</peer-state>
    <bgp-option-information><local-address>192.0.2.2</local-address><holdtime>40</holdtime></bgp-option-information>
  </bgp-peer>`;
const instance = (name: string) => `<peer-cfg-rti>${name}</peer-cfg-rti><peer-fwd-rti>${name}</peer-fwd-rti>`;
const information = (...peers: readonly string[]) =>
  `<bgp-information xmlns="http://xml.juniper.net/junos/16.1R1/junos-routing">${peers.join('')}</bgp-information>`;

const BLUE = { instance: 'blue', peer: '192.0.2.1' };

describe('BGP sessions', () => {
  it('are asked for by instance and peer, or all at once', () => {
    assert.equal(
      writeXml(bgpSession(BLUE).request),
      '<get-bgp-neighbor-information><instance>blue</instance><neighbor-address>192.0.2.1</neighbor-address></get-bgp-neighbor-information>',
    );
    assert.equal(writeXml(allBgpSessions().request), '<get-bgp-neighbor-information/>');
  });

  it('have the peer’s address without its port, and the instance in which they are configured', () => {
    const reply = information(
      peer('192.0.2.1+179', 'Established', instance('blue')),
      peer('192.0.2.5', 'Idle', instance('red')),
    );
    assert.deepEqual(reading(allBgpSessions(), reply), [
      { instance: 'blue', peer: '192.0.2.1', state: 'Established' },
      { instance: 'red', peer: '192.0.2.5', state: 'Idle' },
    ]);
  });

  it('are told apart by their instances, of which one may begin like the other', () => {
    const found = reading(
      bgpSession(BLUE),
      information(
        peer('192.0.2.1+179', 'Connect', instance('blue-2')),
        peer('192.0.2.1+179', 'Established', instance('blue')),
      ),
    );
    assert.equal(sessionWith(found, BLUE)?.state, 'Established');
    assert.equal(sessionWith(found, { ...BLUE, instance: 'blue-2' })?.state, 'Connect');
    assert.equal(sessionWith(found, { ...BLUE, instance: 'bl' }), undefined);
    assert.equal(sessionWith(found, { ...BLUE, peer: '192.0.2.9' }), undefined);
  });

  it('are with the peer that is meant, in whatever spelling of IPv6 it is written', () => {
    const found = reading(
      allBgpSessions(),
      information(peer('2001:db8::1+179', 'Established', instance('blue'))),
    );
    for (const written of ['2001:db8::1', '2001:DB8:0::1', '2001:0db8:0:0:0:0:0:1'])
      assert.equal(sessionWith(found, { ...BLUE, peer: written })?.state, 'Established', written);
    for (const written of ['2001:db8::2', '2001:db8::1::', ''])
      assert.equal(sessionWith(found, { ...BLUE, peer: written }), undefined, written);
  });

  it('are in the instance of their table where the router names no instance', () => {
    const table = '<bgp-rib><name>blue.inet.0</name></bgp-rib>';
    const found = reading(allBgpSessions(), information(peer('192.0.2.1+179', 'Established', table)));
    assert.deepEqual(found, [{ ...BLUE, state: 'Established' }]);
  });

  it('are those of the instance that was asked for if the router names neither', () => {
    const one = reading(bgpSession(BLUE), information(peer('192.0.2.1', 'Active')));
    assert.equal(sessionWith(one, BLUE)?.state, 'Active');
    const two = reading(
      allBgpSessions(),
      information(peer('192.0.2.1', 'Active'), peer('192.0.2.1', 'Idle')),
    );
    assert.equal(sessionWith(two, BLUE), undefined);
  });

  it('are those of the first routing engine that answers', () => {
    const reply = inEngines(
      information(peer('192.0.2.1+179', 'Established', instance('blue'))),
      information(peer('192.0.2.1', 'Idle', instance('blue'))),
    );
    assert.equal(sessionWith(reading(bgpSession(BLUE), reply), BLUE)?.state, 'Established');
  });

  for (const [what, reply] of [
    ['BGP does not run', '<output>\nBGP is not running\n</output>'],
    ['BGP does not run, as a warning', warning('BGP is not running')],
    ['BGP does not run, in a wrapper', inEngines('<output>BGP is not running</output>')],
    ['no neighbor fits', information()],
    ['the reply is empty', ''],
    ['the reply is ok', '<ok/>'],
    ['there is no such instance', error('instance blue does not exist')],
  ] as const)
    it(`are none if ${what}`, () => assert.deepEqual(reading(bgpSession(BLUE), reply), []));

  it('are not read from a refusal or from another reply', () => {
    assert.throws(() => reading(allBgpSessions(), error('permission denied')), RpcFailedError);
    assert.throws(() => reading(allBgpSessions(), '<vrrp-information/>'), ProtocolError);
    assert.throws(() => reading(allBgpSessions(), '<output>daemon is busy</output>'), ProtocolError);
  });
});

const route = (destination: string, ...tags: readonly string[]) =>
  `<rt junos:style="brief" xmlns:junos="u">${destination}${tags
    .map(
      (tag) =>
        `<rt-entry>${tag}<protocol-name>Static</protocol-name><preference>5</preference>
         <age junos:seconds="7">00:00:07</age><nh><selected-next-hop/><to>198.51.100.10</to><via>ae0.5</via></nh></rt-entry>`,
    )
    .join('')}</rt>`;
const to = (prefix: string) => `<rt-destination>${prefix}</rt-destination>`;
const ACTIVE = '<active-tag>*</active-tag><current-active/><last-active/>';
const INACTIVE = '<active-tag> </active-tag>';
const table = (name: string, ...routes: readonly string[]) =>
  `<route-table><table-name>${name}</table-name><destination-count>1</destination-count>${routes.join('')}</route-table>`;
const routes = (...tables: readonly string[]) =>
  `<route-information xmlns="u"><!-- keepalive -->${tables.join('')}</route-information>`;

const WANTED = shownRoute('blue', '203.0.113.0/24');

describe('routes', () => {
  it('are asked for exactly, or all static ones at once', () => {
    assert.equal(
      writeXml(activeRoute(WANTED).request),
      '<get-route-information><destination>203.0.113.0/24</destination><exact/><table>blue.inet.0</table></get-route-information>',
    );
    assert.equal(
      writeXml(staticRoutes().request),
      '<get-route-information><protocol>static</protocol></get-route-information>',
    );
  });

  for (const [what, reply, expected] of [
    ['an active one', routes(table('blue.inet.0', route(to('203.0.113.0/24'), ACTIVE))), true],
    [
      'one of which another route to the same destination is active',
      routes(table('blue.inet.0', route(to('203.0.113.0/24'), INACTIVE, ACTIVE))),
      true,
    ],
    [
      'one with its length in an element of its own',
      routes(
        table('blue.inet.0', route(`${to('203.0.113.0')}<rt-prefix-length>24</rt-prefix-length>`, ACTIVE)),
      ),
      true,
    ],
    ['one in a wrapper', inEngines(routes(table('blue.inet.0', route(to('203.0.113.0/24'), ACTIVE)))), true],
    ['no active one', routes(table('blue.inet.0', route(to('203.0.113.0/24'), INACTIVE))), false],
    ['one in another table', routes(table('red.inet.0', route(to('203.0.113.0/24'), ACTIVE))), false],
    ['one to another destination', routes(table('blue.inet.0', route(to('203.0.113.0/25'), ACTIVE))), false],
    ['an empty table', routes(table('blue.inet.0')), false],
    ['no table', routes(), false],
    ['an empty reply', '', false],
    ['ok', '<ok/>', false],
    ['an empty output', '<output>\n</output>', false],
    ['an error that there is no such table', error('table blue.inet.0 not found'), false],
  ] as const)
    it(`are there or not: ${what}`, () =>
      assert.equal(hasRoute(reading(activeRoute(WANTED), reply), WANTED), expected));

  it('are not read from a refusal or from another reply', () => {
    assert.throws(() => reading(staticRoutes(), error('permission denied')), RpcFailedError);
    assert.throws(() => reading(staticRoutes(), '<bgp-information/>'), ProtocolError);
  });

  for (const [instance, written, expected] of [
    ['blue', '203.0.113.7/24', { table: 'blue.inet.0', destination: '203.0.113.0/24' }],
    ['blue', '203.0.113.7', { table: 'blue.inet.0', destination: '203.0.113.7/32' }],
    ['blue', '0.0.0.0/0', { table: 'blue.inet.0', destination: '0.0.0.0/0' }],
    ['blue', '255.255.255.255/32', { table: 'blue.inet.0', destination: '255.255.255.255/32' }],
    ['master', '203.0.113.0/24', { table: 'inet.0', destination: '203.0.113.0/24' }],
    ['blue', '2001:DB8::/32', { table: 'blue.inet6.0', destination: '2001:db8::/32' }],
    ['blue', '2001:DB8:0::/32', { table: 'blue.inet6.0', destination: '2001:db8::/32' }],
    ['blue', '2001:db8:ffff::7/33', { table: 'blue.inet6.0', destination: '2001:db8:8000::/33' }],
    ['blue', '2001:0db8:0:0:1:0:0:1', { table: 'blue.inet6.0', destination: '2001:db8::1:0:0:1/128' }],
    ['blue', '2001:db8:0:1:1:1:1:1', { table: 'blue.inet6.0', destination: '2001:db8:0:1:1:1:1:1/128' }],
    ['blue', '2001:db8::1/0', { table: 'blue.inet6.0', destination: '::/0' }],
    ['master', '0:0::0/0', { table: 'inet6.0', destination: '::/0' }],
    ['blue', '::FFFF:192.0.2.0/120', { table: 'blue.inet6.0', destination: '::ffff:192.0.2.0/120' }],
    ['blue', '2001:db8::/129', { table: 'blue.inet6.0', destination: '2001:db8::/129' }],
    ['blue', '2001:DB8::1::2', { table: 'blue.inet6.0', destination: '2001:db8::1::2' }],
    ['blue', 'nonsense', { table: 'blue.inet.0', destination: 'nonsense' }],
  ] as const)
    it(`in ${instance}, ${written} is shown as ${expected.destination}`, () =>
      assert.deepEqual(shownRoute(instance, written), expected));
});
