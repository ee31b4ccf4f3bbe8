/** The log book on a pair's page: one line for each event that matters to a person. Each run of the workflow has its own log book. */
import { oneLine } from '../gateway/display.ts';
import type { PairMember } from '../pair/messages.ts';
import type { PairEvent } from '../pair/events.ts';
import type { PairState } from '../pair/state.ts';

/** How many lines the log book has at most: the page is for people, and its size is limited. */
const LINES = 30;
/** How many gateways a line names at most. */
const NAMES = 5;

export class PairLog {
  #lines: readonly string[] = [];

  /** Newest first: `04:24:00 reservation 5f0c2a91.7: applied sample, other`. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Adds a line for the event, if it matters to a person. `state`: as it was before the event. `now`: in ms since the epoch. */
  note(state: PairState, event: PairEvent, now: number): void {
    const told = wordsOf(state, event);
    if (told === undefined) return;
    const what = oneLine(told);
    const clock = new Date(now).toISOString().slice(11, 19);
    const reservation = state.batch === null ? '' : `reservation ${state.batch.reservation}: `;
    // The same reason may come again and again, and would leave no room for anything else.
    if (this.#lines[0]?.slice(9) === `${reservation}${what}`) return;
    this.#lines = [`${clock} ${reservation}${what}`, ...this.#lines].slice(0, LINES);
  }
}

function wordsOf({ batch }: PairState, event: PairEvent): string | undefined {
  switch (event.kind) {
    case 'reserved':
      return event.leftover.length === 0 ? 'begun' : `taken over, with ${event.leftover.length} left behind`;
    case 'reservation blocked':
    case 'apply blocked':
      return `waits: ${event.why}`;
    case 'step stuck':
    case 'routers awaited':
      return event.why === null ? undefined : `waits: ${event.why}`;
    case 'applied': {
      const { applied, refused, toRevert, complete = [], plainCommits = [], confirmBy } = event.outcome;
      const plain = plainCommits.length === 0 ? '' : `, plainly on ${plainCommits.join(' and ')}`;
      const until = confirmBy === null ? '' : `, to be confirmed by ${confirmBy.slice(11, 19)}`;
      return sentence([
        applied.length === 0 ? '' : `applied ${names(applied)}${plain}${until}`,
        complete.length === 0 ? '' : `complete before, as /state says: ${names(complete)}`,
        ...refused.map(({ member, reason }) => `refused ${member.name}: ${reason}`),
        ...toRevert.map(({ member, reason }) => `to be reverted: ${member.name}: ${reason}`),
      ]);
    }
    case 'verdicts due':
      return batch?.phase === 'waiting for verdicts' ? 'no verdict came in time' : undefined;
    case 'settled': {
      const { kept, reverted, fellBack } = event.outcome;
      const clean = reverted.filter(({ owedOn }) => owedOn.length === 0).map(({ member }) => member);
      return sentence([
        kept.length === 0 ? '' : `made permanent ${names(kept)}`,
        clean.length === 0 ? '' : `reverted ${names(clean)}`,
        ...reverted
          .filter(({ owedOn }) => owedOn.length > 0)
          .map(({ member, owedOn, reason }) => {
            return `owed on ${owedOn.join(' and ')}: the revert of ${member.name}${reason === null ? '' : ` (${reason})`}`;
          }),
        fellBack.length === 0 ? '' : `fell back, to be applied again: ${names(fellBack)}`,
      ]);
    }
    case 'owed changes looked at':
      if (event.routers?.length === 0) return 'nothing is owed any more';
      return event.inTheWay === null ? undefined : `owed changes wait: ${event.inTheWay}`;
    case 'paid':
      return event.inTheWay === null ? 'owed changes looked at' : `owed changes wait: ${event.inTheWay}`;
    case 'reservation lost':
      return 'lost: the workflow was reset';
    case 'reservation ended':
      return 'ended';
    case 'uncertain':
      return `the workflow was reset: ${event.member.name} is looked for`;
    case 'undelivered':
      return event.answer.kind === 'full' ? undefined : `the saga of ${event.member.name} is gone`;
    case 'requested':
    case 'woken':
      return undefined;
  }
}

function sentence(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('; ') || 'nothing to do';
}

function names(members: readonly PairMember[]): string {
  const shown = members.slice(0, NAMES).map(({ name }) => name);
  const rest = members.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
