/** The pairs of a run's routers, and all that their workflows were asked. */
import { pairIdOf } from '../../../pair/messages.ts';
import type { PairRun } from '../informed-pairs.ts';
import { pairRunsOf } from '../pair-runs.ts';
import type { RunId } from '../pair-runs.ts';
import { PAIRS } from '../workload.ts';
import type { RouterName } from '../workload.ts';
import type { Cast } from './participants.ts';
import type { Stage } from './people.ts';

export function idsOf({ routers }: Cast, [one, other]: readonly [RouterName, RouterName]): [string, string] {
  return [routers[one].id, routers[other].id];
}

/** Of all of them, each once. */
export function pairIds(cast: Cast): readonly string[] {
  return [...new Set(PAIRS.map((pair) => pairIdOf(idsOf(cast, pair))))];
}

/** Oldest first. */
export async function pairRuns({ site, cast }: Stage): Promise<readonly PairRun[]> {
  const runs: RunId[] = [];
  for (const id of pairIds(cast)) {
    const list = site.temporal.workflow.list({ query: `WorkflowId = '${id}'` });
    for await (const { workflowId, runId } of list) runs.push({ workflowId, runId });
  }
  return pairRunsOf(site.temporal, runs);
}
