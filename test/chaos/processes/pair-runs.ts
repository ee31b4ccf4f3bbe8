/** The pairs of a run's routers, and all requests to their workflows. */
import { pairIdOf } from '../../../pair/messages.ts';
import type { PairRun } from '../informed-pairs.ts';
import { pairRunsOf } from '../pair-runs.ts';
import type { RunId } from '../pair-runs.ts';
import { PAIRS } from '../workload.ts';
import type { RouterName } from '../workload.ts';
import type { Participants, Stage } from './participants.ts';

export function idsOf(
  { routers }: Participants,
  [one, other]: readonly [RouterName, RouterName],
): [string, string] {
  return [routers[one].id, routers[other].id];
}

/** The workflow ids of all pairs of the run, each once. */
export function pairIds(participants: Participants): readonly string[] {
  return [...new Set(PAIRS.map((pair) => pairIdOf(idsOf(participants, pair))))];
}

/** All runs of these pairs, with the requests that each received, oldest first. */
export async function pairRuns({ site, participants }: Stage): Promise<readonly PairRun[]> {
  const runs: RunId[] = [];
  for (const id of pairIds(participants)) {
    const list = site.temporal.workflow.list({ query: `WorkflowId = '${id}'` });
    for await (const { workflowId, runId } of list) runs.push({ workflowId, runId });
  }
  return pairRunsOf(site.temporal, runs);
}
