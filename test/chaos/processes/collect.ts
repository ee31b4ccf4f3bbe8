/** Gathers what a run has left behind. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { workflowIdOf } from '../../../gateway/resource.ts';
import type { Evidence, RouterEvidence, WorkflowEvidence } from '../evidence.ts';
import { ROUTERS } from '../workload.ts';
import type { RouterName, Workload } from '../workload.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { linesOf as statementsOf } from '../checker/lines.ts';
import { linesOf } from './history-lines.ts';
import { textsOf } from './logs.ts';
import type { LogMark } from './logs.ts';
import { pairIds } from './pair-runs.ts';
import type { Stage } from './participants.ts';
import type { People } from './people.ts';
import { readableHistory } from './readable-history.ts';
import { OUR_USER } from './routers-messages.ts';
import type { RouterSpec } from './routers-messages.ts';
import { statusOf } from './status.ts';

export interface Left {
  readonly workload: Workload;
  /** The gateways of the workload, in its order. */
  readonly gateways: readonly TestGateway[];
  /** The revision that stood before the run. */
  readonly revision: number;
  /** What each router ran before the run. */
  readonly before: ReadonlyMap<RouterName, string>;
  readonly faults: Evidence['faults'];
  readonly logs: readonly LogMark[];
}

export async function collect(stage: Stage, people: People, left: Left): Promise<Evidence> {
  const { site, participants, routers } = stage;
  await site.recorder.catchUp();
  const workflows = await workflowsOf(stage, left.gateways);
  const logs = await textsOf(left.logs);
  const ends = await Promise.all(
    ROUTERS.map(async (name) => ({
      name,
      spec: participants.routers[name],
      end: await routers.order({ kind: 'inspect', router: name }),
    })),
  );
  return {
    workload: left.workload,
    writes: site.recorder.writes.filter(({ revision }) => revision > left.revision),
    routers: await Promise.all(
      ends.map(async ({ name, spec, end }): Promise<RouterEvidence> => ({
        id: spec.id,
        name: `MX-${name}`,
        ourUser: OUR_USER,
        base: left.before.get(name) ?? '',
        ...(await witnessed(spec, people.committed[name], people.onTrial[name])),
        end,
      })),
    ),
    workflows: workflows.map(({ evidence }) => evidence),
    faults: left.faults,
    canaries: participants.canaries,
    texts: [
      ...logs,
      ...workflows.map(({ evidence, text }) => ({ name: `${evidence.workflowId} ${evidence.runId}`, text })),
    ],
  };
}

/** A commit on trial that fell back is not in what the router ran when it was last changed by another user. */
async function witnessed(
  spec: RouterSpec,
  committed: readonly string[],
  onTrial: readonly string[],
): Promise<Pick<RouterEvidence, 'tape' | 'operators'>> {
  const tape = await tapeOf(spec);
  const last = tape.findLast((entry) => 'config' in entry && !('user' in entry && entry.user === OUR_USER));
  const config = last !== undefined && 'config' in last ? last.config : '';
  const running = new Set(statementsOf(config));
  const stayed = onTrial.filter((statement) => running.has(statement.replace(/^set /, '')));
  return { tape, operators: [...new Set([...committed, ...stayed])] };
}

async function tapeOf({ tapeFile }: RouterSpec): Promise<RouterEvidence['tape']> {
  if (!existsSync(tapeFile)) return [];
  const lines = (await readFile(tapeFile, 'utf8')).split('\n');
  // A process that was killed while writing left half a line.
  return lines.flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as RouterEvidence['tape'][number]];
    } catch {
      return [];
    }
  });
}

interface Exported {
  readonly evidence: WorkflowEvidence;
  /** The history, payloads included, as text. */
  readonly text: string;
}

async function workflowsOf(
  { site, participants }: Stage,
  gateways: readonly TestGateway[],
): Promise<readonly Exported[]> {
  const ids = [...gateways.map(workflowIdOf), ...pairIds(participants)];
  const found: Exported[] = [];
  for (const id of ids) {
    const query = `WorkflowId = '${id}'`;
    for await (const { workflowId, runId } of site.temporal.workflow.list({ query }))
      found.push(await exported(site, workflowId, runId));
  }
  return found;
}

async function exported(site: Stage['site'], workflowId: string, runId: string): Promise<Exported> {
  const handle = site.temporal.workflow.getHandle(workflowId, runId);
  const { status, type } = await handle.describe();
  const history = await handle.fetchHistory();
  const last = history.events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
  const state = statusOf(status.name);
  const isPair = workflowId.startsWith('router_pair:');
  const queue = isPair && state === 'running' ? await waitingFor(site, workflowId) : undefined;
  return {
    evidence: {
      workflowId,
      runId,
      type,
      status: state,
      failure: last === undefined || last === null ? null : (last.message ?? ''),
      ...(queue === undefined ? {} : { queue }),
      events: linesOf(history),
    },
    text: readableHistory(history),
  };
}

async function waitingFor(site: Stage['site'], workflowId: string): Promise<number> {
  const [pair] = await site.client.queue(workflowId);
  return pair?.queue ? pair.queue.waiting.length + pair.queue.batch.length : 0;
}
