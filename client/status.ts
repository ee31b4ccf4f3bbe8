import type { Progress } from '../gateway/messages.ts';
import type { ChangeOutcome } from './outcome.ts';

/** What Temporal knows of a gateway's latest change. Only `/state` in etcd says whether the gateway stands. */
export type GatewayStatus =
  /** Never started, or past the namespace's retention time. */
  | { readonly kind: 'not found'; readonly workflowId: string }
  | {
      readonly kind: 'running';
      readonly workflowId: string;
      readonly runId: string;
      readonly startedAt: Date;
      /** `null` while no worker answers. */
      readonly progress: Progress | null;
    }
  | {
      readonly kind: 'ended';
      readonly workflowId: string;
      readonly runId: string;
      readonly startedAt: Date;
      readonly endedAt: Date;
      readonly outcome: ChangeOutcome;
    };
