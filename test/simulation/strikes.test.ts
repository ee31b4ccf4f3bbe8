import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { asyncLocalStorage } from '@temporalio/activity';
import { harness } from '../chaos/harness.ts';
import { createVirtualClock } from '../simulator/device/virtual-clock.ts';
import type { Effect } from './faults.ts';
import { Meeting } from './meeting.ts';
import { Process } from './process.ts';
import { Steps } from './steps.ts';
import type { Step } from './steps.ts';
import { STRIKES, drawStrikes, strikerOf } from './strikes.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** One attempt of an activity, whose calls are made within it. */
function attemptOf(steps: Steps, activityType: string, workflowId = 'vpn_gateway:1') {
  const context = { info: { activityType, workflowExecution: { workflowId, runId: 'r' } } };
  const process = new Process('worker');
  return {
    step: (system: Step['system'], call: string) =>
      asyncLocalStorage.run(context as never, () => steps.of(system, process, () => call)) as Step,
  };
}

describe('points of a run', () => {
  it('are named by the activity, the call, and which of its kind it is in this attempt', () => {
    const steps = new Steps();
    for (const attempt of [attemptOf(steps, 'settle'), attemptOf(steps, 'settle')]) {
      for (const call of ['etcd mark settled', 'lock', 'etcd mark settled'])
        steps.pass('after', attempt.step('etcd', call));
    }
    assert.deepEqual(
      [...steps.passed],
      ['settle: after etcd mark settled 1', 'settle: after lock 1', 'settle: after etcd mark settled 2'],
    );
  });

  it('are none for a call that no activity makes', () => {
    assert.equal(
      new Steps().of('etcd', new Process('people'), () => 'etcd reserve'),
      undefined,
    );
  });

  it('make the next calls of that attempt fail, and of no other one', () => {
    const steps = new Steps();
    steps.striker = () => 'failure';
    const [struck, other] = [attemptOf(steps, 'settle'), attemptOf(steps, 'settle')];
    steps.pass('after', struck.step('etcd', 'etcd mark settled'));
    assert.equal(steps.fails(other.step('etcd', 'etcd free claims')), false);
    const failing = () => steps.fails(struck.step('etcd', 'etcd free claims'));
    assert.deepEqual([failing(), failing(), failing(), failing()], [true, true, true, false]);
  });
});

describe('strikes', () => {
  /** All points of an activity that the seed picks, as often as can be drawn, and what was done to the world. */
  function strike(
    seed: number,
    activity = drawStrikes(seed).activities[0] ?? '',
    only?: readonly string[],
    rare = ['add owed changes', 'free claims'],
  ) {
    const steps = new Steps();
    const effects: Effect[] = [];
    const gateways = [{ workflowId: 'vpn_gateway:1', pairId: 'pair' }];
    const struck = strikerOf(
      { ...drawStrikes(seed), systems: ['etcd'], ...(only && { only }) },
      { gateways: gateways as never, happens: () => undefined },
      (effect) => void effects.push(effect),
    );
    steps.striker = struck.striker;
    for (let times = 0; times < 2; times += 1) {
      const attempt = attemptOf(steps, activity);
      for (const write of ['mark settled', ...rare, 'publish', 'reserve']) {
        const step = attempt.step('etcd', `etcd ${write}`);
        steps.pass('before', step);
        steps.pass('after', step);
      }
    }
    return { strikes: struck.strikes, effects };
  }

  it('are the same for the same seed, and come to the points of its activities only', () => {
    const all = Array.from({ length: 50 }, (_, seed) => strike(seed));
    assert.deepEqual(
      all,
      Array.from({ length: 50 }, (_, seed) => strike(seed)),
    );
    assert.ok(all.every(({ strikes }) => strikes.length > 0 && strikes.length <= 4));
    assert.deepEqual(strike(1, 'none of the activities', undefined, []).strikes, []);
    assert.deepEqual(
      new Set(all.flatMap(({ strikes }) => strikes.map(({ kind }) => kind))),
      new Set(STRIKES),
    );
  });

  it('come to writes that few runs make, whatever activities the seed has picked', () => {
    const points = Array.from(
      { length: 20 },
      (_, seed) => strike(seed, 'none of the activities').strikes,
    ).flat();
    assert.ok(points.length > 0);
    for (const { point } of points) assert.match(point, /etcd (add owed changes|free claims) \d$/);
  });

  it('stay the same when another one is left out, so that a failure can be shrunk', () => {
    const [first, ...others] = strike(3).strikes;
    assert.ok(first !== undefined && others.length > 0);
    const left = strike(
      3,
      undefined,
      others.map(({ point }) => point),
    ).strikes;
    for (const one of others) assert.ok(left.some((strikes) => strikes.kind === one.kind));
  });
});

describe('a meeting', () => {
  const plan = {
    places: ['publishCompleted: etcd publish', 'settle: start'],
    opening: [],
    offsetMs: 3,
  } as const;

  function meeting() {
    const clock = createVirtualClock();
    const log: string[] = [];
    const one = new Meeting(
      plan,
      clock,
      () => undefined,
      (workflowId) => log.push(`opened for ${workflowId}`),
    );
    const arrive = (place: string) =>
      one.arrive(place, 'vpn_gateway:1', () => log.push(`${clock.now()} ${place}`));
    return { clock, log, one, arrive };
  }

  it('keeps who comes first until the other one is there, and lets both go within milliseconds', async () => {
    const { clock, log, one, arrive } = meeting();
    const began = clock.now();
    arrive('publishCompleted: etcd publish 1');
    arrive('publishCompleted: etcd publish 1');
    await clock.advance(1_000);
    arrive('settle: start');
    await clock.advance(100);
    assert.deepEqual(log, [
      'opened for vpn_gateway:1',
      `${began} publishCompleted: etcd publish 1`,
      `${began + 1_000} publishCompleted: etcd publish 1`,
      `${began + 1_003} settle: start`,
    ]);
    assert.equal(one.hasHappened, true);
  });

  it('waits for nobody for longer than a caller waits for the answer', async () => {
    const { clock, log, one, arrive } = meeting();
    arrive('publishCompleted: etcd publish 1');
    await clock.advance(5_000);
    assert.equal(log.length, 2);
    assert.equal(one.hasHappened, false);
  });
});

describe('the simulation with strikes', function () {
  this.timeout(120_000);

  it('lists every point that was passed, with what struck it', async () => {
    const { code, lines } = await harness(MAIN, '--seeds', '2..31', '--points');
    assert.equal(code, 0);
    for (const write of ['mark settled', 'end reservation', 'publish', 'register', 'permit commit'])
      for (const moment of ['before', 'after'])
        assert.ok(
          lines.some((line) => line.includes(`${moment} etcd ${write} 1: `)),
          `${moment} ${write}`,
        );
    for (const rpc of ['lock', 'confirmed commit', 'unlock'])
      assert.ok(lines.some((line) => line.startsWith(`apply: after ${rpc} on the first router 1: `)));
    assert.ok(lines.some((line) => /: (failure|freeze|lost answer|killed|late|race) \d+/.test(line)));
  });
});
