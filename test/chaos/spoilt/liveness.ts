/** Runs that do not come to rest. */
import { adds } from '../spoil.ts';
import type { Spoilt } from '../spoil.ts';

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
  [
    'a worker given up that was at work',
    (evidence) => {
      const { workload } = evidence;
      const gateways = workload.gateways.map((one) => ({ ...one, flaw: null }));
      const victim = { user: 'esi', session: 8 };
      return adds((at) => ({ at, kind: 'killed', user: 'esi', victim }))({
        ...evidence,
        workload: { ...workload, gateways },
      });
    },
    /session 8 killed/,
  ],
];
