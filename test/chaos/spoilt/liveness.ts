/** Runs that do not come to rest. */
import { adds } from '../spoil.ts';
import type { Evidence } from '../evidence.ts';
import type { Spoil, Spoilt } from '../spoil.ts';

const VICTIM = { user: 'esi', session: 8 };

/** One of our sessions was killed by another one of ours, and no fault explains that. */
const givenUp: Spoil = (evidence) =>
  adds((at) => ({ at, kind: 'killed', user: 'esi', victim: VICTIM }))(withoutFlaws(evidence));

function withoutFlaws(evidence: Evidence): Evidence {
  const { workload } = evidence;
  const gateways = workload.gateways.map((one) => ({ ...one, flaw: null }));
  return { ...evidence, workload: { ...workload, gateways } };
}

/** The same, but `lateMs` after a newer version came while the older one was on trial. */
export function givenUpAsSuperseded(evidence: Evidence, lateMs = 1_000): Evidence {
  const index = evidence.writes.findIndex(({ key, value }) => key.startsWith('/state/') && value !== null);
  const told = evidence.writes[index];
  const config = evidence.writes.find(({ key }) => key === told?.key.replace('/state/', '/config/'));
  if (told === undefined || config?.value === undefined || config.value === null)
    throw new Error('Expected a gateway with a /state, got none');
  const newer = {
    ...config,
    revision: told.revision - 0.5,
    seenAt: told.seenAt,
    value: JSON.stringify({ ...(JSON.parse(config.value) as object), version: 2 }),
  };
  const at = newer.seenAt + lateMs;
  return adds(() => ({ at, kind: 'killed', user: 'esi', victim: VICTIM }))({
    ...withoutFlaws(evidence),
    writes: [...evidence.writes.slice(0, index), newer, ...evidence.writes.slice(index)],
  });
}

export const liveness: readonly Spoilt[] = [
  [
    'a workflow that never ends',
    (evidence) => ({
      ...evidence,
      workflows: evidence.workflows.map((one) => ({ ...one, status: 'running' as const })),
    }),
    /still running/,
  ],
  [
    'a queue that is not empty',
    (evidence) => ({
      ...evidence,
      workflows: [
        {
          workflowId: 'router_pair:a+b',
          runId: 'r',
          type: 'routerPair',
          status: 'running',
          failure: null,
          queue: 2,
        },
      ],
    }),
    /2 in its queue/,
  ],
  [
    'a defect for a reason',
    (evidence) => ({
      ...evidence,
      workflows: evidence.workflows.map((one) => ({ ...one, failure: 'TypeError: x is not a function' })),
    }),
    /TypeError/,
  ],
  [
    'a failure that nothing gave a reason for',
    (evidence) => ({
      ...evidence,
      workload: {
        ...evidence.workload,
        gateways: evidence.workload.gateways.map((one) => ({ ...one, flaw: null })),
      },
    }),
    /CREATE_FAILED/,
  ],
  ['a worker given up that was at work', givenUp, /session 8 killed/],
];
