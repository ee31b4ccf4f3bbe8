/** Which jobs an action has, in their order. Readers of etcd know an action by them. */
import type { Action } from './change.ts';

export type JobAction = 'create' | 'modify' | 'delete' | 'logical_delete';

export interface JobStep {
  readonly action: JobAction;
  /** Which of the kind's two jobs. */
  readonly job: 'provisioning' | 'monitoring';
  readonly onFailure: 'fail' | 'ignore';
}

const STOP_MONITORING: JobStep = { action: 'delete', job: 'monitoring', onFailure: 'ignore' };
const MONITOR: JobStep = { action: 'create', job: 'monitoring', onFailure: 'fail' };

/** Each job depends on all those before it. */
export const JOB_CHAINS: Readonly<Record<Action, readonly JobStep[]>> = {
  create: [{ action: 'create', job: 'provisioning', onFailure: 'fail' }, MONITOR],
  update: [STOP_MONITORING, { action: 'modify', job: 'provisioning', onFailure: 'fail' }, MONITOR],
  delete: [STOP_MONITORING, { action: 'logical_delete', job: 'provisioning', onFailure: 'fail' }],
};
