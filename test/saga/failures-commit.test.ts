import assert from 'node:assert/strict';
import { FAILURES } from '../../gateway/failures.ts';
import { ROLES } from '../../gateway/resource.ts';
import type { Role } from '../../gateway/resource.ts';
import type { FaultOutcome, FaultRule } from '../../simulator/server/index.ts';
import { tracesOf } from '../world/evidence.ts';
import { assertCandidatesFree, assertCreatedNext, failCreation } from '../world/failure.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('a creation whose commit goes wrong', function () {
  this.timeout(30_000);
  let world: World;
  let number = 0;
  before(async () => {
    world = await openWorld({ policy: { patienceMs: 8_000 } });
  });
  afterEach(async () => {
    for (const { device } of world.routers) device.faults.clear();
    await assertCandidatesFree(world);
  });
  after(() => world.close());

  const next = () => world.gateway('vpn_gateway', (number += 1));
  const fault = (gateway: TestGateway, role: Role, rule: FaultRule) =>
    world.pairOf(gateway)[role].device.faults.add(rule);
  /** What was done on each router for the gateway, newest first, as the commits' log lines say. */
  const commitsOf = (gateway: TestGateway) =>
    tracesOf(ROLES.map((role) => world.pairOf(gateway)[role])).map(({ commits }) =>
      commits
        .filter((log) => log?.includes(gateway.resourceId))
        .map((log) => wordOf(log ?? '', gateway.resourceId)),
    );

  for (const role of ROLES) {
    it(`on the ${role} alone takes it off the other one again`, async () => {
      const gateway = next();
      fault(gateway, role, { step: 'activate', outcome: { kind: 'refuse', message: 'disk full' } });
      await failCreation(world, gateway, {
        type: FAILURES.RouterRefused,
        says: new RegExp(`^router ${world.pairOf(gateway)[role].name} .*: commit was refused: .*disk full`),
      });
      const ours = commitsOf(gateway);
      const undone = ['reverted', 'on trial'];
      assert.deepEqual(ours, role === 'primary' ? [[], undone] : [undone, []]);
      await assertCreatedNext(world, gateway);
    });
  }

  it('on both leaves both as they were', async () => {
    const gateway = next();
    for (const role of ROLES) fault(gateway, role, { step: 'activate', outcome: { kind: 'refuse' } });
    await failCreation(world, gateway, { type: FAILURES.RouterRefused, says: /commit was refused/ });
    assert.deepEqual(commitsOf(gateway), [[], []]);
    await assertCreatedNext(world, gateway);
  });

  const lost: Readonly<
    Record<string, { readonly moment: 'before' | 'after'; readonly outcome: FaultOutcome }>
  > = {
    'is lost after it was carried out': { moment: 'after', outcome: { kind: 'drop' } },
    'comes only in part': { moment: 'after', outcome: { kind: 'truncate' } },
    'is lost with the request': { moment: 'before', outcome: { kind: 'drop' } },
    'has lost its connection, while the router goes on': {
      moment: 'before',
      outcome: { kind: 'drop-and-go-on' },
    },
  };
  for (const [index, [what, { moment, outcome }]] of Object.entries(lost).entries()) {
    for (const roles of [[index % 2 === 0 ? 'primary' : 'secondary'], ROLES] as const) {
      it(`and whose reply ${what}, on ${roles.length === 1 ? `the ${roles[0]}` : 'both'}, is finished all the same, once`, async () => {
        const gateway = next();
        for (const role of roles) fault(gateway, role, { step: 'activate', moment, outcome });
        const result = await world.create(gateway);
        assert.equal(result.kind, 'created', JSON.stringify(result));
        assert.deepEqual(commitsOf(gateway), [['on trial'], ['on trial']]);
        for (const { device } of world.routers) assert.equal(device.faults.size, 0, 'the fault never struck');
      });
    }
  }

  it('whose reply is lost on the one, and is refused on the other, is taken off the one', async () => {
    const gateway = next();
    fault(gateway, 'primary', { step: 'activate', moment: 'after', outcome: { kind: 'drop' } });
    fault(gateway, 'secondary', { step: 'activate', outcome: { kind: 'refuse', message: 'disk full' } });
    await failCreation(world, gateway, { type: FAILURES.RouterRefused, says: /disk full/ });
    assert.deepEqual(commitsOf(gateway), [['reverted', 'on trial'], []]);
    await assertCreatedNext(world, gateway);
  });

  it('and goes on alone, slowly, is waited for by the undo', async () => {
    const gateway = next();
    fault(gateway, 'secondary', { step: 'activate', outcome: { kind: 'refuse', message: 'disk full' } });
    fault(gateway, 'primary', { step: 'activate', outcome: { kind: 'delay', ms: 700 } });
    // The first is our own look at the candidate, the second the commit's.
    let checks = 0;
    fault(gateway, 'primary', {
      step: 'check',
      when: () => (checks += 1) === 2,
      outcome: { kind: 'drop-and-go-on' },
    });
    await failCreation(world, gateway, { type: FAILURES.RouterRefused, says: /disk full/ });
    for (const { device } of world.routers) assert.equal(device.faults.size, 0, 'a fault never struck');
    assert.deepEqual(commitsOf(gateway), [['reverted', 'on trial'], []]);
    await assertCreatedNext(world, gateway);
  });

  for (const step of ['load', 'check'] as const) {
    it(`and whose connection is lost at the ${step} is attempted again`, async () => {
      const gateway = next();
      fault(gateway, 'secondary', { step, outcome: { kind: 'drop' } });
      const result = await world.create(gateway);
      assert.equal(result.kind, 'created', JSON.stringify(result));
      assert.deepEqual(commitsOf(gateway), [['on trial'], ['on trial']]);
    });
  }

  it('and whose removal loses its reply too is undone once', async () => {
    const gateway = next();
    fault(gateway, 'secondary', { step: 'activate', outcome: { kind: 'refuse', message: 'disk full' } });
    let activations = 0;
    fault(gateway, 'primary', {
      step: 'activate',
      moment: 'after',
      when: () => (activations += 1) === 2,
      outcome: { kind: 'drop' },
    });
    await failCreation(world, gateway, { type: FAILURES.RouterRefused, says: /disk full/ });
    assert.deepEqual(commitsOf(gateway), [['reverted', 'on trial'], []]);
    await assertCreatedNext(world, gateway);
  });
});

/** A creation is on trial until it is confirmed, which leaves no line of its own. */
function wordOf(log: string, id: string): string {
  const found = /^gateway-saga reservation [\da-f]{8}\.\d+ (?:until \S+Z|(\w+)): (.*)$/.exec(log);
  assert.equal(found?.[2], `vpn_gateway:${id} version 1`, log);
  return found[1] ?? 'on trial';
}
