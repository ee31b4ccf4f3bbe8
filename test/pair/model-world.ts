/**
 * A model of everything around the pair's decisions, played at random: sagas that send requests, are cancelled, terminated and reset;
 * signals that come late, twice, and in any order; answers that are lost; routers that refuse, fall back and owe; maintenance holds and
 * other pairs' reservations; a pair workflow that continues as new, ends, or is terminated in the middle of a step.
 *
 * The model has one router where a pair has two: `apply` and `settle` see to it that both agree.
 */
import assert from 'node:assert/strict';
import { isBetweenSteps, resume, trialOf } from '../../pair/batch.ts';
import { decide } from '../../pair/decide.ts';
import type { PairRequest } from '../../pair/messages.ts';
import { emptyPair } from '../../pair/state.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import type { Decision, PairCommand, PairEvent } from '../../pair/events.ts';
import type { PairState } from '../../pair/state.ts';
import { ModelRouters } from './model-routers.ts';
import { ModelSaga, keyOf } from './model-saga.ts';
import type { Chance } from './model-saga.ts';
import { checkNoneForgotten, checkState } from './state-rules.ts';

const BATCH_LIMIT = 2;

export class World {
  readonly routers: ModelRouters;
  readonly sagas: ModelSaga[] = [];
  /** Signals on their way. */
  #signals: PairRequest[] = [];
  #state: PairState | null = null;
  #underWay: PairCommand[] = [];
  #paused = false;
  #now = 1;
  #pairs = 0;
  readonly #gateways: readonly string[];
  readonly #chance: Chance;
  readonly #waitingLimit: number;

  constructor(gateways: readonly string[], chance: Chance, waitingLimit: number) {
    this.#waitingLimit = waitingLimit;
    this.#gateways = gateways;
    this.#chance = chance;
    this.routers = new ModelRouters(chance);
  }

  get isIdle(): boolean {
    const { batch, waiting } = this.#state ?? { batch: null, waiting: [] };
    return this.#signals.length + this.#underWay.length + waiting.length === 0 && batch === null;
  }

  /** One thing that can happen, chosen at random. */
  step(): void {
    this.#now += 1;
    const chance = this.#chance;
    const what = chance(20);
    if (what < 2) this.#begin(this.#gateways[chance(this.#gateways.length)] as string);
    else if (what < 6) this.#act(this.#one(this.sagas.filter(({ lives }) => lives)));
    else if (what < 7) this.#requestAgain(this.#one(this.sagas.filter(({ request }) => request !== null)));
    else if (what < 11) this.#deliver(chance(this.#signals.length), chance(5) === 1);
    else if (what < 17) this.#finish(chance(this.#underWay.length));
    else if (what < 18) this.#happensToPair(chance(10));
    else if (what < 19) this.#mischief(chance(10));
    else if (chance(3) === 1) this.#verdictsDue();
  }

  /** No more mischief: everything under way gets done, and each saga without an answer sends its request again. */
  calm(): void {
    this.routers.inMaintenance = false;
    this.routers.isBusy = false;
    this.routers.isLocked = false;
    this.routers.isAway = false;
    for (let round = 0; round < 100; round += 1) {
      // Long enough that places kept at the door are given to others.
      this.#now += PAIR_TIMES.keptMs;
      for (let left = 1_000; this.#signals.length > 0; left -= 1) {
        assert.ok(left > 0, 'every signal is followed by another one');
        this.#deliver(0, false);
      }
      for (let left = 50; this.#underWay.length > 0 && left > 0; left -= 1) this.#finish(0);
      for (const saga of this.sagas) this.#act(saga);
      if (this.isIdle && this.sagas.every(({ lives }) => !lives)) {
        // A pair that has had a reservation knows what its routers owe, and does not rest before that is made. If it is about to continue
        // as new, its next run goes on.
        const knows = this.#state?.recovered === true && !this.#paused;
        assert.ok(!this.routers.owes || !knows, 'it rests, and something is owed');
        if (this.routers.reservation === null && !this.routers.owes) return;
        this.#wake();
      }
      for (const saga of this.sagas) this.#requestAgain(saga.request === null ? undefined : saga);
      this.#continueAsNew();
      this.#verdictsDue();
    }
    const open = this.sagas.filter(({ lives }) => lives).map(({ words }) => words);
    assert.fail(`not at rest: ${open.join('; ')}; ${JSON.stringify(this.#state)}`);
  }

  #begin(gateway: string): void {
    const before = this.sagas.filter(({ name }) => name === gateway);
    if (before.some(({ lives }) => lives) || this.routers.states.get(gateway) === 'created') return;
    // After a failure, a new version.
    this.routers.states.delete(gateway);
    // What an earlier run may have left is reverted first.
    this.sagas.push(new ModelSaga(gateway, `run${before.length + 1}`, before.at(-1)?.leaves));
  }

  #act(saga: ModelSaga | undefined): void {
    const request = saga?.acts(this.#chance, (this.#now += 1), this.routers.states);
    if (saga === undefined || request === undefined) return;
    // The plan record says so, which the activity reads that sends the request.
    if (request.action.kind === 'revert' && this.routers.wasKept(request)) {
      saga.hears({ kind: 'kept' }, this.routers.states);
      return;
    }
    saga.request = request;
    this.#signals.push(saga.request);
  }

  /** The same request, by the next attempt of the same activity. */
  #requestAgain(saga: ModelSaga | undefined): void {
    if (saga?.request) this.#signals.push(saga.request);
  }

  #deliver(index: number, again: boolean): void {
    const request = this.#signals[index];
    if (request === undefined) return;
    if (!again) this.#signals = this.#signals.filter((_, at) => at !== index);
    this.#start();
    this.routers.heard(request);
    this.#happened({ kind: 'requested', request });
  }

  /** Another pair waits for the routers, and no saga sends this pair a request. */
  #wake(): void {
    this.#start();
    this.#happened({ kind: 'woken' });
  }

  #start(): void {
    if (this.#state !== null) return;
    this.#pairs += 1;
    this.#paused = false;
    this.#state = emptyPair(`p${this.#pairs}`);
  }

  /** Carries out one of the commands under way. */
  #finish(index: number): void {
    const command = this.#underWay[index];
    if (command === undefined) return;
    this.#underWay = this.#underWay.filter((_, at) => at !== index);
    const event = this.#perform(command);
    if (event !== undefined) this.#happened(event);
  }

  #perform(command: PairCommand): PairEvent | undefined {
    if (command.kind === 'answer') return this.#answer(command);
    if (command.kind === 'publish on behalf') {
      const { member, outcome } = command;
      const newest = this.sagas.filter(({ name }) => name === member.name).at(-1);
      if (newest?.lives || newest?.member.run !== member.run) return undefined;
      this.routers.publish(member, outcome.kind === 'kept');
      return undefined;
    }
    return this.routers.carryOut(command);
  }

  #answer({ replyTo, member, answer }: Extract<PairCommand, { kind: 'answer' }>): PairEvent | undefined {
    const saga = this.sagas.find(({ request }) => request?.replyTo.activityId === replyTo.activityId);
    if (saga !== undefined) {
      // Between two attempts of the activity there is nothing to complete.
      if (this.#chance(5) !== 1) saga.hears(answer, this.routers.states);
      return undefined;
    }
    const isRunning = this.sagas.some(({ lives, workflowId }) => lives && workflowId === replyTo.workflowId);
    return isRunning ? undefined : { kind: 'undelivered', member, answer };
  }

  #verdictsDue(): void {
    const batch = this.#state?.batch;
    if (batch?.phase === 'waiting for verdicts')
      this.#happened({ kind: 'verdicts due', trial: trialOf(batch) });
  }

  #happensToPair(what: number): void {
    switch (what) {
      case 0:
        this.#paused = true;
        return;
      case 1:
        return this.#continueAsNew();
      case 4:
        return this.#state === null && this.routers.reservation !== null ? this.#wake() : undefined;
      case 2:
        // An idle pair ends, and its memory with it.
        if (this.isIdle) this.#state = null;
        return;
      case 3: {
        // Terminated: what was under way is done or not, but no workflow hears of it.
        const lost = this.#underWay;
        this.#underWay = [];
        this.#state = null;
        for (const command of lost) if (this.#chance(2) === 1) this.#perform(command);
        return;
      }
      default:
        return;
    }
  }

  #continueAsNew(): void {
    if (!this.#paused || this.#state === null || !isBetweenSteps(this.#state)) return;
    if (this.#underWay.some((command) => !isWait(command))) return;
    this.#paused = false;
    this.#underWay = [];
    this.#decided(
      resume(this.#state, this.#now, { batchLimit: BATCH_LIMIT, waitingLimit: this.#waitingLimit }),
    );
  }

  #mischief(what: number): void {
    const living = this.#one(this.sagas.filter(({ lives }) => lives));
    if (what === 0) this.routers.inMaintenance = !this.routers.inMaintenance;
    if (what === 1) this.routers.isBusy = !this.routers.isBusy;
    if (what === 2) living?.terminate();
    if (what === 3) living?.reset();
    if (what === 4) living?.cancel();
    if (what === 5) this.routers.isLocked = !this.routers.isLocked;
    if (what === 6) this.routers.isAway = !this.routers.isAway;
  }

  #happened(event: PairEvent): void {
    if (this.#state === null) return;
    const limits = { batchLimit: BATCH_LIMIT, waitingLimit: this.#waitingLimit, paused: this.#paused };
    this.#decided(decide(this.#state, event, this.#now, limits));
  }

  #decided({ state, commands }: Decision): void {
    checkState(state, this.#gateways.length);
    if (this.#state !== null) checkNoneForgotten(this.#state, { state, commands });
    // The state as it travels from run to run.
    const copy = JSON.parse(JSON.stringify(state)) as PairState;
    assert.deepStrictEqual(copy, state);
    this.#state = copy;
    this.#underWay.push(...commands);
    const steps = this.#underWay.filter(({ kind }) => kind !== 'answer' && kind !== 'publish on behalf');
    const awaited = steps.filter((command) => !isWait(command) && command.kind !== 'stop applying');
    assert.ok(awaited.length <= 1, `at most one step on the routers, got ${JSON.stringify(awaited)}`);
    // A pair that is about to continue as new begins no further wait for its routers.
    const mayRest = ['waiting for verdicts', ...(this.#paused ? ['waiting for a router'] : [])];
    if (awaited.length === 0) assert.ok(state.batch === null || mayRest.includes(state.batch.phase));
    else assert.ok(state.batch !== null && state.batch.phase !== 'waiting for verdicts');
    if (copy.batch?.phase === 'waiting for a router') {
      for (const member of copy.batch.members.filter(
        (member) => member.verdict === null && !member.mayBeApplied && !this.routers.wasKept(member),
      ))
        assert.ok(!this.routers.carries(member), `${keyOf(member)} waits, and the routers carry it`);
    }
    for (const command of commands) this.#check(command, copy);
  }

  #check(command: PairCommand, { batch }: PairState): void {
    if (command.kind === 'settle' && batch !== null)
      this.routers.checkConfirms(command.confirm, trialOf(batch));
    if (command.kind === 'answer' && command.answer.kind === 'kept') {
      const { member } = command;
      assert.ok(this.routers.wasKept(member), `${keyOf(member)} is told kept, but no settling kept it`);
    }
    if (command.kind === 'answer' && command.answer.kind === 'reverted') {
      const { member, answer } = command;
      // A saga returns what /state promises already, whatever its pair answers (M5).
      const isPromised = this.routers.states.get(member.name) === 'created';
      const carried = !isPromised && answer.owedOn.length === 0 && this.routers.carries(member);
      assert.ok(!carried, `${keyOf(member)} is told reverted (${answer.reason}), but the routers carry it`);
    }
  }

  #one<T>(all: readonly T[]): T | undefined {
    return all[this.#chance(all.length)];
  }
}

function isWait({ kind }: PairCommand): boolean {
  return kind === 'await verdicts' || kind === 'look at owed changes';
}
