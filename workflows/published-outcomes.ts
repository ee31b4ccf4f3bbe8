/** Which members' ends are in `/state`: the pair publishes for a saga that has ended without publishing ("missing saga", M4). */
import { inShares } from '../pair/limits.ts';
import { isSame } from '../pair/members.ts';
import type { PairMember } from '../pair/messages.ts';
import type { MemberOutcome } from '../pair/state.ts';
import { pairActivities } from './pair-activities.ts';
import { untilDone } from './pair-commands.ts';

export class PublishedOutcomes {
  readonly #published = new Set<MemberOutcome>();

  /** Whether all of these are known to be in `/state`. */
  areIn(outcomes: readonly MemberOutcome[]): boolean {
    return outcomes.every((outcome) => this.#published.has(outcome));
  }

  /**
   * Publishes those that are not in `/state`, unless their sagas still run: some at a time, because the input of an activity is limited.
   * Resolves to the members whose sagas still run.
   */
  async publish(outcomes: readonly MemberOutcome[]): Promise<readonly PairMember[]> {
    const unpublished = outcomes.filter((outcome) => !this.#published.has(outcome));
    const running: PairMember[] = [];
    for (const some of inShares(unpublished))
      running.push(...(await untilDone(() => pairActivities.publishUnpublished(some))));
    for (const outcome of unpublished)
      if (!running.some((one) => isSame(one, outcome))) this.#published.add(outcome);
    return running;
  }
}
