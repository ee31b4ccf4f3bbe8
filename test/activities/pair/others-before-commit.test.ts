/** Which VRRP groups of a unit count as others', right before a batch is committed: from what a router shows. */
import assert from 'node:assert/strict';
import type { PlannedMember, RouterChange } from '../../../activities/pair/members.ts';
import { othersBefore } from '../../../activities/pair/others-before.ts';
import type { LockedRouter } from '../../../activities/router/locked-router.ts';
import type { RouterConfiguration } from '../../../gateway/kind.ts';

const UNIT = 'ae0.5';
/** A group by its number: the address that holds it, and the group. */
const group = (number: number) =>
  `address 10.0.${number}.2/24 { vrrp-group ${number} { virtual-address 10.0.${number}.1; } }`;
const text = (...numbers: readonly number[]) =>
  `interfaces { ae0 { unit 5 { family inet { ${numbers.map(group).join(' ')} } } } }`;
const other = (number: number) => ({
  unit: UNIT,
  group: `10.0.${number}.2/24 vrrp-group ${number}`,
  state: 'MASTER',
});

/** A gateway that configures these groups in the unit, at one end of its change. */
function end(...numbers: readonly number[]): RouterConfiguration {
  const monitors = [{ name: 'port', interface: UNIT, counters: [] }];
  const owns = numbers.map((number) => ['interfaces', 'ae0', 'unit', '5', 'family', 'inet', `${number}`]);
  return { create: text(...numbers), arrange: [], remove: [], owns, monitors };
}

const MEMBER = { gateway: { resourceType: 'vpn_gateway', resourceId: 'g', version: 2 }, run: 'r', name: 'g' };

function planned(change: RouterChange['change'], ids = ['r1', 'r2']): PlannedMember {
  const changes = ids.map((id) => [id, { change } as RouterChange] as const);
  return { member: MEMBER, changes: new Map(changes) } as unknown as PlannedMember;
}

/** The routers that were asked. */
let asked: string[];
/** A router on which these groups are configured and MASTER. */
function router(id: string, ...numbers: readonly number[]): LockedRouter {
  return routerOf(id, { reservation: null }, ...numbers);
}

function routerOf(id: string, record: object, ...numbers: readonly number[]): LockedRouter {
  const done = <T>(value: T) => ({ kind: 'done', value }) as const;
  const running = numbers.map((number) => ({
    interface: UNIT,
    interfaceState: 'up',
    group: number,
    state: 'master',
    virtualAddresses: [`10.0.${number}.1`],
  }));
  const pipeline = async () => {
    asked.push(id);
    return [done({ name: UNIT }), done(running), done(text(...numbers)), done(text(...numbers))];
  };
  return { session: { id, netconf: { pipeline }, record } } as unknown as LockedRouter;
}

describe('the VRRP groups of others in a unit, before a batch is committed', () => {
  beforeEach(() => (asked = []));

  it('are those that no member has before or after it, on the routers where there are some', async () => {
    const update = planned({ before: end(10), after: end(11) });
    const child = planned({ before: null, after: end(20) });
    const gone = planned({ before: end(30), after: null });
    const routers = [router('r1', 10, 11, 20, 30, 77), router('r2', 10, 11, 20, 30)];
    assert.deepEqual(await othersBefore(routers, [update, child, gone], routers), {
      others: { r1: [other(77)] },
    });
    assert.deepEqual(await othersBefore(routers, [update, child, gone], routers.slice(1)), {});
  });

  it('are not asked for where no member may change roles', async () => {
    const create = planned({ before: null, after: end(10) });
    const update = planned({ before: end(11), after: end(12) }, ['r2']);
    const routers = [router('r1', 77), router('r2', 77)];
    assert.deepEqual(await othersBefore(routers, [create], routers), {});
    assert.deepEqual(asked, []);
    assert.deepEqual(await othersBefore(routers, [create, update], routers), { others: { r2: [other(77)] } });
    assert.deepEqual(asked, ['r2']);
  });

  it('are compared as far as they can travel with each answer: the last ones of each router', async () => {
    const update = planned({ before: end(10), after: end(11) });
    const many = Array.from({ length: 100 }, (_, index) => 100 + index);
    const routers = [router('r1', ...many), router('r2', ...many)];
    const { others = {} } = await othersBefore(routers, [update], routers);
    assert.deepEqual(Object.keys(others), ['r1', 'r2']);
    for (const groups of Object.values(others)) {
      // Half of 4 KiB for each router, and not a group less than fits.
      const bytes = JSON.stringify(groups).length;
      assert.ok(bytes <= 2_050 && bytes > 1_950, `${bytes} bytes`);
      assert.deepEqual(groups.at(-1), other(199));
    }
  });

  it('are those that an earlier attempt saw before its commit, where it may have committed', async () => {
    const update = planned({ before: end(10), after: end(11) });
    const seen = [
      { ...other(77), state: 'BACKUP' },
      { ...other(5), unit: 'ae0.6' },
    ];
    const record = (members: readonly object[]) => ({
      reservation: { members, vrrpBefore: { others: seen } },
    });
    const routers = [routerOf('r1', record([MEMBER]), 77, 78), routerOf('r2', record([]), 77)];
    assert.deepEqual(await othersBefore(routers, [update], []), { others: { r1: seen.slice(0, 1) } });
    assert.deepEqual(asked, []);
    assert.deepEqual(await othersBefore(routers, [update], routers), {
      others: { r1: [other(78), seen[0]], r2: [other(77)] },
    });
  });
});
