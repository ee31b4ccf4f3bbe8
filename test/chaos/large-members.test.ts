import assert from 'node:assert/strict';
import { drawRandomSchedule, drawSchedule as drawSimulation } from '../simulation/schedule.ts';
import { largeMembersOf, vrfConfigOf, withLargeMembers } from './large-members.ts';
import { drawSchedule as drawProcesses } from './processes/schedule.ts';
import { randomOf } from './random.ts';
import { drawWorkload } from './workload.ts';
import type { Workload } from './workload.ts';

/** What etcd takes in one request, and what we put into one. */
const REQUEST_OCTETS = 1.5 * 1024 * 1024;
const PART_OCTETS = 1024 * 1024;
const SEEDS = Array.from({ length: 2_000 }, (_, index) => index + 1);

/** Octets of all their configurations on one router. */
function octetsOf(workload: Workload): number {
  return largeMembersOf(workload).reduce((sum, { vrfConfigOctets = 0 }) => sum + vrfConfigOctets, 0);
}

describe('large members', () => {
  for (const [name, draw] of Object.entries({ processes: drawProcesses, simulation: drawSimulation }))
    it(`are drawn by ${name} in few schedules, in some of them too many for one request to etcd`, () => {
      const drawn = SEEDS.map((seed) => draw(seed).workload).filter((one) => largeMembersOf(one).length > 0);
      assert.ok(drawn.length >= SEEDS.length / 400, `${drawn.length} of ${SEEDS.length}`);
      assert.ok(drawn.length <= SEEDS.length / 30, `${drawn.length} of ${SEEDS.length}`);
      // A plan record holds the text of both routers.
      assert.ok(drawn.some((workload) => 2 * octetsOf(workload) > REQUEST_OCTETS));
    });

  it('are owed in some schedules, by a router that is away, and too many for one transaction', () => {
    const drawn = SEEDS.map(drawSimulation).filter(({ workload }) => octetsOf(workload) > PART_OCTETS);
    assert.ok(
      drawn.some(({ faults }) =>
        faults.some(
          ({ when, effect }) =>
            effect.kind === 'away' && when.kind === 'point' && when.point === 'start poll',
        ),
      ),
    );
  });

  it('change nothing for the seeds that have none', () => {
    const without = SEEDS.slice(0, 200).filter((seed) => seed % 2 === 1);
    for (const seed of without) {
      const schedule = drawSimulation(seed);
      const { workload } = schedule;
      if (largeMembersOf(workload).length > 0 || workload.changes !== undefined) continue;
      assert.deepEqual(schedule, drawRandomSchedule(seed), `seed ${seed}`);
    }
  });

  it('come on top of the others of their seed, at the same moment on one pair', () => {
    const options = { gateways: [1, 3], people: [0, 4], spanMs: 2_000 } as const;
    const drawn = drawWorkload(randomOf(7), options);
    const workload = withLargeMembers(drawn, randomOf(8), { share: 1, members: [5, 5], spanMs: 2_000 });
    assert.deepEqual(workload.gateways.slice(0, drawn.gateways.length), drawn.gateways);
    const large = largeMembersOf(workload);
    assert.equal(large.length, 5);
    assert.equal(new Set(large.map(({ pair }) => pair)).size, 1);
    assert.equal(new Set(workload.gateways.map(({ number }) => number)).size, workload.gateways.length);
    const begun = workload.actions.flatMap((action) =>
      action.kind === 'create' && action.gateway >= drawn.gateways.length ? [action.at] : [],
    );
    assert.equal(begun.length, 5);
    assert.ok(Math.max(...begun) - Math.min(...begun) <= 100);
    assert.deepEqual(
      workload.actions.map(({ at }) => at),
      workload.actions.map(({ at }) => at).toSorted((one, other) => one - other),
    );
    for (const gateway of large) {
      const { length } = vrfConfigOf(gateway);
      const { vrfConfigOctets = 0 } = gateway;
      assert.ok(length >= vrfConfigOctets && length < 65_536, `${length} of ${vrfConfigOctets}`);
    }
  });
});
