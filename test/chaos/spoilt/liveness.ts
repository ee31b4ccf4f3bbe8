/** Runs that do not come to rest. */
import { adds } from '../spoil.ts';
import type { Spoil, Spoilt } from '../spoil.ts';

/** One of our sessions killed by another of ours, and no fault that explains it. */
const givenUp: Spoil = (evidence) => {
  const { workload } = evidence;
  const gateways = workload.gateways.map((one) => ({ ...one, flaw: null }));
  const victim = { user: 'esi', session: 8 };
  return adds((at) => ({ at, kind: 'killed', user: 'esi', victim }))({
    ...evidence,
    workload: { ...workload, gateways },
  });
};

/** The same, and a newer version superseded one: a cancelled call's session is killed rightly. */
export const givenUpAsSuperseded: Spoil = (evidence) => {
  const spoilt = givenUp(evidence);
  return {
    ...spoilt,
    writes: spoilt.writes.map((one) => ({
      ...one,
      value:
        one.value?.replace('"error":"', '"error":"superseded by version 2 of the configuration. ') ?? null,
    })),
  };
};

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
