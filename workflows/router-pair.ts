/**
 * A router pair: takes all that wait as one batch, takes the turn on both routers, applies, hears the verdicts, settles,
 * and answers everybody. Its decisions are made in `pair/`; here they are carried out.
 *
 * 1. It ends when idle and continues as new between turns, whether or not somebody waits: neither loses an ask.
 * 2. Terminating it loses nothing: the turn and the debts are in etcd, and sagas ask again.
 * 3. Resetting it neither: the run that begins anew has turns of its own, and takes over or takes anew what the other had.
 */
import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { nextBatch } from '../pair/batch.ts';
import { carried } from '../pair/carry.ts';
import { decide } from '../pair/decide.ts';
import { REQUEST_SIGNAL, pairIdOf, QUEUE_QUERY, WAKE_SIGNAL } from '../pair/messages.ts';
import type { PairMember, PairQueue, PairRequest } from '../pair/messages.ts';
import { isSame } from '../pair/members.ts';
import { queueOf } from '../pair/queue.ts';
import { emptyPair } from '../pair/state.ts';
import type { Decision, MemberOutcome, PairCommand, PairEvent, PairState } from '../pair/state.ts';
import { PAIR_TIMES } from '../pair/times.ts';
import { pairActivities, wasReset } from './pair-activities.ts';
import type { Answer } from './pair-activities.ts';
import { PairLog } from './pair-log.ts';
import { isOvertaken, orLost, endReservation, reservationPrefix, undelivered, untilDone } from './pair-steps.ts';
import { takeMaintenance } from './maintenance.ts';
import { pairDetails } from './pair-details.ts';
import { failureTypeOf, isCancelled, reasonOf } from './reason.ts';

export const requestSignal = defineSignal<[PairRequest]>(REQUEST_SIGNAL);
export const wakeSignal = defineSignal(WAKE_SIGNAL);
export const queueQuery = defineQuery<PairQueue>(QUEUE_QUERY);

export interface RouterPairInput {
  /** Ids of the edge routers, sorted. */
  readonly routers: readonly [string, string];
  /** What they are called, in the same order. Absent: not known. */
  readonly names?: readonly [string, string];
  /** What the run before this one carried over. */
  readonly state?: PairState;
}

export async function routerPair(input: RouterPairInput): Promise<void> {
  const pair = new Pair(input);
  setHandler(requestSignal, (request) => pair.happened({ kind: 'requested', request }), {
    description: 'A gateway asks to be put on the routers, to be kept there, or to be taken away',
  });
  setHandler(wakeSignal, () => pair.happened({ kind: 'woken' }), {
    description: 'Settles what a router pair workflow before this one left behind',
  });
  setHandler(queueQuery, () => pair.queue, { description: 'Who waits, who is on, and what holds it' });
  takeMaintenance(input.routers);
  // An operator's cancel has nothing to stop here: gateways are cancelled one by one.
  await CancellationScope.nonCancellable(() => pair.serve());
}

class Pair {
  readonly #routers: readonly [string, string];
  readonly #names: readonly [string, string] | undefined;
  readonly #id: string;
  #state: PairState;
  readonly #events: PairEvent[] = [];
  readonly #book = new PairLog();
  readonly #told = new Set<MemberOutcome>();
  #underWay = 0;
  #verdicts: CancellationScope | undefined;
  #applying: CancellationScope | undefined;
  #idleSince = Date.now();

  constructor({ routers, names, state }: RouterPairInput) {
    this.#routers = routers;
    this.#names = names;
    this.#id = pairIdOf(routers);
    this.#state = state ?? emptyPair(reservationPrefix());
  }

  get queue(): PairQueue {
    return queueOf(this.#state, this.#routers, this.#idleSince, this.#names);
  }

  happened(event: PairEvent): void {
    this.#events.push(event);
  }

  async serve(): Promise<void> {
    this.#carryOut(nextBatch({ ...this.#state, prefix: reservationPrefix() }, Date.now(), this.#limits));
    for (;;) {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
        this.#book.note(this.#state, event, Date.now());
        this.#carryOut(decide({ ...this.#state, prefix: reservationPrefix() }, event, Date.now(), this.#limits));
      }
      // Once for all that came together: with a thousand waiting it takes a millisecond.
      setCurrentDetails(pairDetails(this.queue, this.#book.lines));
      if (!this.#isIdle) {
        await condition(() => this.#events.length > 0 || this.#isIdle);
      } else if (workflowInfo().continueAsNewSuggested) {
        const [routers, names] = [this.#routers, this.#names];
        const state = carried(this.#state, wasReset());
        await continueAsNew<typeof routerPair>({ routers, state, ...(names && { names }) });
      } else if (await this.#isOver()) {
        return;
      }
    }
  }

  /** Nobody comes any more, and whoever was here has said in `/state` how it ended, or somebody has for him (M4). */
  async #isOver(): Promise<boolean> {
    let open: readonly PairMember[] = [];
    for (const ms of [PAIR_TIMES.publicationCheckMs, PAIR_TIMES.lingerMs]) {
      if (await condition(() => this.#events.length > 0, ms)) return false;
      const unpublished = this.#state.outcomes.filter((note) => !this.#told.has(note));
      open = unpublished.length === 0 ? [] : await untilDone(() => pairActivities.publishUnpublished(unpublished));
      for (const note of unpublished) if (!open.some((one) => isSame(one, note))) this.#told.add(note);
    }
    return open.length === 0 && this.#events.length === 0;
  }

  /** Between two turns, with everything said: who waits is carried along when it continues as new. */
  get #isIdle(): boolean {
    return this.#underWay === 0 && this.#state.batch === null;
  }

  get #limits() {
    return { batchLimit: PAIR_TIMES.batchLimit, paused: workflowInfo().continueAsNewSuggested };
  }

  #carryOut({ state, commands }: Decision): void {
    this.#state = state;
    if (state.batch === null) this.#idleSince = Date.now();
    if (state.batch?.phase !== 'waiting for verdicts') this.#verdicts?.cancel();
    // The routers first: whoever is told something waits no longer for it, and there may be many.
    const answers = commands.filter((command) => command.kind === 'answer');
    for (const command of commands) {
      if (command.kind !== 'answer') void this.#run(async () => [await this.#perform(command)]);
    }
    if (answers.length > 0) void this.#run(() => this.#answer(answers));
  }

  async #run(perform: () => Promise<readonly (PairEvent | undefined)[]>): Promise<void> {
    this.#underWay += 1;
    try {
      for (const event of await perform()) if (event !== undefined) this.happened(event);
    } finally {
      this.#underWay -= 1;
    }
  }

  /** All at once: a batch of many would fill the history with its answers. */
  async #answer(answers: readonly Answer[]): Promise<PairEvent[]> {
    const told = await untilDone(() => pairActivities.answer(answers));
    return answers.flatMap((answer, index) => undelivered(answer, told[index]));
  }

  /** Carries a command out; what follows from it is an event. Never rejects. */
  async #perform(command: Exclude<PairCommand, Answer>): Promise<PairEvent | undefined> {
    const routers = this.#routers;
    const stuck = (event: PairEvent) => this.happened(event);
    switch (command.kind) {
      case 'reserve': {
        const { reservation, known } = command;
        const outcome = await untilDone(
          () => pairActivities.reserve({ pair: this.#id, routers, reservation, known }),
          stuck,
        );
        return outcome.kind === 'taken'
          ? { kind: 'reserved', leftover: outcome.leftover }
          : { kind: 'reservation blocked', why: outcome.why };
      }
      case 'apply':
        return orLost(command.reservation, () => this.#apply(command));
      case 'await routers':
        return { kind: 'routers awaited', why: await this.#awaitRouters(command) };
      case 'stop applying':
        this.#applying?.cancel();
        return undefined;
      case 'settle': {
        const { reservation, keep, drop } = command;
        return untilDone(
          () =>
            orLost(reservation, async () => ({
              kind: 'settled',
              outcome: await pairActivities.settle({ reservation, routers, confirm: keep, revert: drop }),
            })),
          stuck,
        );
      }
      case 'end reservation':
        return untilDone(() => orLost(command.reservation, () => endReservation(command, routers)), stuck);
      case 'await verdicts':
        return this.#awaitVerdicts(command);
      case 'publish on behalf':
        await untilDone(() => pairActivities.publishFor(command));
        return undefined;
    }
  }

  /** What failed for good may have been done in part: the members are settled as dropped. */
  async #apply({ reservation, members, since }: Extract<PairCommand, { kind: 'apply' }>): Promise<PairEvent> {
    const input = { reservation, routers: this.#routers, members, since };
    try {
      this.#applying = new CancellationScope({ cancellable: true });
      const outcome = await this.#applying.run(() => pairActivities.apply(input));
      return 'why' in outcome ? { kind: 'apply blocked', why: outcome.why } : { kind: 'applied', outcome };
    } catch (error) {
      if (isOvertaken(error)) throw error;
      const undo = members.map((member) => ({ member, type: failureTypeOf(error), reason: reasonOf(error) }));
      const outcome = { applied: [], refused: [], undo, confirm: {}, confirmBy: null, verdictBy: null };
      return { kind: 'applied', outcome };
    }
  }

  /** Why they can't be had; `null`: to be tried, by which all comes to light that keeps this from being found out. */
  async #awaitRouters({ reservation, since, known }: Extract<PairCommand, { kind: 'await routers' }>) {
    const input = { reservation, routers: this.#routers, since, known };
    try {
      this.#applying = new CancellationScope({ cancellable: true });
      const outcome = await this.#applying.run(() => pairActivities.awaitRouters(input));
      return outcome.kind === 'blocked' ? outcome.why : null;
    } catch (error) {
      if (!isCancelled(error)) log.error('waiting for routers failed for good', { reason: reasonOf(error) });
      return null;
    }
  }

  async #awaitVerdicts({ trial: round, until }: Extract<PairCommand, { kind: 'await verdicts' }>) {
    const limit = PAIR_TIMES.verdictMaxMs;
    const left = until === null ? limit : Math.min(limit, Date.parse(until) - Date.now());
    this.#verdicts = new CancellationScope({ cancellable: true });
    try {
      await this.#verdicts.run(() => sleep(Math.max(left, 1)));
      return { kind: 'verdicts due' as const, round };
    } catch (error) {
      if (isCancellation(error)) return undefined;
      throw error;
    }
  }
}
