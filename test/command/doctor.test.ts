import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import { main } from '../../command/run.ts';
import { KEYS } from '../../etcd/keys.ts';
import { failedState } from '../../gateway/records.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { client, confirmed } from '../simulator/device/scene.ts';
import { putRaw, removeKeys, revisionOf, tracesOf } from '../world/evidence.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

describe('gateway-saga doctor', function () {
  this.timeout(60_000);
  let world: World;
  let gateway: TestGateway;
  let ids: readonly [string, string];

  before(async () => {
    world = await openWorld();
    // Routers of other suites have gone, and would be differences.
    const etcd = new Etcd3({ hosts: [...world.stack.etcd.endpoints] });
    for (const prefix of ['/config/v2.0/edge_routers/', '/gateway-saga/', '/state/'])
      await etcd.delete().prefix(prefix);
    etcd.close();
    gateway = world.gateway('vpn_gateway', 1);
    assert.equal((await world.create(gateway)).kind, 'created');
    const { primary, secondary } = world.pairOf(gateway);
    ids = [primary.id, secondary.id];
    await untilPairEnds();
  });
  after(async () => {
    await world.close();
  });
  /** Each test mends what it broke. */
  afterEach(async () => {
    const { code, out } = await doctor();
    assert.deepEqual([code, out], [0, 'no difference: 2 routers, 1 gateways\n']);
  });

  it('finds nothing to mend where everything is well, and leaves etcd and the routers as they are', async () => {
    const before = [await revisionOf(world), tracesOf(world.routers).map(({ commits }) => commits)];
    assert.equal((await doctor()).code, 0);
    assert.equal((await doctor('--json')).out, '[]\n');
    const after = [await revisionOf(world), tracesOf(world.routers).map(({ commits }) => commits)];
    assert.deepEqual(after, before);
  });

  it('finds a gateway that stands without plan record and /state', async () => {
    const keys = [KEYS.plan(gateway), KEYS.state(gateway)];
    const values = await Promise.all(keys.map(raw));
    await removeKeys(world, keys);
    await assertFinds(
      /^vpn_gateway \S+ \(\S+\): MX-1 carries it whole; MX-2 carries it whole; \/state says nothing$/,
      `gateway-saga apply vpn_gateway ${gateway.resourceId}`,
    );
    for (const [index, key] of keys.entries()) await putRaw(world, key, values[index] ?? '');
  });

  it('finds a created gateway that a router carries only in part', async () => {
    const { primary } = world.pairOf(gateway);
    const running = primary.device.running();
    const operator = client(primary.device);
    await operator.set(`delete routing-instances ${String(gateway.gateway.body['vrf_name'])}`);
    await operator.commit();
    await assertFinds(
      /\/state says that it stands, but MX-1 carries a part of it; MX-2 carries it whole$/,
      /^put back by hand what is missing/,
    );
    await operator.load(running, 'override');
    await operator.commit();
    operator.session.close();
  });

  it('leaves out what others have beside the gateway in its stanzas, and finds what they changed of it', async () => {
    const { primary } = world.pairOf(gateway);
    const running = primary.device.running();
    const operator = client(primary.device);
    const instance = `routing-instances ${String(gateway.gateway.body['vrf_name'])}`;
    await operator.set(`set ${instance} routing-options static route 198.51.100.0/24 discard`);
    await operator.commit();
    assert.deepEqual(await findings(), { code: 0, found: [] });
    await operator.set(`set ${instance} instance-type vrf`);
    await operator.commit();
    await assertFinds(
      /but MX-1 carries it with "routing-instances \S+( instance-type)?" changed; MX-2 carries it whole$/,
      /^put back by hand what is missing/,
    );
    await operator.load(running, 'override');
    await operator.commit();
    operator.session.close();
  });

  it('finds a created gateway without plan record, and one without a claim', async () => {
    const key = KEYS.plan(gateway);
    const value = await raw(key);
    await removeKeys(world, [key]);
    await assertFinds(
      /\/state says that it stands, but its plan record is gone; .*MX-1 carries it whole/,
      /backup/,
    );
    await putRaw(world, key, value);
    const plan = await world.store.planRecord(gateway);
    const claim = KEYS.claim(ids[0], plan?.routers.primary.after?.owns[0] ?? []);
    const holder = await raw(claim);
    await removeKeys(world, [claim]);
    await assertFinds(
      /does not have the claim \/gateway-saga\/claims\//,
      `etcdctl put '${claim}' '${holder}'`,
    );
    await putRaw(world, claim, holder);
  });

  it('finds that a secret of the gateway is gone, and says what a person must do', async () => {
    const [key, before] = [KEYS.secrets(gateway), await raw(KEYS.plan(gateway))];
    // Any word of the router stands for a placeholder.
    const placeholder = '<secret:description:0123456789abcdef>';
    const text = before.replaceAll(/description (?:\\"[^"]*\\"|[^";]+);/g, `description ${placeholder};`);
    await putRaw(world, KEYS.plan(gateway), text);
    await assertFinds(
      new RegExp(`^vpn_gateway \\S+ \\(\\S+\\): ${key} has no ${placeholder}; without it no update can`),
      `put ${key} back from a backup of etcd; if there is none, mark the gateway for deletion, then create it anew: gateway-saga delete vpn_gateway ${gateway.resourceId}`,
    );
    await putRaw(world, key, JSON.stringify({ key: 'a2V5', values: { [placeholder]: 'Sesame7' } }));
    assert.deepEqual(await findings(), { code: 0, found: [] });
    await putRaw(world, KEYS.plan(gateway), before);
    await removeKeys(world, [key]);
  });

  it('finds a claim that nothing explains', async () => {
    const key = KEYS.claim(ids[0], ['interfaces', 'ge-0/0/9']);
    const holder = { resourceType: 'vpn_gateway', resourceId: 'nobody' };
    await putRaw(world, key, JSON.stringify(holder));
    await assertFinds(/^vpn_gateway nobody: it has the claim/, `etcdctl del '${key}'`);
    await removeKeys(world, [key]);
  });

  it('finds the plan record of a run that has ended, unless its saga runs', async () => {
    const nothing = { before: null, after: null };
    const plan = await world.store.planRecord(gateway);
    const other = { resourceType: 'vpn_gateway', resourceId: 'ended' };
    const routers = { primary: { id: ids[0], ...nothing }, secondary: { id: ids[1], ...nothing } };
    const record = { ...plan, gateway: { ...other, version: 1 }, kept: undefined, routers };
    await putRaw(world, KEYS.plan(other), JSON.stringify(record));
    await assertFinds(
      /^vpn_gateway ended version 1: its run has ended/,
      'gateway-saga apply vpn_gateway ended',
    );
    await putRaw(world, KEYS.state(other), JSON.stringify(failedState(1, 'the first time')));
    const [{ modRevision: replaces }] = await world.etcd.read('test', [KEYS.state(other)] as const);
    await putRaw(world, KEYS.plan(other), JSON.stringify({ ...record, replaces }));
    await assertFinds(
      /^vpn_gateway ended version 1: its run has ended/,
      'gateway-saga apply vpn_gateway ended --again',
    );
    await putRaw(world, KEYS.state(other), JSON.stringify(failedState(1, 'the second time')));
    assert.deepEqual((await findings()).found, []);
    await removeKeys(world, [KEYS.plan(other), KEYS.state(other)]);
  });

  it('finds a reservation and a permitted member that no workflow of the pair settles, and what is owed', async () => {
    const reservation = { reservation: 'left.1', routers: ids };
    const since = new Date().toISOString();
    await world.store.reserve({ ...reservation, pair: pairIdOf(ids), since });
    const issued = await world.store.issueToken(reservation, {});
    assert.ok(issued.kind === 'issued');
    const member = { gateway: { ...gateway, version: 1 }, run: 'left' };
    await world.store.permitCommit(issued.fence, [ids[0]], [member], since);
    const owed = {
      gateway: { resourceType: 'vpn_gateway', resourceId: 'gone', version: 1 },
      role: 'primary',
      change: { before: null, after: null },
      since,
      reason: 'the router was away',
    } as const;
    await world.store.addOwedChanges(issued.fence, ids[0], [owed]);
    const { found } = await findings();
    assert.equal(found.length, 3, JSON.stringify(found));
    assert.match(found[0]?.what ?? '', /owes the revert of vpn_gateway gone version 1: the router was away$/);
    assert.match(
      found[1]?.what ?? '',
      /reserved by router_pair:\S+, whose workflow does not run, and nobody settles vpn_gateway \S+ \(\S+\)$/,
    );
    assert.match(
      found[1]?.mend ?? '',
      /^temporal workflow signal-with-start --type routerPair .* --signal-name wake$/,
    );
    await world.store.payOwedChange(issued.fence, ids[0], owed);
    await world.store.endReservation(reservation);
  });

  it("finds somebody's pending commit, and a maintenance hold", async () => {
    const operator = client(world.pairOf(gateway).primary.device, 'esi');
    await operator.set('set system location building 7');
    await operator.ok(confirmed(10, 'a safety net'));
    await assertFinds(
      /^MX-1: a confirmed commit by esi at .* \("a safety net"\) is pending$/,
      /whoever made it confirms it/,
    );
    await operator.set('delete system location');
    await operator.commit();
    operator.session.close();
    await world.store.beginMaintenance(ids[1], { reason: 'new line card', since: new Date().toISOString() });
    await assertFinds(
      /^MX-2: held for maintenance: new line card \(since \S+\)$/,
      `gateway-saga routers release ${ids[1]}`,
    );
    await world.store.endMaintenance(ids[1]);
  });

  it('says which router it could not look at, and is readable at 80 columns', async () => {
    const { secondary } = world.pairOf(gateway);
    secondary.server.setReachable(false);
    const { code, out } = await doctor();
    assert.equal(code, 1);
    assert.match(out, /^MX-2: can't be looked at: /);
    for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
    secondary.server.setReachable(true);
  });

  it('does not understand an argument', async () => {
    assert.equal((await doctor('everything')).code, 2);
  });

  /** The last one: nothing of the gateway is left, but the routers' commit histories. `afterEach` looks for differences. */
  it('finds nothing of a gateway that was deleted, although commits name it', async () => {
    const key = KEYS.config({ type: gateway.resourceType, id: gateway.resourceId });
    const marked = { ...(JSON.parse(await raw(key)) as object), version: 2, marked_for_deletion: true };
    await putRaw(world, key, JSON.stringify(marked));
    const run = await world.client.delete(gateway);
    assert.equal((await run.result()).kind, 'deleted');
    await untilPairEnds();
    assert.equal(await raw(KEYS.plan(gateway)), '');
  });

  async function doctor(...argv: string[]) {
    const io = fakeIo({
      ETCDCTL_ENDPOINTS: world.stack.etcd.endpoints.join(','),
      TEMPORAL_ADDRESS: world.stack.temporal.address,
      GATEWAY_SAGA_KNOWN_HOSTS: world.knownHosts,
      GATEWAY_SAGA_CONNECT_TO: world.routers.map(({ id, host, port }) => `${id}:${host}:${port}`).join(','),
    });
    const code = await main(['doctor', ...argv], io);
    assertDescribed('doctor', argv, io.out());
    return { code, out: io.out() + io.err() };
  }

  async function findings() {
    const { code, out } = await doctor('--json');
    return { code, found: JSON.parse(out) as { what: string; mend: string }[] };
  }

  async function assertFinds(what: RegExp, mend: RegExp | string): Promise<void> {
    const { code, found } = await findings();
    assert.deepEqual([code, found.length], [1, 1], JSON.stringify(found));
    assert.match(found[0]?.what ?? '', what);
    if (typeof mend === 'string') assert.equal(found[0]?.mend, mend);
    else assert.match(found[0]?.mend ?? '', mend);
  }

  async function raw(key: string): Promise<string> {
    return (await world.etcd.read('raw', [key] as const))[0].value?.toString() ?? '';
  }

  /** No saga and no pair runs any more, in Temporal's list either. */
  async function untilPairEnds(): Promise<void> {
    const handles = [workflowIdOf(gateway), pairIdOf(ids)];
    await world.temporal.workflow.getHandle(handles[1] ?? '').terminate('to be idle');
    for (;;) {
      let running = 0;
      for await (const one of world.temporal.workflow.list({ query: "ExecutionStatus = 'Running'" }))
        if (handles.includes(one.workflowId)) running += 1;
      if (running === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
