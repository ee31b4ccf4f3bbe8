/**
 * What a run leaves behind, as far as it can be seen from outside: etcd's revisions, the routers' tapes, the exported workflow
 * histories. Both worlds, the real processes' and the simulation's, hand over this, and the checker reads nothing else.
 */
import type { Inspection, TapeEntry } from '../../simulator/device/tape.ts';
import type { Workload } from './workload.ts';

export interface Evidence {
  readonly workload: Workload;
  /** Every write that etcd ever applied, in the order of revisions; several of one revision were one transaction. */
  readonly writes: readonly Write[];
  readonly routers: readonly RouterEvidence[];
  readonly workflows: readonly WorkflowEvidence[];
  /** How often people have asked for another attempt at a failed version of each gateway, by `<type>:<id>`. Absent: never. */
  readonly attempts?: Readonly<Record<string, number>>;
  /** What was done to the system, in order of time. Without any, every possible request has to succeed. */
  readonly faults: readonly { readonly at: number; readonly what: string }[];
  /** Secrets to be searched for: passwords and keys, each long enough to be found nowhere by chance. */
  readonly canaries: readonly string[];
  /** Where no canary may be: logs, output, exported histories, metrics. etcd is not among them. */
  readonly texts: readonly { readonly name: string; readonly text: string }[];
}

export interface Write {
  readonly revision: number;
  readonly key: string;
  /** `null`: deleted, or its lease ran out. */
  readonly value: string | null;
  /** When the harness saw it at the latest, in ms since the epoch. */
  readonly seenAt: number;
}

export interface RouterEvidence {
  readonly id: string;
  readonly name: string;
  /** The user that gateway-saga logs in as. All other users are operators. */
  readonly ourUser: string;
  /** What ran before anything began, as Junos text. */
  readonly base: string;
  /** What happened on the router, from its beginning and across all restarts. */
  readonly tape: readonly TapeEntry[];
  /** How the router stands at the end, once every worker has ended. */
  readonly end: Inspection;
  /** Statements, in set form, that an operator committed and never took away. They have to be there at the end. */
  readonly operators: readonly string[];
}

export interface WorkflowEvidence {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly status:
    'running' | 'completed' | 'failed' | 'canceled' | 'terminated' | 'timed out' | 'continued as new';
  /** What the workflow failed with. `null`: it did not fail. */
  readonly failure: string | null;
  /** For a router pair that still runs: how many members it has, and how many gateways wait. A pair without work may linger. */
  readonly queue?: number;
  /** What happened in the workflow, for the timeline. */
  readonly events?: readonly { readonly at: number; readonly what: string }[];
}
