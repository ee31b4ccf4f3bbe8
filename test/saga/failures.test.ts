import assert from 'node:assert/strict';
import { readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { failedState } from '../../gateway/records.ts';
import type { Role } from '../../gateway/resource.ts';
import type { LocalRouter } from '../../local/routers.ts';
import { client, COMMIT, confirmed, LOCK, UNLOCK } from '../simulator/device/scene.ts';
import { assertUntouched, keysOf, putRaw, tracesOf } from '../world/evidence.ts';
import { assertCandidatesFree, assertCreatedNext, assertUndone, failCreation } from '../world/failure.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('a creation that fails before anything is committed', function () {
  this.timeout(30_000);
  let world: World;
  let number = 0;
  before(async () => {
    world = await openWorld({ policy: { patienceMs: 800 } });
  });
  afterEach(() => assertCandidatesFree(world));
  after(() => world.close());

  /** Each has a unit and a VRF of its own. */
  const next = (kind: 'vpn_gateway' | 'internet_gateway' = 'vpn_gateway') =>
    world.gateway(kind, (number += 1));
  const routerOf = (gateway: TestGateway, role: Role): LocalRouter => world.pairOf(gateway)[role];

  for (const role of ['primary', 'secondary'] as const) {
    it(`for a ${role} that can't be reached: the router is waited for, then given up`, async () => {
      const gateway = next();
      const { server } = routerOf(gateway, role);
      server.setReachable(false);
      try {
        await failCreation(world, gateway, {
          type: FAILURES.RouterUnreachable,
          says: new RegExp(
            `^router MX-\\d \\(127\\.0\\.0\\.1, port ${server.port}\\): .* \\(given up after \\d+ s\\)$`,
          ),
        });
      } finally {
        server.setReachable(true);
      }
      await assertCreatedNext(world, gateway);
    });
  }

  it('not at all for a router that comes back while it is waited for', async () => {
    const gateway = next();
    const { server } = routerOf(gateway, 'primary');
    server.setReachable(false);
    const timer = setTimeout(() => server.setReachable(true), 500);
    try {
      const outcome = await world.create(gateway);
      assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    } finally {
      clearTimeout(timer);
      server.setReachable(true);
    }
  });

  it('for an unknown host key: with the fingerprint, and the line that would add it', async () => {
    const gateway = next();
    const { server } = routerOf(gateway, 'secondary');
    const text = await readFile(world.knownHosts, 'utf8');
    await writeFile(world.knownHosts, text.replace(server.hostKeyLine, ''));
    await utimes(world.knownHosts, 0, 0);
    // Sessions that stand were checked when they began.
    server.setReachable(false);
    server.setReachable(true);
    const literal = (words: string) => words.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
    try {
      await failCreation(world, gateway, {
        type: FAILURES.HostKeyRejected,
        says: new RegExp(
          `host key ssh-ed25519 ${literal(server.fingerprint)} is unknown; .*ssh-keyscan -p ${server.port} 127\\.0\\.0\\.1 >> ${literal(world.knownHosts)}`,
        ),
      });
    } finally {
      await writeFile(world.knownHosts, text);
    }
    await assertCreatedNext(world, gateway);
  });

  it('for a known_hosts that stays away: names the file, with the line that would add the key', async () => {
    const gateway = next();
    const { server } = routerOf(gateway, 'secondary');
    const aside = `${world.knownHosts}.aside`;
    await rename(world.knownHosts, aside);
    server.setReachable(false);
    server.setReachable(true);
    try {
      await failCreation(world, gateway, {
        type: FAILURES.RouterUnreachable,
        says: /is unknown \(\S+ can't be read \(ENOENT\)\); .*ssh-keyscan -p \d+ .* \(given up after \d+ s\)$/,
      });
    } finally {
      await rename(aside, world.knownHosts);
    }
    await assertCreatedNext(world, gateway);
  });

  it('for a lock that an operator never releases: names the operator', async () => {
    const gateway = next();
    const operator = client(routerOf(gateway, 'secondary').device);
    await operator.ok(LOCK);
    await failCreation(world, gateway, {
      type: FAILURES.RouterBusy,
      says: /^MX-2: configuration database locked by: esi\b.*\(given up after \d+ s\)$/,
    });
    await operator.ok(UNLOCK);
    operator.session.close();
    await assertCreatedNext(world, gateway);
  });

  it('not at all for a lock that an operator releases after a while', async () => {
    const gateway = next();
    const operator = client(routerOf(gateway, 'primary').device);
    await operator.ok(LOCK);
    const timer = setTimeout(() => operator.session.close(), 400);
    const outcome = await world.create(gateway);
    clearTimeout(timer);
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
  });

  it("for another user's unfinished edits, which stay", async () => {
    const gateway = next();
    const operator = client(routerOf(gateway, 'primary').device);
    await operator.set('set system host-name half-way');
    const edits = await operator.compare();
    assert.match(edits, /half-way/);
    await failCreation(world, gateway, {
      type: FAILURES.RouterBusy,
      says: /^MX-1: .*(modified|unfinished edits).*\(given up after \d+ s\)$/s,
    });
    assert.equal(await operator.compare(), edits);
    await operator.ok('<discard-changes/>');
    operator.session.close();
    await assertCreatedNext(world, gateway);
  });

  it("for another user's pending confirmed commit, which stays pending", async () => {
    const gateway = next();
    const { device } = routerOf(gateway, 'secondary');
    const operator = client(device);
    await operator.set('set system host-name on-trial');
    await operator.ok(confirmed(10));
    await failCreation(world, gateway, {
      type: FAILURES.RouterBusy,
      says: /^MX-2: a confirmed commit by esi at \S+ \S+ \S+ is pending \(given up after \d+ s\)$/,
    });
    assert.ok(device.snapshot().pending !== undefined, 'somebody confirmed it');
    await operator.set('set system host-name MX-2');
    await operator.ok(COMMIT);
    operator.session.close();
    await assertCreatedNext(world, gateway);
  });

  for (const [what, line] of [
    [
      'unit',
      (gateway: TestGateway) =>
        `set interfaces ae0 unit ${String(gateway.gateway.body['vlan_id'])} description theirs`,
    ],
    [
      'routing instance',
      (gateway: TestGateway) =>
        `set routing-instances ${String(gateway.gateway.body['vrf_name'])} instance-type virtual-router`,
    ],
    [
      'term in a shared filter',
      (gateway: TestGateway) =>
        `set firewall family inet filter INET_OUT term ${String(gateway.gateway.body['vrf_name'])}_filter then accept`,
    ],
  ] as const) {
    it(`for a ${what} that stands on the router already: refused before anything is loaded`, async () => {
      const gateway = next('internet_gateway');
      const { device } = routerOf(gateway, 'secondary');
      const operator = client(device);
      await operator.set(line(gateway));
      await operator.commit();
      let loads = 0;
      const count = device.faults.add({
        step: 'load',
        when: () => {
          loads += 1;
          return false;
        },
        outcome: { kind: 'drop' },
      });
      const traces = tracesOf(world.routers);
      await failCreation(world, gateway, {
        type: FAILURES.Conflict,
        says: /^MX-4: ".*" is configured there already, by somebody else$/,
      });
      count();
      assert.equal(loads, 0);
      assert.deepEqual(
        tracesOf(world.routers).map(({ commits }) => commits),
        traces.map(({ commits }) => commits),
      );
      await operator.set(
        line(gateway)
          .replace('set', 'delete')
          .replace(/ (description|instance-type|then) .*/, ''),
      );
      await operator.commit();
      operator.session.close();
      await assertCreatedNext(world, gateway);
    });
  }

  it('for what another gateway claims: says which, and touches no router', async () => {
    const first = next();
    assert.equal((await world.create(first)).kind, 'created');
    const second = world.gateway('vpn_gateway', number);
    const before = tracesOf(world.routers);
    const outcome = await world.create(second);
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.type, FAILURES.Conflict);
    assert.match(
      outcome.message,
      new RegExp(
        `^".*" on edge router MX-\\d+ \\(\\S+\\) belongs to vpn_gateway \\S+ \\(${first.resourceId}\\)$`,
      ),
    );
    assertUntouched(world.routers, before);
    assert.deepEqual(await keysOf(world, second), { [KEYS.state(second)]: failedState(1, outcome.message) });
    assert.equal(Object.keys(await keysOf(world, first)).filter((key) => key.includes('/claims/')).length, 6);
  });

  for (const role of ['primary', 'secondary'] as const) {
    it(`for a ${role} whose own check refuses: its message is kept, the other one is left alone`, async () => {
      const gateway = next();
      const service = gateway.neighbour('vpn_service');
      const group = service.body[`${role}_downlink_vrrp_config_group`];
      service.body[`${role}_downlink_vrrp_config_group`] = 'NO-SUCH-GROUP';
      const before = tracesOf(world.routers);
      await failCreation(world, gateway, {
        type: FAILURES.RouterRefused,
        says: new RegExp(`^router MX-\\d .*: check was refused: .*NO-SUCH-GROUP`),
      });
      assert.deepEqual(
        tracesOf(world.routers).map(({ commits }) => commits),
        before.map(({ commits }) => commits),
      );
      service.body[`${role}_downlink_vrrp_config_group`] = group;
      await putRaw(world, recordOf(service).key, recordOf(service).value);
      await assertCreatedNext(world, gateway);
    });
  }

  it('for a load that one router takes only in part', async () => {
    const gateway = next();
    const { device } = routerOf(gateway, 'primary');
    device.faults.add({
      step: 'load',
      moment: 'after',
      outcome: { kind: 'refuse', message: 'syntax error' },
    });
    await failCreation(world, gateway, {
      type: FAILURES.RouterRefused,
      says: /load-configuration was refused: .*syntax error/,
    });
    await assertCreatedNext(world, gateway);
  });

  it('twice in a row, each version with an outcome of its own', async () => {
    const gateway = next();
    const before = tracesOf(world.routers);
    const service = gateway.neighbour('vpn_service').body;
    service['primary_downlink_vrrp_config_group'] = 'NO-SUCH-GROUP';
    const expected = { type: FAILURES.RouterRefused, says: /NO-SUCH-GROUP/ };
    await failCreation(world, gateway, expected);
    gateway.gateway.version = 2;
    await failCreation(world, gateway, expected);
    await assertUndone(world, gateway, before, expected);
    const states = (await world.history(KEYS.state(gateway))) as { version: number }[];
    assert.deepEqual(
      states.map(({ version }) => version),
      [1, 2],
    );
  });
});
