/**
 * One run of a workflow: the real workflow code in the SDK's real runtime, driven by activations as a worker's core drives it, but without a sandbox.
 * Only one run is active at a time, and it stays active until nothing in it can go on.
 */
import type { coresdk, temporal } from '@temporalio/proto';
import { defaultPayloadConverter } from '@temporalio/common';
import { setActivator } from '@temporalio/workflow/lib/global-attributes.js';
import { Activator } from '@temporalio/workflow/lib/internals.js';
import type { WorkflowInfo } from '@temporalio/workflow';
import * as runtime from '@temporalio/workflow/lib/worker-interface.js';
import * as workflows from '../../../workflows/index.ts';
import { interceptors } from '../../../workflows/cancel-reason.ts';
import { TASK_QUEUE } from '../../../gateway/messages.ts';
import { quiet } from '../time.ts';

export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
export type Command = coresdk.workflow_commands.IWorkflowCommand;
export type Payload = temporal.api.common.v1.IPayload;
export type Failure = temporal.api.failure.v1.IFailure;

export type Status = 'running' | 'completed' | 'failed' | 'canceled' | 'terminated' | 'continued as new';

export interface Start {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly type: string;
  readonly args: readonly Payload[];
  /** The id of the run that it was reset from; its own id, if it was not reset. */
  readonly originalRunId: string;
}

/** Two events for each workflow task, about as many for each job and command. */
const EVENTS_PER_STEP = 3;

/** What a workflow task was about, and when it was done. */
export interface Handed {
  readonly at: number;
  readonly jobs: readonly Job[];
}

export class Execution {
  readonly start: Start;
  readonly startedAt: number;
  status: Status = 'running';
  failure: string | null = null;
  /** The jobs that wait for the next workflow task. */
  jobs: Job[] = [];
  /** Every job and command, as JSON lines. */
  readonly history: string[] = [];
  /** Its workflow tasks so far. */
  readonly tasks: Handed[] = [];
  /** When it should continue as new. */
  readonly #suggestAfter: number;
  /** The server's clock. */
  readonly #now: () => number;
  readonly #activator: Activator;
  #steps = 0;

  constructor(start: Start, suggestAfter: number, now: () => number) {
    this.start = start;
    this.#now = now;
    this.startedAt = now();
    this.#suggestAfter = suggestAfter;
    this.#activator = new Activator({
      info: infoOf(start, this.startedAt),
      randomnessSeed: [...Buffer.from(start.originalRunId)],
      now: this.startedAt,
      showStackTraceSources: false,
      sourceMap: { version: 3, sources: [], names: [], mappings: '', file: '' },
      registeredActivityNames: new Set(),
      getTimeOfDay: () => BigInt(now()) * 1_000_000n,
      stackTracesEnabled: false,
    });
    const workflow = (workflows as Record<string, unknown>)[start.type];
    if (typeof workflow !== 'function') throw new TypeError(`Expected a workflow, got "${start.type}"`);
    this.#activator.workflow = workflow as never;
    this.#activator.interceptors.internals.push(...(interceptors().internals ?? []));
    this.jobs.push({
      initializeWorkflow: {
        workflowId: start.workflowId,
        workflowType: start.type,
        arguments: [...start.args],
        headers: {},
      },
    });
  }

  /** Makes a workflow task: hands over the waiting jobs, or those that another run was handed before. Resolves to the commands of the workflow. */
  async activate(
    handed: Handed = { at: this.#now(), jobs: this.jobs.splice(0) },
  ): Promise<readonly Command[]> {
    this.tasks.push(handed);
    const { now } = Date;
    Date.now = () => handed.at;
    try {
      return await this.#activate(handed);
    } finally {
      Date.now = now;
    }
  }

  async #activate(handed: Handed): Promise<readonly Command[]> {
    const jobs = handed.jobs.map((job) => ({ ...job, variant: Object.keys(job)[0] as never }));
    for (const job of jobs) this.history.push(lineOf(job));
    this.#steps += jobs.length + 1;
    const activator = this.#activator;
    setActivator(activator);
    activator.now = handed.at;
    activator.mutateWorkflowInfo((info) => ({
      ...info,
      historyLength: this.#steps * EVENTS_PER_STEP,
      continueAsNewSuggested: this.#steps * EVENTS_PER_STEP > this.#suggestAfter,
    }));
    try {
      const first = jobs.find((job) => job.initializeWorkflow);
      if (first?.initializeWorkflow) {
        // The job that starts the workflow stands first, whatever else came in the same task.
        runtime.initialize(first.initializeWorkflow);
        jobs.sort((one, other) => Number(other === first) - Number(one === first));
      }
      runtime.activate({ jobs });
      await quiet();
      while (runtime.tryUnblockConditions() > 0) await quiet();
      const { commands } = runtime.concludeActivation().successful as { commands: Command[] };
      activator.getAndResetSinkCalls();
      this.#steps += commands.length;
      for (const command of commands) this.history.push(lineOf(command));
      return commands;
    } finally {
      setActivator(undefined);
    }
  }
}

/** A value as a line of JSON, with payloads as the JSON that they hold. */
function lineOf(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) =>
    key === 'metadata' ? undefined : inner instanceof Uint8Array ? Buffer.from(inner).toString() : inner,
  );
}

export function payloadOf(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

export function valueOf(payload: Payload | null | undefined): unknown {
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

function infoOf({ workflowId, runId, firstRunId, originalRunId, type }: Start, at: number): WorkflowInfo {
  return {
    workflowId,
    runId,
    workflowType: type,
    searchAttributes: {},
    typedSearchAttributes: undefined as never,
    historyLength: 0,
    historySize: 0,
    continueAsNewSuggested: false,
    targetWorkerDeploymentVersionChanged: false,
    taskQueue: TASK_QUEUE,
    namespace: 'default',
    firstExecutionRunId: firstRunId,
    originalExecutionRunId: originalRunId,
    startTime: new Date(at),
    runStartTime: new Date(at),
    taskTimeoutMs: 10_000,
    attempt: 1,
    unsafe: {
      now: () => Date.now(),
      random: () => 0.5,
      isReplaying: false,
      isReplayingHistoryEvents: false,
    } as never,
  };
}
