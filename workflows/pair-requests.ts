/** What a saga asks of its router pair: an ask is a step of its own, and its answer is a value (M1). */
import { ApplicationFailure } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import type { PairAnswer, PairRequest } from '../pair/messages.ts';
import type { Observation, Plan } from '../gateway/plan.ts';
import { activities } from './activities.ts';
import type { ProgressLog } from './progress-log.ts';

/** For whom is asked, and of which pair. */
export type Requester = Pick<Plan, 'gateway' | 'run' | 'name' | 'routers'>;

export type RevertOutcome =
  | { readonly kind: 'reverted' }
  /** It was permanent before, and stays (T10); or where it is owed. */
  | { readonly kind: 'kept' | 'owed'; readonly why: string };

export class PairRequests {
  readonly #plan: Requester;
  readonly #log: ProgressLog;
  /** Of both routers. */
  readonly names: string;

  constructor(plan: Requester, log: ProgressLog) {
    this.#plan = plan;
    this.#log = log;
    this.names = `${plan.routers.primary.name}, ${plan.routers.secondary.name}`;
  }

  /**
   * Resolves to the turn under which both routers carry the gateway; `created`: `/state` says already that it stands. Fails when
   * they don't carry it.
   */
  async apply(): Promise<string> {
    const answer = await this.#log.step(
      'apply',
      this.names,
      async () => {
        const heard = await activities.push(this.#input({ kind: 'apply' }));
        if (heard.kind === 'reverted') throw refusedBy(heard);
        return heard;
      },
      (heard) => this.#noteOf(heard),
    );
    // `kept`, after a reset: the ask to keep it is answered so again.
    return 'turn' in answer ? answer.trial : answer.kind;
  }

  #noteOf(answer: PairAnswer): string {
    const plainCommits = answer.kind === 'applied' ? (answer.plainCommits ?? []) : [];
    if (plainCommits.length === 0) return this.names;
    return `${this.names}; committed plainly on ${plainCommits.join(' and ')}: it can't fall back by itself`;
  }

  /** Resolves to `kept`, or to the turn under which it has to be seen again (M3). Fails when it is gone. */
  async confirm(reservation: string, seen: readonly Observation[]): Promise<string> {
    return this.#log.step('confirm', this.names, async () => {
      const answer = await activities.keep(this.#input({ kind: 'confirm', trial: reservation, seen }));
      if (answer.kind === 'kept' || answer.kind === 'created') return 'kept';
      if (answer.kind === 'applied' || answer.kind === 'applied again') return answer.trial;
      throw refusedBy(answer);
    });
  }

  /** Leaves both routers without what this run has put there, or tells why not. */
  async revertNow(): Promise<RevertOutcome> {
    const answer = await this.#log.step(
      'revert',
      this.names,
      () => activities.drop(this.#input({ kind: 'revert', reason: 'undone' })),
      noteOf,
    );
    if (answer.kind !== 'reverted') return { kind: 'kept', why: `it is ${answer.kind}` };
    return answer.owedOn.length === 0 ? { kind: 'reverted' } : { kind: 'owed', why: noteOf(answer) ?? '' };
  }

  /** An undo: fails unless it is gone. */
  async revert(): Promise<void> {
    const dropped = await this.revertNow();
    if (dropped.kind !== 'reverted') throw ApplicationFailure.nonRetryable(dropped.why, FAILURES.RemovalOwed);
  }

  #input(action: PairRequest['action']) {
    const { gateway, run, name, routers } = this.#plan;
    return {
      routers: [routers.primary.id, routers.secondary.id] as const,
      names: [routers.primary.name, routers.secondary.name] as const,
      request: { gateway, run, name, sequence: this.#log.sequence(), action },
    };
  }
}

function noteOf(answer: PairAnswer): string | undefined {
  if (answer.kind !== 'reverted') return undefined;
  const { owedOn: owed, note } = answer;
  if (owed.length === 0) return note;
  return `owed on ${owed.join(', ')}${note === undefined ? '' : ` (${note})`}`;
}

function refusedBy(answer: PairAnswer): ApplicationFailure {
  if (answer.kind !== 'reverted') return ApplicationFailure.nonRetryable(`unexpected answer: ${answer.kind}`);
  return ApplicationFailure.create({ type: answer.type, message: answer.reason, nonRetryable: true });
}
