/**
 * A saga's requests to its router pair. Each request is a step of the saga, and the pair's answer is its result ("answered activity", M1).
 */
import { ApplicationFailure } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import type { StepProgress } from '../gateway/messages.ts';
import type { Observation, Plan } from '../gateway/plan.ts';
import type { VrrpTime } from '../gateway/vrrp-time.ts';
import { aheadOf } from '../pair/door.ts';
import type { LastAnswer, PairAction, Reverted, Ticket } from '../pair/messages.ts';
import { activities } from './activities.ts';
import type { Sending } from './activities.ts';
import type { ProgressLog } from './progress-log.ts';

/** The run that sends the requests, and the routers of its pair. */
export type Requester = Pick<Plan, 'gateway' | 'run' | 'name' | 'routers'>;

/** One apply of the gateway's batch, by the name that a request to confirm needs ("named trial", M3). */
export interface Trial {
  readonly name: string;
  readonly vrrp?: VrrpTime;
}

type DoorNote = (place: StepProgress['atTheDoor']) => void;

export type RevertOutcome =
  | { readonly kind: 'reverted' }
  /**
   * `complete`: nothing is to be reverted, because `/state` says that the change was made ("settled state stays", T10), or because the run has ended in
   * another way. `kept`: the pair had made the change permanent before the request came. `owed`: a router owes the inverse change.
   */
  | { readonly kind: 'complete' | 'kept' | 'owed'; readonly why: string };

export class PairRequests {
  readonly #requester: Requester;
  readonly #log: ProgressLog;
  readonly #isWoken: boolean;
  /** The ticket that this run waits with at the door, or waited with when it was cancelled. `null`: it does not stand at the door. */
  #ticket: Ticket | null = null;
  #mayHaveStood = false;
  /** Names of both routers. */
  readonly names: string;

  /** `isWoken`: the saga has waited, and was woken. */
  constructor(requester: Requester, log: ProgressLog, isWoken = false) {
    this.#requester = requester;
    this.#log = log;
    this.#isWoken = isWoken;
    this.names = `${requester.routers.primary.name}, ${requester.routers.secondary.name}`;
  }

  /** Whether the pair has answered that it reverted the change, and that a router may have carried it until then. */
  get mayHaveStood(): boolean {
    return this.#mayHaveStood;
  }

  /**
   * Resolves to the trial under which both routers carry the change, or to one with the name `complete` if `/state` already says that the change was
   * made. Rejects if the change was reverted. `again`: the saga's records were gone, and it has written them again.
   */
  async apply(again: boolean): Promise<Trial> {
    const answer = await this.#log.step(
      'apply',
      this.names,
      async (noteDoor) => {
        const input = this.#input({ kind: 'apply', ...(again && { again }) }, this.#isWoken);
        const answered = await activities.requestApply(input, this.#at(noteDoor));
        if (answered.kind !== 'reverted') return answered;
        this.#mayHaveStood = answered.mayHaveStood === true;
        throw failureOf(answered);
      },
      (answered) => this.#appliedNote(answered),
    );
    // After a reset of the saga the answer can be `kept`. Then the pair answers the request to confirm with `kept`, too.
    return 'trial' in answer ? trialOf(answer) : { name: answer.kind };
  }

  #appliedNote(answer: LastAnswer): string {
    const plainCommits = answer.kind === 'applied' ? (answer.plainCommits ?? []) : [];
    if (plainCommits.length === 0) return this.names;
    return `${this.names}; committed plainly on ${plainCommits.join(' and ')}: it can't fall back by itself`;
  }

  /**
   * Resolves to `null` if the change is kept, or to the trial under which the gateway must be seen working again ("named trial", M3). Rejects if the
   * change was reverted.
   */
  async confirm(trial: string, seen: readonly Observation[]): Promise<Trial | null> {
    return this.#log.step('confirm', this.names, async (noteDoor) => {
      const input = { ...this.#input({ kind: 'confirm', trial }), seen };
      const answer = await activities.requestConfirm(input, this.#at(noteDoor));
      switch (answer.kind) {
        case 'kept':
        case 'complete':
          return null;
        case 'applied':
        case 'applied again':
          return trialOf(answer);
        case 'reverted':
          throw failureOf(answer);
      }
    });
  }

  /** Requests that `before` is put back on both routers. Resolves to whether it was put back, and if not, why. */
  async revert(): Promise<RevertOutcome> {
    const atTheDoor = this.#ticket === null ? {} : { atTheDoor: this.#ticket };
    const input = this.#input({ kind: 'revert', reason: 'undone', ...atTheDoor });
    const answer = await this.#log.step(
      'revert',
      this.names,
      (noteDoor) => activities.requestRevert(input, this.#at(noteDoor)),
      (answered) => (answered.kind === 'reverted' ? revertedNote(answered) : undefined),
    );
    if (answer.kind === 'reverted' && answer.mayHaveStood) this.#mayHaveStood = true;
    if (answer.kind !== 'reverted')
      return { kind: answer.kind === 'kept' ? 'kept' : 'complete', why: `it is ${answer.kind}` };
    if (answer.owedOn.length === 0) return { kind: 'reverted' };
    return { kind: 'owed', why: revertedNote(answer) ?? '' };
  }

  /** Reverts as a compensation: rejects unless both routers carry `before` again. */
  async compensate(): Promise<void> {
    const outcome = await this.revert();
    if (outcome.kind === 'reverted') return;
    const type = outcome.kind === 'owed' ? FAILURES.RevertOwed : FAILURES.AlreadyEnded;
    throw ApplicationFailure.nonRetryable(outcome.why, type);
  }

  /** How a request is sent: the ticket of a wait at the door is kept, and noted in the log. */
  #at(noteDoor: DoorNote): Sending {
    return {
      noteDoor: (ticket) => {
        this.#ticket = ticket;
        noteDoor(ticket === null ? undefined : { ticket: ticket.number, ahead: aheadOf(ticket) });
      },
      nextSequence: () => {
        // The activity that sends the request again tells the saga anew which routers are held.
        this.#log.held(null);
        return this.#log.nextSequence();
      },
    };
  }

  #input(action: PairAction, woken = false) {
    const { gateway, run, name, routers } = this.#requester;
    return {
      routers: [routers.primary.id, routers.secondary.id] as const,
      names: [routers.primary.name, routers.secondary.name] as const,
      request: {
        gateway,
        run,
        name,
        sequence: this.#log.nextSequence(),
        action,
        ...(woken && { woken: true as const }),
      },
    };
  }
}

function revertedNote({ owedOn, note }: Reverted): string | undefined {
  if (owedOn.length === 0) return note;
  return `owed on ${owedOn.join(', ')}${note === undefined ? '' : ` (${note})`}`;
}

function trialOf({ trial, vrrp }: Extract<LastAnswer, { readonly trial: string }>): Trial {
  return { name: trial, ...(vrrp && { vrrp }) };
}

function failureOf({ type, reason }: Reverted): ApplicationFailure {
  return ApplicationFailure.create({ type, message: reason, nonRetryable: true });
}
