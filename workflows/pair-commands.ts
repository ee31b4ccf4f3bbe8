/** Carries out the pair's commands. What a command leads to comes back as an event. */
import { CancellationScope, isCancellation, log, patched, sleep, uuid4 } from '@temporalio/workflow';
import { oneLine } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import type { BatchPolicy } from '../gateway/policies.ts';
import type { PairCommand, PairEvent } from '../pair/events.ts';
import { PAIR_TIMES } from '../pair/times.ts';
import { untilDone } from './again.ts';
import { pairActivities } from './pair-activities.ts';
import type { Answer } from './pair-activities.ts';
import type { Publication } from './published-outcomes.ts';
import { failureTypeOf, isCancelled, reasonOf } from './reason.ts';

type Outcome = Promise<PairEvent | undefined>;
type Command<Kind extends PairCommand['kind']> = Extract<PairCommand, { readonly kind: Kind }>;

/**
 * First part of a reservation's id. A replay of the workflow draws the same prefix. A run that began by a reset draws another one:
 * reservations that began after the point of the reset still have their ids in log lines and records, and these ids must not be used again
 * ("fencing token", T3; "others' pending commit", T5).
 */
export function reservationPrefix(): string {
  return uuid4().slice(0, 8);
}

/** The patch that marks runs in which an older release let only members of the batch go while no reservation was to be had. */
const LETS_ALL_GO = 'a pair lets all go that it never applied';

export interface PairCommandsInput {
  /** Workflow id of the pair. */
  readonly pair: string;
  readonly routers: readonly [string, string];
  /** Whether this run was reset, or an earlier run from which the batch was carried over. */
  readonly wasReset: boolean;
  /** The policy of the batch that was carried over. `undefined`: no batch was, or its policy is not known. */
  readonly policy: BatchPolicy | undefined;
}

export class PairCommands {
  readonly #pair: string;
  readonly #routers: readonly [string, string];
  readonly #wasReset: boolean;
  readonly #happened: (event: PairEvent) => void;
  #verdicts: CancellationScope | undefined;
  #applying: CancellationScope | undefined;
  #looking: CancellationScope | undefined;
  #policy: BatchPolicy | undefined;
  /** How many looks at owed changes are under way. What they find must not be lost, so the workflow does not continue as new meanwhile. */
  looks = 0;

  /** `happened` is called with an event when a step is stuck, and again when the step is about to be tried again. */
  constructor({ pair, routers, wasReset, policy }: PairCommandsInput, happened: (event: PairEvent) => void) {
    this.#pair = pair;
    this.#routers = routers;
    this.#wasReset = wasReset;
    this.#policy = policy;
    this.#happened = happened;
  }

  /** The policy of the last reservation. Everything that is done under the reservation follows it, and the pair's page shows it. */
  get policy(): BatchPolicy | undefined {
    return this.#policy;
  }

  /** Never rejects. Resolves to the event that the command leads to, or to `undefined` if it leads to none. */
  async carryOut(command: Exclude<PairCommand, Answer | Publication>): Outcome {
    const routers = this.#routers;
    switch (command.kind) {
      case 'reserve': {
        const { reservation, known, needs, gatherMs } = command;
        if (gatherMs !== undefined) await sleep(gatherMs);
        const asked = { ...(needs && { needs }), asksForLeft: true } as const;
        const input = { pair: this.#pair, routers, reservation, known, ...asked };
        return this.#untilDone(async () => {
          const outcome = await pairActivities.reserve(input);
          if (outcome.kind === 'blocked') {
            const { why, isRetired, nothingLeft } = outcome;
            if (!isRetired && !nothingLeft) return { kind: 'reservation blocked', why };
            const isOlder = patched(LETS_ALL_GO) ? {} : { isOlder: true as const };
            const found = { ...(isRetired && { isRetired }), ...(nothingLeft && { nothingLeft }) };
            return { kind: 'reservation blocked', why, ...found, ...isOlder };
          }
          this.#policy = outcome.policy;
          const { leftover, paysOnly } = outcome;
          return { kind: 'reserved', leftover, ...(paysOnly && { paysOnly }) };
        });
      }
      case 'apply':
        return orLost(command.reservation, () => this.#apply(command));
      case 'await routers':
        return this.#awaitRouters(command);
      case 'stop applying':
        this.#applying?.cancel();
        return undefined;
      case 'settle': {
        const { reservation, confirm, revert } = command;
        const input = { reservation, routers, policy: this.#policy, confirm, revert };
        return this.#untilDone(() =>
          orLost(reservation, async () => ({
            kind: 'settled',
            outcome: await pairActivities.settle(input),
          })),
        );
      }
      case 'end reservation':
        return this.#untilDone(() =>
          orLost(command.reservation, async () => {
            const owing = await pairActivities.endReservation(command, routers, this.#wasReset);
            return { kind: 'reservation ended', owing };
          }),
        );
      case 'pay':
        return orLost(command.reservation, () => this.#pay(command));
      case 'look at owed changes':
        return this.#lookAtOwedChanges(command);
      case 'await verdicts':
        return this.#awaitVerdicts(command);
    }
  }

  /** Gives these answers in one activity: for a large batch, one activity for each would fill the history. */
  async answer(answers: readonly Answer[]): Promise<readonly PairEvent[]> {
    const deliveries = await untilDone(() => pairActivities.answer(answers, this.#wasReset));
    return answers.flatMap(({ member, replyTo, answer }, index): readonly PairEvent[] => {
      switch (deliveries[index]) {
        case 'delivered':
          return [];
        case 'uncertain':
          return [{ kind: 'uncertain', member, replyTo }];
        default:
          return [{ kind: 'undelivered', member, answer }];
      }
    });
  }

  stopAwaitingVerdicts(): void {
    this.#verdicts?.cancel();
  }

  /** Stops the wait for the next look at owed changes, or the look itself if it has begun. */
  stopLooking(): void {
    this.#looking?.cancel();
  }

  #untilDone(step: () => Promise<PairEvent>): Promise<PairEvent> {
    return untilDone(step, this.#happened);
  }

  /** Applies. If that fails for good, a part of the batch may be on a router: so all members are to be reverted. */
  async #apply({ reservation, members, waitedMs }: Command<'apply'>): Promise<PairEvent> {
    const input = { reservation, routers: this.#routers, policy: this.#policy, members, waitedMs };
    try {
      this.#applying = new CancellationScope({ cancellable: true });
      const outcome = await this.#applying.run(() => pairActivities.apply(input));
      if (!('why' in outcome)) return { kind: 'applied', outcome };
      const { why, lookedMs } = outcome;
      return { kind: 'apply blocked', why, lookedMs };
    } catch (error) {
      if (isOvertaken(error)) throw error;
      const [type, reason] = [failureTypeOf(error), oneLine(reasonOf(error))];
      const toRevert = members.map((member) => ({ member, type, reason }));
      const outcome = { applied: [], refused: [], toRevert, commits: {}, confirmBy: null, verdictMs: null };
      return { kind: 'applied', outcome };
    }
  }

  /**
   * If looking fails for good, it is time to apply again: `apply` will fail, too, and report why.
   */
  async #awaitRouters({ reservation, waitedMs, known }: Command<'await routers'>): Promise<PairEvent> {
    const kind = 'routers awaited';
    const input = { reservation, routers: this.#routers, policy: this.#policy, waitedMs, known };
    try {
      this.#applying = new CancellationScope({ cancellable: true });
      const outcome = await this.#applying.run(() => pairActivities.awaitRouters(input));
      const { lookedMs } = outcome;
      if (outcome.kind === 'held') return { kind, why: null, lookedMs, isHeld: true };
      return { kind, why: outcome.kind === 'blocked' ? outcome.why : null, lookedMs };
    } catch (error) {
      if (!isCancelled(error)) log.error('waiting for routers failed for good', { reason: reasonOf(error) });
      return { kind, why: null, lookedMs: 0 };
    }
  }

  /** If paying fails for good, the changes stay owed, and the pair looks at them later. */
  async #pay({ reservation, ids }: Command<'pay'>): Promise<PairEvent> {
    const input = { reservation, routers: this.#routers, policy: this.#policy, ids };
    try {
      return { kind: 'paid', inTheWay: (await pairActivities.pay(input)).inTheWay };
    } catch (error) {
      if (isOvertaken(error)) throw error;
      return { kind: 'paid', inTheWay: oneLine(reasonOf(error)) };
    }
  }

  async #lookAtOwedChanges({ look, waitMs }: Command<'look at owed changes'>): Outcome {
    this.#looking?.cancel();
    this.#looking = new CancellationScope({ cancellable: true });
    try {
      return await this.#looking.run(async () => {
        await sleep(waitMs);
        this.looks += 1;
        const looked = pairActivities.lookAtOwedChanges(this.#routers);
        return { kind: 'owed changes looked at', look, ...(await looked.finally(() => (this.looks -= 1))) };
      });
    } catch (error) {
      if (isCancelled(error)) return undefined;
      const inTheWay = oneLine(reasonOf(error));
      return { kind: 'owed changes looked at', look, ready: [], inTheWay, isSlow: true };
    }
  }

  async #awaitVerdicts({ trial, waitMs }: Command<'await verdicts'>): Outcome {
    const ms = Math.min(PAIR_TIMES.verdictMaxMs, waitMs ?? Infinity);
    this.#verdicts = new CancellationScope({ cancellable: true });
    try {
      await this.#verdicts.run(() => sleep(ms));
      return { kind: 'verdicts due', trial };
    } catch (error) {
      if (isCancellation(error)) return undefined;
      throw error;
    }
  }
}

/** Whether the reservation was taken over or has ended. Then the findings and decisions of the transaction no longer count. */
function isOvertaken(error: unknown): boolean {
  return failureTypeOf(error) === FAILURES.Superseded;
}

/** Resolves to the transaction's event, or to `reservation lost`. */
async function orLost(reservation: string, transaction: () => Promise<PairEvent>): Promise<PairEvent> {
  try {
    return await transaction();
  } catch (error) {
    if (isOvertaken(error)) return { kind: 'reservation lost', reservation };
    throw error;
  }
}
