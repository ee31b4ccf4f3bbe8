/** The pair's activities as its workflow calls them. */
import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { HoldRequest, PairMember } from '../pair/messages.ts';
import type { Note, PairCommand } from '../pair/state.ts';
import type { ApplyInput, AwaitRoutersInput, SettleInput, TakeTurnInput } from '../pair/transactions.ts';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';
import type { Activities } from '../activities/index.ts';

const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
const store = proxyActivities<Activities>({ ...ACTIVITY_TIMES.store, cancellationType });
const turns = proxyActivities<Activities>({ ...ACTIVITY_TIMES.turn, cancellationType });
const routers = proxyActivities<Activities>({ ...ACTIVITY_TIMES.routers, cancellationType });

const { takeTurn } = turns;
const { releaseTurn, answer, publishFor, publishUntold, holdRouter, releaseRouter } = store;
const { apply, awaitRouters, settle } = routers;

export type Answer = Extract<PairCommand, { kind: 'answer' }>;

export const pairActivities = {
  takeTurn: (input: TakeTurnInput) => takeTurn.executeWithOptions({ summary: input.turn }, [input]),
  apply: (input: ApplyInput) =>
    apply.executeWithOptions({ summary: `${input.turn}: ${count(input.members)}` }, [input]),
  awaitRouters: (input: AwaitRoutersInput) =>
    awaitRouters.executeWithOptions({ summary: `${input.turn}: ${input.known}` }, [input]),
  settle: (input: SettleInput) =>
    settle.executeWithOptions(
      { summary: `${input.turn}: keep ${input.keep.length}, drop ${input.drop.length}` },
      [input],
    ),
  releaseTurn: (
    { turn, cleared }: Extract<PairCommand, { kind: 'release' }>,
    pair: readonly [string, string],
  ) => {
    const ifEmpty = wasReset() && !cleared ? { ifEmpty: true as const } : {};
    return releaseTurn.executeWithOptions({ summary: turn }, [{ turn, routers: pair, ...ifEmpty }]);
  },
  answer: (answers: readonly Answer[]) => {
    const kinds = [...new Set(answers.map((one) => one.answer.kind))].join(', ');
    const summary = `${count(answers.map(({ member }) => member))}: ${kinds}`;
    const told = answers.map(({ asker, answer: words, unseen }) => ({
      asker,
      answer: words,
      ...(unseen && { unseen }),
    }));
    const reset = wasReset() ? { wasReset: true as const } : {};
    return answer.executeWithOptions({ summary }, [{ answers: told, ...reset }]);
  },
  hold: (input: HoldRequest) =>
    holdRouter.executeWithOptions({ summary: `${input.router}: ${input.reason}` }, [input]),
  release: (input: Pick<HoldRequest, 'router'>) =>
    releaseRouter.executeWithOptions({ summary: input.router }, [input]),
  publishFor: (input: Extract<PairCommand, { kind: 'publish for' }>) =>
    publishFor.executeWithOptions({ summary: input.member.name }, [
      { member: input.member, outcome: input.outcome },
    ]),
  publishUntold: (notes: readonly Note[]) =>
    publishUntold.executeWithOptions({ summary: `${count(notes)}: told?` }, [
      notes.map(({ gateway, run, name, answer: how, seen }) => ({
        member: { gateway, run, name },
        outcome: how.kind === 'gone' ? how : { kind: 'created', seen },
      })),
    ]),
} as const;

/** To be told to activities and the next run only: nothing may be decided by it, as what came before the reset is replayed with it. */
export function wasReset(): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId;
}

function count(members: readonly PairMember[]): string {
  return members.length === 1 ? (members[0]?.name ?? '') : `${members.length} gateways`;
}
