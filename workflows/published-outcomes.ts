/**
 * Knows of which members `/state` says how they ended. If a saga has ended without publishing, the pair publishes in its place ("missing saga", M4). If
 * an end can't be published, because somebody must mend a record first, the pair tries again and again, and serves all others meanwhile.
 */
import { log, patched, sleep } from '@temporalio/workflow';
import { inShares, lastWithin } from '../pair/limits.ts';
import { isSame } from '../pair/members.ts';
import type { PairMember } from '../pair/messages.ts';
import type { PairCommand } from '../pair/events.ts';
import { CARRIED_LEFT_BYTES } from '../pair/state.ts';
import type { MemberOutcome } from '../pair/state.ts';
import { PAIR_TIMES } from '../pair/times.ts';
import { pairActivities } from './pair-activities.ts';
import { pauses } from './again.ts';
import { reasonOf } from './reason.ts';

/** How a member has ended. */
export type OutcomeToPublish = Pick<MemberOutcome, keyof PairMember | 'answer'>;
export type Publication = Extract<PairCommand, { readonly kind: 'publish on behalf' }>;

/** The patch that marks runs which began with an older release: those wait until the end is published. */
const SERVES_MEANWHILE = 'a pair serves others while an end can’t be published';

export class PublishedOutcomes {
  readonly #published = new Set<MemberOutcome>();
  /** Ends that could not be published at once. */
  #left: readonly OutcomeToPublish[];

  /** `left`: the ends that the run before this one could not publish. */
  constructor(left: readonly OutcomeToPublish[]) {
    this.#left = left;
  }

  /** The ends that the next run is to publish: the newest, as many as its input can take. */
  get carried(): readonly OutcomeToPublish[] {
    return lastWithin(CARRIED_LEFT_BYTES, this.#left);
  }

  /** Whether all of these are known to be in `/state`. */
  areIn(outcomes: readonly MemberOutcome[]): boolean {
    return this.#left.length === 0 && outcomes.every((outcome) => this.#published.has(outcome));
  }

  async publishOnBehalf(publication: Publication): Promise<void> {
    const { member, outcome } = publication;
    const ended: OutcomeToPublish = { ...member, answer: outcome };
    const publish = async (): Promise<readonly OutcomeToPublish[]> => {
      await pairActivities.publishOnBehalf(publication);
      return [];
    };
    const left = await orLeft(publish, [ended]);
    this.#left = [...this.#left, ...left];
  }

  /**
   * Publishes the ends that are not in `/state`, unless their sagas still run. It publishes some at a time, because the input of an activity is limited.
   * Resolves to the members whose sagas still run, or whose ends can't be published.
   */
  async publish(outcomes: readonly MemberOutcome[]): Promise<readonly PairMember[]> {
    const left = this.#left;
    const unpublished = outcomes.filter((outcome) => !this.#published.has(outcome));
    const open: PairMember[] = [];
    for (const some of inShares<OutcomeToPublish>([...left, ...unpublished]))
      open.push(...(await orLeft<PairMember>(() => pairActivities.publishUnpublished(some), some)));
    const isOpen = (ended: OutcomeToPublish) => open.some((one) => isSame(one, ended));
    this.#left = this.#left.filter((one) => !left.includes(one) || isOpen(one));
    for (const outcome of unpublished) if (!isOpen(outcome)) this.#published.add(outcome);
    return open;
  }
}

/** Resolves to what is left to be published: what the step says is left, or all of it if the step fails for good. */
async function orLeft<T>(step: () => Promise<readonly T[]>, all: readonly T[]): Promise<readonly T[]> {
  const pause = pauses(PAIR_TIMES.stepAgainMs);
  for (;;) {
    try {
      return await step();
    } catch (error) {
      log.error('how gateways have ended could not be published; trying again', { reason: reasonOf(error) });
      if (patched(SERVES_MEANWHILE)) return all;
      await sleep(pause.next().value);
    }
  }
}
