import assert from 'node:assert/strict';
import { drawSchedule as drawProcesses } from './processes/schedule.ts';
import { drawSchedule as drawSimulation } from '../simulation/schedule.ts';
import { drawSchedule as drawTimeSkipping } from './time-skipping/schedule.ts';

describe('somebody’s commit that a check confirms, on a router whose mark stays for ever', () => {
  const harnesses = {
    processes: drawProcesses,
    simulation: drawSimulation,
    'the server that skips time': drawTimeSkipping,
  };
  for (const [name, draw] of Object.entries(harnesses)) {
    it(`is drawn by ${name} in one of twenty schedules or more`, () => {
      const seeds = Array.from({ length: 400 }, (_, index) => index + 1);
      const drawn = seeds.filter((seed) => {
        const { workload, routers } = draw(seed);
        return workload.actions.some(
          (action) =>
            action.kind === 'operator tries' &&
            action.confirms === 'by check' &&
            routers[action.router].pendingMark === 'forever',
        );
      });
      assert.ok(drawn.length >= seeds.length / 20, `${drawn.length} of ${seeds.length}`);
    });
  }
});
