/** Which jobs an action has, in their order, and their names. Readers of etcd know an action by them. */
import type { Action } from './change.ts';
import type { JobAction, JobTemplate, Kind, OnFailure } from './kind.ts';
import type { GatewayVersion } from './resource.ts';

export interface JobStep {
  readonly action: JobAction;
  /** Which of the kind's jobs. */
  readonly job: 'provisioning' | 'monitoring';
  readonly onFailure: OnFailure;
}

const STOP_MONITORING: JobStep = { action: 'delete', job: 'monitoring', onFailure: 'ignore' };
const MONITOR: JobStep = { action: 'create', job: 'monitoring', onFailure: 'fail' };

/** Each job depends on all those before it. */
const JOB_CHAINS: Readonly<Record<Action, readonly JobStep[]>> = {
  create: [{ action: 'create', job: 'provisioning', onFailure: 'fail' }, MONITOR],
  update: [STOP_MONITORING, { action: 'modify', job: 'provisioning', onFailure: 'fail' }, MONITOR],
  delete: [STOP_MONITORING, { action: 'logical_delete', job: 'provisioning', onFailure: 'fail' }],
};

type Jobs = Pick<Kind, 'provisioning' | 'monitoring'>;

/** The jobs of an action, in their order. A kind without monitoring has one job for each action. */
export function jobChain(action: Action, kind: Jobs): readonly JobStep[] {
  return JOB_CHAINS[action].flatMap((step) => {
    const template = kind[step.job];
    return template === undefined ? [] : [{ ...step, ...onFailureOf(template, step.action) }];
  });
}

function onFailureOf({ onFailure }: JobTemplate, action: JobAction): Partial<Pick<JobStep, 'onFailure'>> {
  const own = onFailure?.[action];
  return own === undefined ? {} : { onFailure: own };
}

/** The word by which a job's records name who works on it. */
export function handlerOf(kind: Jobs, job: JobStep['job']): string {
  return kind[job]?.handler ?? { provisioning: 'heat_worker', monitoring: 'monitoring_worker' }[job];
}

/** Whether the change with these jobs is of a kind with monitoring. A kind without it has one job for each action, any other has several. */
export function isMonitored(jobs: readonly string[]): boolean {
  return jobs.length > 1;
}

/** Which of a change's jobs puts the gateway on its routers, or takes it off. Its place tells, because a kind may name any handler. */
export function provisioningIn(action: Action, jobs: readonly string[]): string | undefined {
  const chain = JOB_CHAINS[action].filter(({ job }) => job === 'provisioning' || isMonitored(jobs));
  return jobs[chain.findIndex(({ job }) => job === 'provisioning')];
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

export interface JobName extends GatewayVersion {
  readonly action: JobAction;
  readonly handler: string;
  /** Five characters of `[0-9a-z]`: `jobSuffix()`. */
  readonly suffix: string;
}

/** The name of a job's record: `create:heat_worker:vpn_gateway:<id>:1:6zudv`. */
export function jobId(job: JobName): string {
  if (!/^[0-9a-z]{5}$/.test(job.suffix)) {
    throw new TypeError(`Expected a suffix of 5 characters of [0-9a-z], got "${job.suffix}"`);
  }
  const { action, handler, resourceType, resourceId, version, suffix } = job;
  return [action, handler, resourceType, resourceId, version, suffix].join(':');
}

/** @param random like `Math.random`: at least 0, less than 1 */
export function jobSuffix(random: () => number): string {
  return Array.from({ length: 5 }, () => ALPHABET.charAt(Math.floor(random() * 36))).join('');
}
