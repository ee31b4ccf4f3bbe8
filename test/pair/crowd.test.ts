import assert from 'node:assert/strict';
import { emptyPair } from '../../pair/state.ts';
import { decide } from '../../pair/decide.ts';
import { PAIR_LIMITS } from '../../pair/limits.ts';
import { Crowd } from './crowd.ts';
import { APPLY, run } from './driver.ts';

/** Well below the 2 MiB that Temporal takes as one input. These names are short; what the longest add is judged where they are bounded. */
const MOST_CHARACTERS = 300_000;

/** How far at most one was applied before another that had come earlier, counted in gateways. */
function overtaken(order: readonly number[]): number {
  let highest = -1;
  let most = 0;
  for (const number of order) {
    most = Math.max(most, highest - number);
    highest = Math.max(highest, number);
  }
  return most;
}

function assertAllKept(crowd: Crowd): void {
  const others = crowd.sagas.filter(({ isGone, end }) => !isGone && end !== 'kept');
  assert.deepEqual(
    others.map(({ member, end }) => `${member.name}: ${end}`),
    [],
  );
}

interface Served {
  readonly longest: number;
  /** How often each asked. */
  readonly asked: number;
}

describe('a crowd on one pair', function () {
  this.timeout(300_000);

  it('is served to the last, in the order of arrival, without a break, and in memory that does not grow with it', () => {
    const [few, many] = [1_250, 5_000].map((count) => {
      const crowd = new Crowd();
      crowd.comes(count, 2);
      crowd.ends();
      assertAllKept(crowd);
      // Those who are before the gate enter as they wake.
      assert.ok(overtaken(crowd.applied) < PAIR_LIMITS.waiting, `${overtaken(crowd.applied)} overtaken`);
      assert.ok(crowd.longest < MOST_CHARACTERS, `${crowd.longest} characters`);
      const full = Math.ceil(count / PAIR_LIMITS.batch);
      assert.ok(crowd.state.reservations <= Math.ceil(full * 1.05), `${crowd.state.reservations} batches`);
      const asked = crowd.sagas.reduce((sum, saga) => sum + saga.asked, 0) / count;
      return { longest: crowd.longest, asked };
    }) as [Served, Served];
    // The numbers are longer, nothing else.
    assert.ok(many.longest < few.longest * 1.05, `${few.longest} and ${many.longest} characters`);
    // Four times as many ask once or twice more, because they sleep longer.
    assert.ok(few.asked < 4, `each asked ${few.asked} times`);
    assert.ok(many.asked < few.asked + 2, `each asked ${few.asked} and ${many.asked} times`);
  });

  it('is served although nine of ten at the door never come again, and those who are left keep their order', () => {
    const crowd = new Crowd();
    crowd.comes(3_000, 2);
    crowd.passes(7_000);
    for (const saga of crowd.sagas) if (saga.isAtTheDoor && saga.number % 10 !== 0) crowd.terminate(saga);
    crowd.ends();
    assertAllKept(crowd);
    assert.ok(overtaken(crowd.applied) < 10 * PAIR_LIMITS.waiting);
    // Twelve minutes: the time for those who came, and the longest sleep.
    assert.ok(crowd.agenda.now < 12 * 60_000, `${crowd.agenda.now} ms`);
  });

  it('keeps its order although a batch takes longer than a place is kept', () => {
    const crowd = new Crowd();
    crowd.pollMs = 60_000;
    crowd.comes(1_500, 2);
    crowd.ends();
    assertAllKept(crowd);
    assert.ok(overtaken(crowd.applied) < PAIR_LIMITS.waiting, `${overtaken(crowd.applied)} overtaken`);
  });

  it('does not sleep too long after a batch that was kept up', () => {
    const [even, stalled] = [0, 120_000].map((ms) => {
      const crowd = new Crowd();
      crowd.comes(3_000, 2);
      crowd.passes(20_000);
      crowd.stalls(ms);
      crowd.ends();
      assertAllKept(crowd);
      return crowd.agenda.now - ms;
    }) as [number, number];
    assert.ok(stalled < even * 1.1, `${stalled} ms besides the stall, ${even} ms without one`);
  });

  it('that is cancelled at the door leaves it, and whoever comes then enters at once', () => {
    const crowd = new Crowd();
    crowd.comes(3_000, 2);
    crowd.passes(7_000);
    const cancelled = crowd.sagas.filter(({ isAtTheDoor }) => isAtTheDoor);
    assert.ok(cancelled.length > 2_000);
    for (const saga of cancelled) crowd.cancel(saga);
    crowd.passes(60_000);
    for (const { end } of cancelled) assert.equal(end, 'reverted');
    const { reservations } = crowd.state;
    crowd.comes(1, 0);
    crowd.passes(1_000);
    const last = crowd.sagas.at(-1);
    assert.equal(last?.isAtTheDoor, false);
    crowd.ends();
    assertAllKept(crowd);
    assert.ok(crowd.state.reservations <= reservations + 2);
  });

  it('keeps its order when the workflow is terminated again and again, or continues as new', () => {
    const crowd = new Crowd();
    crowd.comes(2_000, 2);
    for (let times = 0; times < 3; times += 1) {
      crowd.passes(30_000);
      crowd.continuesAsNew();
      crowd.passes(5_000);
      crowd.beginsAnew();
    }
    // Who comes before anybody has shown a ticket enters, because a workflow that began anew can't know better.
    crowd.passes(5_000);
    crowd.comes(200, 2);
    crowd.ends();
    assertAllKept(crowd);
    const order = [...new Set(crowd.applied)];
    // Each time those who come first fill the empty pair, before the others have sent their requests again.
    const places = PAIR_LIMITS.waiting + PAIR_LIMITS.batch;
    assert.ok(overtaken(order) < 3 * places, `${overtaken(order)} overtaken`);
    // Newcomers overtake only those before the gate that sleep.
    const overtakenByNew = order
      .slice(order.findIndex((number) => number >= 2_000))
      .filter((number) => number < 2_000);
    assert.ok(
      overtakenByNew.length <= PAIR_LIMITS.waiting,
      `${overtakenByNew.length} overtaken by newcomers`,
    );
  });

  it('costs the same for each request, however many came before', () => {
    let reads = 0;
    const counted = <T extends object>(member: T): T =>
      new Proxy(member, {
        get: (of, key) => {
          reads += 1;
          return Reflect.get(of, key) as unknown;
        },
      });
    let state = emptyPair('t');
    const costs: number[] = [];
    for (let number = 0; number < 1_500; number += 1) {
      state = { ...state, waiting: state.waiting.map((one) => one) };
      const replyTo = { workflowId: `${number}`, runId: 'run', activityId: 'apply' };
      const request = { ...run(`${number}`), sequence: number, replyTo, action: APPLY };
      const waiting = state.waiting.map(counted);
      reads = 0;
      const before = { ...state, waiting };
      const decision = decide(before, { kind: 'requested', request }, 1_000, {
        batchLimit: 64,
        paused: true,
      });
      costs.push(reads);
      // A full queue is not even copied.
      if (state.waiting.length === PAIR_LIMITS.waiting) assert.equal(decision.state.waiting, waiting);
      state = { ...decision.state, waiting: decision.state.waiting.map((one) => ({ ...one })) };
    }
    assert.equal(state.waiting.length, PAIR_LIMITS.waiting);
    const most = Math.max(...costs);
    assert.ok(most <= 12 * PAIR_LIMITS.waiting, `${most} reads`);
    assert.equal(costs.at(-1), costs[PAIR_LIMITS.waiting]);
  });
});
