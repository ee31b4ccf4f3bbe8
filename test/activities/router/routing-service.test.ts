/** Two simulated routers over SSH, with a gateway and its children: what monitors see of VRRP, BGP and routes. */
import assert from 'node:assert/strict';
import { observe } from '../../../activities/router/observe.ts';
import { serviceOf, wantedBy } from '../../../activities/router/service.ts';
import type { Service } from '../../../activities/router/service.ts';
import type { Monitor, RouterConfiguration } from '../../../gateway/kind.ts';
import { NetconfError } from '../../../netconf/errors.ts';
import { parseKnownHosts } from '../../../netconf/known-hosts.ts';
import { SessionPool } from '../../../netconf/pool.ts';
import { startPair } from '../../../simulator/server/index.ts';
import type { Router, SimulatedPair } from '../../../simulator/server/index.ts';
import {
  INSTANCE,
  ROUTE,
  SIDES,
  customerOf,
  ebgp,
  gatewayConfig,
  ibgp,
  type Role,
} from '../../simulator/device/gateway-with-children.ts';
import { client } from '../../simulator/device/scene.ts';
import { createVirtualClock, type VirtualClock } from '../../simulator/device/virtual-clock.ts';

const UNIT = 'ae0.1025';
const USER = { name: 'esi', password: 'secret' };
/** Longer than an election, and longer than a session takes to come up. */
const SETTLED_MS = 8_000;

const BETWEEN: Omit<Monitor, 'name'> = {
  counters: [],
  bgp: { instance: INSTANCE, peer: SIDES.secondary.downlink },
};
const CUSTOMER: Omit<Monitor, 'name'> = {
  counters: [],
  bgp: { instance: INSTANCE, peer: SIDES.primary.customer },
};
const TO_CUSTOMER: Omit<Monitor, 'name'> = {
  counters: [],
  route: { instance: INSTANCE, destination: '203.0.113.0/24' },
};

const peerMonitor = (n: number): Monitor => ({
  name: `peer ${n}`,
  counters: [],
  bgp: { instance: INSTANCE, peer: `10.${n}.0.1` },
});

describe('what monitors see of a gateway’s children', function () {
  this.timeout(20_000);
  let clock: VirtualClock;
  let routers: SimulatedPair;
  let pool: SessionPool;

  beforeEach(async () => {
    clock = createVirtualClock();
    const options = (role: Role) => ({
      id: role,
      config: gatewayConfig(role),
      users: [USER],
      clock,
      options: { peers: [customerOf(role)] },
    });
    routers = await startPair({ primary: options('primary'), secondary: options('secondary') });
    const lines = [routers.primary, routers.secondary].map(({ hostKeyLine }) => `${hostKeyLine}\n`);
    pool = new SessionPool({
      knownHosts: { read: async () => parseKnownHosts(lines.join(''), 'known_hosts') },
      connectMs: 5_000,
      requestMs: 5_000,
    });
  });
  afterEach(async () => {
    await pool.close(500);
    await routers.close();
  });

  async function commit({ device }: Router, ...texts: readonly string[]): Promise<void> {
    const operator = client(device);
    for (const text of texts) assert.doesNotMatch(await operator.load(text), /rpc-error/);
    await operator.commit();
  }

  async function set({ device }: Router, ...lines: readonly string[]): Promise<void> {
    const operator = client(device);
    await operator.set(...lines);
    await operator.commit();
  }

  async function seenOn(
    { id, host, port }: Router,
    monitors: readonly Monitor[],
    more: Partial<RouterConfiguration> = {},
  ): Promise<Service> {
    const standing = { create: '', arrange: [], remove: [], owns: [], ...more, monitors };
    const target = { id, address: host, port, username: USER.name, password: USER.password };
    const shown = await pool.withSession(target, (session) => observe(session, wantedBy(standing)));
    return serviceOf(shown, standing);
  }

  const onPrimary = (monitor: Omit<Monitor, 'name'>, more?: Partial<RouterConfiguration>): Promise<Service> =>
    seenOn(routers.primary, [{ name: 'one', ...monitor }], more);

  it('a BGP session between the routers: not configured, alone, and established', async () => {
    const { primary, secondary } = routers;
    const words = `one: BGP session with ${SIDES.secondary.downlink} in ${INSTANCE}`;
    assert.equal((await onPrimary(BETWEEN)).missing, `${words} is not configured`);
    await commit(primary, ibgp('primary'));
    assert.equal((await onPrimary(BETWEEN)).missing, `${words} is Connect, expected Established`);
    await commit(secondary, ibgp('secondary'));
    assert.equal((await onPrimary(BETWEEN)).missing, `${words} is Active, expected Established`);
    await clock.advance(SETTLED_MS);
    assert.deepEqual(await onPrimary(BETWEEN), { groups: [], words: { one: 'ESTABLISHED' } });
  });

  it('a BGP session with the customer, with a wrong key and with the right one', async () => {
    await commit(routers.primary, ebgp('primary', 'wrong'));
    await clock.advance(10 * 60_000);
    assert.match((await onPrimary(CUSTOMER)).missing ?? '', /is Connect, expected Established/);
    await commit(routers.primary, ebgp('primary'));
    await clock.advance(SETTLED_MS);
    assert.equal((await onPrimary(CUSTOMER)).missing, undefined);
  });

  it('a customer’s router that falls silent, once the hold time is over', async () => {
    await commit(routers.primary, ebgp('primary'));
    await clock.advance(SETTLED_MS);
    routers.primary.device.setOutsidePeer(customerOf('primary'), false);
    assert.equal((await onPrimary(CUSTOMER)).missing, undefined);
    await clock.advance(40_000);
    assert.match((await onPrimary(CUSTOMER)).missing ?? '', /is Connect/);
  });

  it('a route: there, gone with its interface, and gone with its statement', async () => {
    const gone = `one: no route to 203.0.113.0/24 is active in ${INSTANCE}`;
    assert.equal((await onPrimary(TO_CUSTOMER)).missing, gone);
    await commit(routers.primary, ibgp('primary'), ROUTE);
    assert.deepEqual(await onPrimary({ ...TO_CUSTOMER, word: 'ROUTED' }), {
      groups: [],
      words: { one: 'ROUTED' },
    });
    routers.primary.device.setLink(UNIT, false);
    assert.equal((await onPrimary(TO_CUSTOMER)).missing, gone);
    routers.primary.device.setLink(UNIT, true);
    assert.equal((await onPrimary(TO_CUSTOMER)).missing, undefined);
    await set(routers.primary, `delete routing-instances ${INSTANCE} routing-options static`);
    assert.equal((await onPrimary(TO_CUSTOMER)).missing, gone);
  });

  it('many sessions and routes, by one request for each sort', async () => {
    await commit(routers.primary, ibgp('primary'), ebgp('primary'), ROUTE);
    await clock.advance(SETTLED_MS);
    const path = `set routing-instances ${INSTANCE} routing-options static route`;
    const numbers = [1, 2, 3, 4, 5];
    await set(routers.primary, ...numbers.map((n) => `${path} 10.${n}.0.0/16 discard`));
    const peers = Array.from({ length: 64 }, (_, index) => index + 1);
    const many: readonly Monitor[] = [
      ...numbers.map((n) => ({
        name: `route ${n}`,
        counters: [],
        route: { instance: INSTANCE, destination: `10.${n}.0.0/16` },
      })),
      { name: 'customer', ...CUSTOMER },
      ...peers.map(peerMonitor),
    ];
    const before = routers.primary.requests;
    const { missing } = await seenOn(routers.primary, many);
    assert.equal(routers.primary.requests - before, 2);
    assert.equal(missing, `peer 1: BGP session with 10.1.0.1 in ${INSTANCE} is not configured`);
    const networks = [
      ...many.slice(0, 6),
      {
        name: 'network',
        counters: [],
        route: { instance: INSTANCE, destination: '198.51.100.0/24' },
      },
    ];
    assert.equal((await seenOn(routers.primary, networks)).missing, undefined, 'a route that is not static');
  });

  it('the sessions of a batch on a router that has too many to show them all at once', async () => {
    await commit(routers.primary, ebgp('primary'));
    await clock.advance(SETTLED_MS);
    const all = `<bgp-information>${'<bgp-peer/>'.repeat(250_000)}</bgp-information>`;
    routers.primary.device.faults.add({
      rpc: 'get-bgp-neighbor-information',
      moment: 'after',
      times: Infinity,
      outcome: {
        kind: 'rewrite',
        by: (body, operation) => (JSON.stringify(operation).includes('neighbor-address') ? body : all),
      },
    });
    const peers = Array.from({ length: 63 }, (_, index) => index + 1);
    const { missing } = await seenOn(routers.primary, [
      { name: 'customer', ...CUSTOMER },
      ...peers.map(peerMonitor),
    ]);
    assert.equal(missing, `peer 1: BGP session with 10.1.0.1 in ${INSTANCE} is not configured`);
  });

  describe('in one look for several gateways, of which one’s request is refused', () => {
    const REFUSED = `<rpc-error><error-severity>error</error-severity><error-message>permission denied</error-message></rpc-error>`;
    const UP: Omit<Monitor, 'name'> = { counters: [], interface: UNIT };

    /** The judgement on each of the gateways with these monitors; if a gateway's request was refused, the refusal instead. */
    async function judged(...gateways: readonly (readonly Omit<Monitor, 'name'>[])[]): Promise<string[]> {
      const { id, host, port } = routers.primary;
      const target = { id, address: host, port, username: USER.name, password: USER.password };
      const all = gateways.map((monitors) => ({
        create: '',
        arrange: [],
        remove: [],
        owns: [],
        monitors: monitors.map((one, index) => ({ name: `monitor ${index}`, ...one })),
      }));
      const wanted = wantedBy({
        ...(all[0] as RouterConfiguration),
        monitors: all.flatMap(({ monitors }) => monitors),
      });
      const shown = await pool.withSession(target, (session) => observe(session, wanted));
      return all.map((one) => {
        try {
          return serviceOf(shown, one).missing ?? 'good';
        } catch (error) {
          if (error instanceof NetconfError) return error.message.replace(/^router .*?\): /, '');
          throw error;
        }
      });
    }

    /** From now on `by` rewrites the router's replies to those requests for `rpc` that contain `name`. */
    function reply(rpc: string, name: string, by: (body: string) => string): void {
      routers.primary.device.faults.add({
        rpc,
        moment: 'after',
        times: Infinity,
        outcome: {
          kind: 'rewrite',
          by: (body, operation) => (JSON.stringify(operation).includes(`"${name}"`) ? by(body) : body),
        },
      });
    }

    beforeEach(async () => {
      await commit(routers.primary, ibgp('primary'), ebgp('primary'), ROUTE);
      await set(routers.primary, 'set interfaces ae0 unit 7 vlan-id 7');
      await clock.advance(SETTLED_MS);
    });

    it('the others are seen: a BGP session', async () => {
      reply('get-bgp-neighbor-information', SIDES.secondary.downlink, () => REFUSED);
      assert.deepEqual(await judged([BETWEEN], [CUSTOMER], [TO_CUSTOMER], [UP]), [
        'get-bgp-neighbor-information was refused: permission denied',
        'good',
        'good',
        'good',
      ]);
    });

    it('the others are seen: a route', async () => {
      reply('get-route-information', '192.0.2.0/24', () => REFUSED);
      const other = { counters: [], route: { instance: INSTANCE, destination: '192.0.2.0/24' } };
      assert.deepEqual(await judged([other], [TO_CUSTOMER], [CUSTOMER]), [
        'get-route-information was refused: permission denied',
        'good',
        'good',
      ]);
    });

    it('the others are seen: the configuration of a unit', async () => {
      reply('get-configuration', '7', () => REFUSED);
      assert.deepEqual(await judged([{ counters: [], interface: 'ae0.7' }], [UP], [CUSTOMER]), [
        `monitor 0: "interfaces ae0 unit 7" can't be read (get-configuration was refused: permission denied)`,
        'good',
        'good',
      ]);
    });

    it('the others are seen: the VRRP of a unit, whose reply is not VRRP either', async () => {
      reply('get-vrrp-interface-information', 'ae0.7', () => '<output>daemon is busy</output>');
      await set(
        routers.primary,
        'set interfaces ae0 unit 7 family inet address 192.0.2.1/24 vrrp-group 7 virtual-address 192.0.2.1',
      );
      const group = { counters: [], vrrp: { interface: 'ae0.7', group: 7 } };
      const [own = '', ...others] = await judged([group], [UP], [CUSTOMER]);
      assert.match(own, /^not NETCONF as expected: expected <vrrp-information> in reply to get-vrrp/);
      assert.deepEqual(others, ['good', 'good']);
    });
  });

  describe('of VRRP groups', () => {
    const GROUP_20: Omit<Monitor, 'name'> = { counters: [], vrrp: { interface: UNIT, group: 20 } };
    const parent = {
      create: `interfaces { ae0 { unit 1025 { apply-groups VPNGW1-VRRP; vlan-id 1025; } } }`,
      owns: [['interfaces', 'ae0', 'unit', '1025']],
    };
    const statesOf = ({ groups }: Service) => groups.map(({ name, state }) => `${name} ${state}`);

    it('one that is named, and that follows the interface that it tracks', async () => {
      const { primary, secondary } = routers;
      assert.equal((await onPrimary(GROUP_20)).missing, `one: VRRP group 20 is not configured on ${UNIT}`);
      await commit(primary, ebgp('primary'), ibgp('primary'));
      await commit(secondary, ebgp('secondary'), ibgp('secondary'));
      const both = async () => [
        statesOf(await onPrimary(GROUP_20)),
        statesOf(await seenOn(secondary, [{ name: 'one', ...GROUP_20 }])),
      ];
      const name = `one: VRRP group 20 on ${UNIT}`;
      await clock.advance(SETTLED_MS);
      assert.deepEqual(await both(), [[`${name} MASTER`], [`${name} BACKUP`]]);
      primary.device.setLink('ge-0/0/1.122', false);
      await clock.advance(SETTLED_MS);
      assert.deepEqual(await both(), [[`${name} BACKUP`], [`${name} MASTER`]]);
    });

    it('those of the gateway on its unit, and not those of its children', async () => {
      const { primary } = routers;
      await set(primary, 'set interfaces ae0 unit 1025 apply-groups VPNGW1-VRRP');
      await commit(primary, ibgp('primary'));
      await clock.advance(SETTLED_MS);
      const whole: Omit<Monitor, 'name'> = { counters: [], interface: UNIT };
      assert.deepEqual(statesOf(await onPrimary(whole, parent)), [`one: VRRP group 10 on ${UNIT} MASTER`]);
      const child = {
        create: ibgp('primary'),
        owns: [['interfaces', 'ae0', 'unit', '1025', 'family', 'inet', 'address', '198.51.100.2/24']],
      };
      assert.deepEqual(statesOf(await onPrimary(whole, child)), [`one: VRRP group 20 on ${UNIT} MASTER`]);
    });

    it('the gateway’s own one, where a child has given another address the same number', async () => {
      const { primary } = routers;
      await set(
        primary,
        'set interfaces ae0 unit 1025 apply-groups VPNGW1-VRRP',
        'set interfaces ae0 unit 1025 family inet address 198.51.100.2/24 vrrp-group 10 virtual-address 198.51.100.2',
      );
      const whole: Omit<Monitor, 'name'> = { counters: [], interface: UNIT };
      // The child's group owns its virtual address, so it is master at once. The gateway's own group is not.
      const name = `one: VRRP group 10 on ${UNIT}`;
      assert.deepEqual(statesOf(await onPrimary(whole, parent)), [`${name} BACKUP`]);
      await clock.advance(SETTLED_MS);
      assert.deepEqual(statesOf(await onPrimary(whole, parent)), [`${name} MASTER`]);
    });
  });
});
