/**
 * The workflow of a router pair. It takes the waiting requests as one batch, reserves both routers, applies the batch on trial, waits for
 * the verdicts, settles, and answers every request. `pair/` makes its decisions; `pair-commands.ts` carries them out.
 *
 * 1. It ends when it is idle. It continues as new between two batches, even if requests wait. Neither loses a request.
 * 2. Terminating it loses nothing: the reservation and the owed changes are in etcd, and sagas send their requests again.
 * 3. Resetting it loses nothing either: the new run draws new reservation ids, and takes over what the old run left.
 */
import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { nextBatch } from '../pair/batch.ts';
import { decide } from '../pair/decide.ts';
import { QUEUE_QUERY, REQUEST_SIGNAL, WAKE_SIGNAL, pairIdOf } from '../pair/messages.ts';
import type { PairQueue, PairRequest } from '../pair/messages.ts';
import { isSame } from '../pair/members.ts';
import { carriedOver, emptyPair, queueOf } from '../pair/state.ts';
import type { Decision, MemberOutcome, PairEvent, PairState } from '../pair/state.ts';
import { PAIR_TIMES } from '../pair/times.ts';
import type { Publications } from '../activities/requests/publish-on-behalf.ts';
import { handleMaintenance } from './maintenance.ts';
import { pairActivities, wasReset } from './pair-activities.ts';
import { PairCommands, reservationPrefix, untilDone } from './pair-commands.ts';
import { pairDetails } from './pair-details.ts';
import { PairLog } from './pair-log.ts';

export const requestSignal = defineSignal<[PairRequest]>(REQUEST_SIGNAL);
export const wakeSignal = defineSignal(WAKE_SIGNAL);
export const queueQuery = defineQuery<PairQueue>(QUEUE_QUERY);

export interface RouterPairInput {
  /** Ids of the edge routers, sorted. */
  readonly routers: readonly [string, string];
  /** Names of the edge routers, in the same order. Absent: not known. */
  readonly names?: readonly [string, string];
  /** What the run before this one carried over. */
  readonly state?: PairState;
}

export async function routerPair(input: RouterPairInput): Promise<void> {
  const pair = new Pair(input);
  setHandler(requestSignal, (request) => pair.happened({ kind: 'requested', request }), {
    description: 'A gateway requests to be applied, confirmed or reverted',
  });
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
  #state: PairState;
  readonly #events: PairEvent[] = [];
  readonly #log = new PairLog();
  /** Outcomes that are in `/state`. */
  readonly #published = new Set<MemberOutcome>();
  #commandsUnderWay = 0;
  #idleSince = Date.now();

  constructor({ routers, names, state }: RouterPairInput) {
    this.#routers = routers;
    this.#names = names;
    this.#commands = new PairCommands(pairIdOf(routers), routers, (event) => this.happened(event));
    this.#state = state ?? emptyPair(reservationPrefix());
  }

  get queue(): PairQueue {
    return queueOf(this.#state, this.#routers, this.#idleSince, this.#names);
  }

  happened(event: PairEvent): void {
    this.#events.push(event);
  }

  async serve(): Promise<void> {
    this.#carryOut(nextBatch(this.#stateToDecide, Date.now(), this.#limits));
    for (;;) {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
        this.#log.note(this.#state, event, Date.now());
        this.#carryOut(decide(this.#stateToDecide, event, Date.now(), this.#limits));
      }
      // The page is written once for all events that came together, because writing it takes a millisecond for a thousand members.
      setCurrentDetails(pairDetails(this.queue, this.#log.lines, this.#commands.policy));
      if (!this.#isIdle) {
        await condition(() => this.#events.length > 0 || this.#isIdle);
      } else if (workflowInfo().continueAsNewSuggested) {
        const [routers, names] = [this.#routers, this.#names];
        const state = carriedOver(this.#state, wasReset());
        await continueAsNew<typeof routerPair>({ routers, state, ...(names && { names }) });
      } else if (await this.#isOver()) {
        return;
      }
    }
  }

  /**
   * Whether the workflow may end: no request has come for a while, and `/state` says how each member ended, published by its saga or by
   * this pair ("missing saga", M4).
   */
  async #isOver(): Promise<boolean> {
    let running: Publications['running'] = [];
    for (const ms of [PAIR_TIMES.publicationCheckMs, PAIR_TIMES.lingerMs]) {
      if (await condition(() => this.#events.length > 0, ms)) return false;
      const unpublished = this.#state.outcomes.filter((outcome) => !this.#published.has(outcome));
      const publications = await this.#publishUnpublished(unpublished);
      running = publications.running;
      for (const outcome of unpublished)
        if (!running.some((one) => isSame(one, outcome))) this.#published.add(outcome);
      for (const one of publications.unpublishable) this.happened({ kind: 'unpublishable', ...one });
    }
    return running.length === 0 && this.#events.length === 0;
  }

  /** Publishes some at a time, because the input of an activity is limited. */
  async #publishUnpublished(outcomes: readonly MemberOutcome[]): Promise<Publications> {
    const all: Publications[] = [];
    for (let from = 0; from < outcomes.length; from += PAIR_TIMES.batchLimit) {
      const some = outcomes.slice(from, from + PAIR_TIMES.batchLimit);
      all.push(await untilDone(() => pairActivities.publishUnpublished(some)));
    }
    return {
      running: all.flatMap(({ running }) => running),
      unpublishable: all.flatMap(({ unpublishable }) => unpublishable),
    };
  }

  /**
   * Whether the pair has no batch and every command was carried out. Members may still wait: they are carried over when the workflow
   * continues as new.
   */
  get #isIdle(): boolean {
    return this.#commandsUnderWay === 0 && this.#state.batch === null;
  }

  /** The state with a new prefix for each decision, so that no reservation id is ever used twice. */
  get #stateToDecide(): PairState {
    return { ...this.#state, prefix: reservationPrefix() };
  }

  get #limits() {
    return { batchLimit: PAIR_TIMES.batchLimit, paused: workflowInfo().continueAsNewSuggested };
  }

  #carryOut({ state, commands }: Decision): void {
    this.#state = state;
    if (state.batch === null) this.#idleSince = Date.now();
    if (state.batch?.phase !== 'waiting for verdicts') this.#commands.stopAwaitingVerdicts();
    // Work on the routers begins before the answers are given, because there may be many answers.
    const answers = commands.filter((command) => command.kind === 'answer');
    for (const command of commands) {
      if (command.kind !== 'answer') void this.#run(async () => [await this.#commands.carryOut(command)]);
    }
    if (answers.length > 0) void this.#run(() => this.#commands.answer(answers));
  }

  async #run(carryOut: () => Promise<readonly (PairEvent | undefined)[]>): Promise<void> {
    this.#commandsUnderWay += 1;
    try {
      for (const event of await carryOut()) if (event !== undefined) this.happened(event);
    } finally {
      this.#commandsUnderWay -= 1;
    }
  }
}
