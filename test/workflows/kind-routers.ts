/** The activities of a pair whose routers refuse nothing, and of sagas that have no records. Requests and answers are real. */
import { answer } from '../../activities/requests/answer.ts';
import { requesting } from '../../activities/requests/request.ts';
import { UnansweredRequests } from '../../activities/requests/unanswered.ts';
import { batchPolicyOf, DEFAULT_POLICY } from '../../gateway/policies.ts';
import type {
  ApplyInput,
  ApplyOutcome,
  ReserveInput,
  SettleInput,
  SettleOutcome,
} from '../../pair/transactions.ts';

export interface KindRouters {
  readonly activities: object;
  /** Names of the members in the order in which they were applied. */
  readonly applied: string[];
  /** How many settles reverted something. */
  readonly reverted: string[];
}

export function kindRouters(): KindRouters {
  const request = requesting(new UnansweredRequests({ holds: async () => [] }));
  const applied: string[] = [];
  const reverted: string[] = [];
  const activities = {
    requestApply: request,
    requestConfirm: request,
    requestRevert: request,
    answer,
    reserve: async ({ routers }: ReserveInput) => ({
      kind: 'reserved' as const,
      leftover: [],
      policy: batchPolicyOf(DEFAULT_POLICY, routers),
    }),
    apply: async ({ members }: ApplyInput): Promise<ApplyOutcome> => {
      applied.push(...members.map(({ name }) => name));
      return { applied: members, refused: [], toRevert: [], commits: {}, confirmBy: null, verdictMs: 60_000 };
    },
    settle: async ({ confirm, revert }: SettleInput): Promise<SettleOutcome> => {
      reverted.push(...revert.map(({ name }) => name));
      const back = revert.map((member) => ({ member, owedOn: [], reason: null }));
      return { kept: confirm, reverted: back, fellBack: [] };
    },
    endReservation: async () => undefined,
    publishOnBehalf: async () => ({ kind: 'published' as const }),
    publishUnpublished: async () => [],
  };
  return { activities, applied, reverted };
}
