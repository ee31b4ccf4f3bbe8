/**
 * The workflow of a router pair. It takes the waiting requests as one batch, reserves both routers, applies the batch on trial, waits for the verdicts,
 * settles, and answers every request. `pair/` makes its decisions; `pair-commands.ts` carries them out.
 *
 * 1. The workflow ends when it is idle and its routers owe nothing. It continues as new before its history grows large, or when another version of the
 *    workers is current: between two batches, or while the batch waits for verdicts or for a router. Neither loses a request.
 * 2. Terminating the workflow loses nothing: the reservation and the owed changes are in etcd, and sagas send their requests again.
 * 3. Resetting the workflow loses nothing either: the new run draws new reservation ids, and takes over what the old run left.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  makeContinueAsNewFunc,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { isBetweenSteps, isPutOff, resume } from '../pair/batch.ts';
import { CARRIED_SCHEMAS, assertReadable } from '../gateway/carried.ts';
import type { Carried } from '../gateway/carried.ts';
import type { BatchPolicy } from '../gateway/policies.ts';
import { decide, endsUnrecovered } from '../pair/decide.ts';
import { inShares, PAIR_LIMITS } from '../pair/limits.ts';
import type { PairLimits } from '../pair/limits.ts';
import { QUEUE_QUERY, REQUEST_SIGNAL, WAKE_PAIR_SIGNAL, pairIdOf } from '../pair/messages.ts';
import type { PairMember, PairQueue, PairRequest } from '../pair/messages.ts';
import { queueOf, sizesOf } from '../pair/queue.ts';
import { carriedOver, emptyPair } from '../pair/state.ts';
import type { Decision, PairCommand, PairEvent } from '../pair/events.ts';
import type { PairState } from '../pair/state.ts';
import { PAIR_TIMES } from '../pair/times.ts';
import { BY_CURRENT_VERSION, isToContinueAsNew } from './continuing.ts';
import { DoorAnswers } from './door-answers.ts';
import { handleMaintenance } from './maintenance.ts';
import { wasReset } from './pair-activities.ts';
import type { Answer } from './pair-activities.ts';
import { PairCommands, reservationPrefix } from './pair-commands.ts';
import { pairDetails } from './pair-details.ts';
import { PairLog } from './pair-log.ts';
import { PublishedOutcomes } from './published-outcomes.ts';
import type { OutcomeToPublish } from './published-outcomes.ts';
import { tellQueue } from './sinks.ts';

export const requestSignal = defineSignal<[PairRequest, ...PairRequest[]]>(REQUEST_SIGNAL);
export const wakeSignal = defineSignal(WAKE_PAIR_SIGNAL);
export const queueQuery = defineQuery<PairQueue>(QUEUE_QUERY);

/** The patch that marks runs which began with an older release: those take no note of a wake while a reservation ends under which nothing was settled. */
const KEEPS_WAKES = 'a pair keeps a wake while a reservation ends';

/** The patch that marks runs in which an older release took only the first request of a signal. */
const TAKES_ALL = 'a pair takes every request of a signal';

/** The patch that marks runs which began with an older release: those leave what they have put off to the next run, even if they don't continue as new. */
const GOES_ON = 'a pair goes on if it does not continue as new';

export interface RouterPairInput extends Carried {
  /** Ids of the edge routers, sorted. */
  readonly routers: readonly [string, string];
  /** Names of the edge routers, in the same order. Absent: not known. */
  readonly names?: readonly [string, string];
  /** What the run before this one carried over. */
  readonly state?: PairState;
  /** Answers to sagas at the door that the run before this one did not give. Absent: none. */
  readonly unanswered?: readonly Answer[];
  /** Ends that the run before this one could not publish. Absent: none. */
  readonly left?: readonly OutcomeToPublish[];
  /** The policy of the batch that is carried over. Absent: no batch is, or its policy is not known. */
  readonly policy?: BatchPolicy | undefined;
  /** A run before this one was reset, and its batch goes on in this run. Absent: there was no reset, or no batch goes on. */
  readonly wasReset?: true;
}

export async function routerPair(input: RouterPairInput): Promise<void> {
  assertReadable('router pair', input);
  const pair = new Pair(input);
  const requested = (request: PairRequest) => pair.happened({ kind: 'requested', request });
  setHandler(
    requestSignal,
    (first, ...others) => {
      requested(first);
      if (others.length > 0 && patched(TAKES_ALL)) others.forEach(requested);
    },
    { description: 'Gateways request to be applied, confirmed or reverted' },
  );
  setHandler(wakeSignal, () => pair.happened({ kind: 'woken' }), {
    description: 'Settles what an earlier workflow of this router pair left behind',
  });
  setHandler(queueQuery, () => pair.queue, {
    description: 'Which gateways are in the batch, which wait, and what keeps them waiting',
  });
  handleMaintenance(input.routers);
  // A cancel of the pair stops nothing: an operator cancels gateways one by one.
  await CancellationScope.nonCancellable(() => pair.serve());
}

class Pair {
  readonly #routers: readonly [string, string];
  readonly #names: readonly [string, string] | undefined;
  readonly #commands: PairCommands;
  /** Whether this run was reset, or an earlier run whose batch goes on in this one. The pair's own decisions must not depend on this (`wasReset`). */
  readonly #wasReset: boolean;
  readonly #door: DoorAnswers;
  #state: PairState;
  readonly #events: PairEvent[] = [];
  /** Answers to be given. */
  readonly #answers: Answer[] = [];
  readonly #log = new PairLog();
  readonly #outcomes: PublishedOutcomes;
  /** How many commands are being carried out. Waits, and the answers at the door, do not count. */
  #commandsUnderWay = 0;
  /** Began with an older release (`GOES_ON`). */
  #leavesPutOff = false;
  #idleSince = Date.now();

  constructor({
    routers,
    names,
    state,
    unanswered = [],
    left = [],
    policy,
    wasReset: before,
  }: RouterPairInput) {
    this.#outcomes = new PublishedOutcomes(left);
    this.#routers = routers;
    this.#names = names;
    this.#wasReset = before === true || wasReset();
    this.#commands = new PairCommands(
      { pair: pairIdOf(routers), routers, wasReset: this.#wasReset, policy },
      (event) => this.happened(event),
    );
    this.#door = new DoorAnswers(
      unanswered,
      (answers) => this.#happen(() => this.#commands.answer(answers)),
      () => this.#isToContinue,
    );
    this.#state = state ?? emptyPair(reservationPrefix());
  }

  get queue(): PairQueue {
    return queueOf(this.#state, this.#routers, this.#idleSince, this.#names);
  }

  happened(event: PairEvent): void {
    this.#events.push(event);
  }

  async serve(): Promise<void> {
    this.#carryOut(resume(this.#stateToDecide, Date.now(), this.#limits));
    this.#giveAnswers();
    for (;;) {
      await this.#decideAll();
      // The page is written once for all events that came together, because writing it takes a millisecond for a thousand members.
      setCurrentDetails(pairDetails(this.queue, this.#log.lines, this.#commands.policy));
      const isLeaving = this.#isToContinue && this.#door.mayBeCarried;
      tellQueue(() => ({
        ...sizesOf(this.#state, this.#routers, Date.now()),
        ...(isLeaving && { isLeaving }),
      }));
      if (isLeaving) {
        await makeContinueAsNewFunc<typeof routerPair>(BY_CURRENT_VERSION)(this.#next);
      } else if (this.#isToGoOn) {
        if (patched(GOES_ON)) this.#carryOut(resume(this.#stateToDecide, Date.now(), this.#limits));
        else this.#leavesPutOff = true;
      } else if (!this.#isIdle) {
        await condition(
          () =>
            this.#events.length > 0 ||
            this.#isIdle ||
            this.#isToGoOn ||
            (this.#isToContinue && this.#door.mayBeCarried),
        );
      } else if (this.#owes && this.#outcomes.areIn(this.#state.outcomes)) {
        await condition(() => this.#events.length > 0 || this.#isToContinue);
      } else if (await this.#isOver()) {
        // An operator who is just holding or releasing a router is answered first.
        await condition(allHandlersFinished);
        if (!this.#owes && this.#events.length === 0) return;
      }
    }
  }

  /** Decides on all events, in the order in which they came. What comes beyond a bound waits for the next workflow task. */
  async #decideAll(): Promise<void> {
    while (this.#events.length > 0) {
      const events = this.#events.splice(0, PAIR_LIMITS.eventsAtOnce);
      for (const event of events) {
        this.#log.note(this.#state, event, Date.now());
        if (event.kind === 'woken' && endsUnrecovered(this.#state) && !patched(KEEPS_WAKES)) continue;
        this.#carryOut(decide(this.#stateToDecide, event, Date.now(), this.#limits));
      }
      this.#giveAnswers();
      if (this.#events.length > 0) await sleep(1);
    }
  }

  get #next(): RouterPairInput {
    const [names, unanswered, left] = [this.#names, this.#door.open, this.#outcomes.carried];
    const state = carriedOver(this.#state, this.#wasReset);
    return {
      schema: CARRIED_SCHEMAS['router pair'],
      routers: this.#routers,
      state,
      ...(names && { names }),
      ...(unanswered.length > 0 && { unanswered }),
      ...(left.length > 0 && { left }),
      ...(state.batch !== null && { policy: this.#commands.policy }),
      ...(this.#wasReset && state.batch !== null && { wasReset: true as const }),
    };
  }

  /** Whether no request has come for a while, and `/state` says how each member ended: its saga or this pair has published it ("missing saga", M4). */
  async #isOver(): Promise<boolean> {
    let open: readonly PairMember[] = [];
    for (const ms of [PAIR_TIMES.publicationCheckMs, PAIR_TIMES.lingerMs]) {
      if (await condition(() => this.#events.length > 0, ms)) return false;
      open = await this.#outcomes.publish(this.#state.outcomes);
    }
    return open.length === 0 && this.#events.length === 0;
  }

  /** Whether a router owes something, as far as the pair knows. */
  get #owes(): boolean {
    return this.#state.owing !== undefined;
  }

  /** Whether the pair has no batch and every command was carried out. */
  get #isIdle(): boolean {
    return this.#commandsUnderWay === 0 && this.#door.isDone && this.#state.batch === null;
  }

  /** Whether the workflow is to continue as new, and nothing is under way but waits and the answers at the door. */
  get #isToContinue(): boolean {
    const underWay = this.#commandsUnderWay + this.#commands.looks + this.#events.length;
    return underWay === 0 && allHandlersFinished() && isBetweenSteps(this.#state) && isToContinueAsNew();
  }

  /** Whether something was put off because the workflow was about to continue as new, and it is not any more. */
  get #isToGoOn(): boolean {
    const underWay = this.#commandsUnderWay + this.#events.length;
    return underWay === 0 && isPutOff(this.#state) && !this.#leavesPutOff && !isToContinueAsNew();
  }

  /** The state with a new prefix for each decision, so that no reservation id is ever used twice. */
  get #stateToDecide(): PairState {
    return { ...this.#state, prefix: reservationPrefix() };
  }

  get #limits(): PairLimits {
    const { batch: batchLimit, waiting: waitingLimit } = PAIR_LIMITS;
    return { batchLimit, waitingLimit, paused: isToContinueAsNew() };
  }

  /** Carries out all commands but answers, which it gathers: work on the routers begins before answers are given, because there may be many of them. */
  #carryOut({ state, commands }: Decision): void {
    this.#state = state;
    if (state.batch === null) this.#idleSince = Date.now();
    if (state.batch?.phase !== 'waiting for verdicts') this.#commands.stopAwaitingVerdicts();
    if (state.batch !== null) this.#commands.stopLooking();
    for (const command of commands) {
      if (command.kind === 'answer') {
        this.#answers.push(command);
        continue;
      }
      if (command.kind === 'publish on behalf') {
        void this.#run(async () => {
          await this.#outcomes.publishOnBehalf(command);
          return [];
        });
        continue;
      }
      const carryOut = async () => [await this.#commands.carryOut(command)];
      void (isWait(command) ? this.#happen(carryOut) : this.#run(carryOut));
    }
  }

  #giveAnswers(): void {
    const all = this.#answers.splice(0, Infinity);
    const isAtTheDoor = ({ answer }: Answer) => answer.kind === 'full';
    for (const some of inShares(all.filter((answer) => !isAtTheDoor(answer))))
      void this.#run(() => this.#commands.answer(some));
    void this.#door.give(all.filter(isAtTheDoor));
  }

  async #run(carryOut: () => Promise<readonly (PairEvent | undefined)[]>): Promise<void> {
    this.#commandsUnderWay += 1;
    try {
      await this.#happen(carryOut);
    } finally {
      this.#commandsUnderWay -= 1;
    }
  }

  async #happen(carryOut: () => Promise<readonly (PairEvent | undefined)[]>): Promise<void> {
    for (const event of await carryOut()) if (event !== undefined) this.happened(event);
  }
}

/** Whether the command waits for something. The workflow may continue as new while it waits: the next run waits on. */
function isWait({ kind }: PairCommand): boolean {
  return kind === 'await verdicts' || kind === 'look at owed changes';
}
