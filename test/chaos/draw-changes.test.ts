import assert from 'node:assert/strict';
import { gatewayOn } from '../../local/test-gateway.ts';
import { drawSchedule } from '../simulation/schedule.ts';
import { drawSchedule as drawForProcesses } from './processes/schedule.ts';
import { drawSchedule as drawForServer } from './time-skipping/schedule.ts';
import { CHANGES, additionTo, changed, firstOf } from './changes.ts';

const SEEDS = Array.from({ length: 600 }, (_, index) => index + 1);

describe('changes of gateways', () => {
  const schedules = SEEDS.map(drawSchedule);
  const drawn = schedules.flatMap(({ workload }) => workload.changes ?? []);

  it('are drawn by the simulation in a third of its schedules, each of them in some, in order of time', () => {
    const share = schedules.filter(({ workload }) => workload.changes !== undefined).length / SEEDS.length;
    assert.ok(share > 0.25 && share < 0.42, String(share));
    const kinds = new Set(drawn.flatMap((one) => (one.kind === 'change' ? [one.of] : [])));
    assert.deepEqual([...kinds].sort(), [...CHANGES].sort());
    for (const { workload } of schedules) {
      const times = (workload.changes ?? []).map(({ at }) => at);
      assert.deepEqual(
        times,
        times.toSorted((one, other) => one - other),
      );
    }
  });

  const others = { 'real processes': drawForProcesses, 'the time-skipping server': drawForServer };
  for (const [name, draw] of Object.entries(others))
    it(`are drawn for ${name} by the same code, in a third of the schedules, and within its time`, () => {
      const all = SEEDS.map((seed) => draw(seed));
      const changed = all.filter(({ workload }) => workload.changes !== undefined);
      assert.ok(changed.length > SEEDS.length / 4 && changed.length < SEEDS.length * 0.42);
      const changes = changed.flatMap(({ workload }) => workload.changes ?? []);
      const kinds = new Set(changes.flatMap((one) => (one.kind === 'change' ? [one.of] : [])));
      assert.deepEqual([...kinds].sort(), [...CHANGES].sort());
      for (const kind of ['operator adds', 'marked record removed'])
        assert.ok(changes.some((one) => one.kind === kind));
      assert.ok(changes.every(({ at }) => at >= 0 && at < 15_000));
      // What was drawn for a quiet beginning comes after it.
      for (const { workload, quietMs } of changed)
        assert.ok(workload.actions.every(({ kind, at }) => kind === 'create' || at >= quietMs));
    });

  it('come where operators have statements of their own in some schedules, but in none that is calm', () => {
    assert.ok(drawn.filter(({ kind }) => kind === 'operator adds').length > 50);
    const calm = schedules.filter(({ seed }) => seed % 10 === 1);
    assert.ok(calm.some(({ workload }) => (workload.changes ?? []).length > 0));
    for (const { workload } of calm)
      assert.ok((workload.changes ?? []).every((one) => one.kind === 'change' && one.insists));
  });

  for (const kind of ['vpn_gateway', 'internet_gateway'] as const)
    it(`set out from the first version of a ${kind}, and each has a version of its own`, () => {
      const test = gatewayOn(kind, { primary: 'a', secondary: 'b' }, 3);
      const first = firstOf(test);
      const vlan = /ae0\.(\d+)/;
      for (const [index, of] of CHANGES.entries()) {
        const records = changed(test, first, of);
        assert.equal(records.at(-1), test.gateway);
        assert.equal(test.gateway.version, index + 2);
        assert.equal(test.gateway.markedForDeletion, of === 'deletion');
        const text = JSON.stringify(test.gateway.body);
        assert.equal(
          vlan.exec(text)?.[1],
          of === 'vlans' || (of === 'nothing' && was(index)) ? '3028' : '1028',
        );
        for (const { type, body } of records.slice(0, -1))
          assert.equal(test.gateway.body[`${type}_id`], body.id);
      }
      /** The change before left it in other VLANs. */
      function was(index: number): boolean {
        return CHANGES[index - 1] === 'vlans';
      }
    });

  it('leave place for statements of operators in the unit and in the instance', () => {
    const test = gatewayOn('vpn_gateway', { primary: 'a', secondary: 'b' }, 3);
    assert.equal(additionTo(test, 'unit', 7), 'interfaces ae0 unit 1028 family inet address 203.0.113.7/32');
    assert.match(
      additionTo(test, 'instance', 7),
      /^routing-instances vrf_gw_\S+_1028 routing-options static route/,
    );
  });
});
