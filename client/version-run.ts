import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { TerminatedFailure } from '@temporalio/common';
import { cancelReasonOf } from './cancel-reason.ts';
import { endsIn, outcomeOfVersion } from './ends.ts';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import type { GatewayRequest, GatewayResult } from '../gateway/plan.ts';
import { FAILURES } from '../gateway/failures.ts';
import { GRPC, grpcErrorIn } from './grpc.ts';
import { isAsAsked, outcomeOfError, outcomeOfResult, type ChangeOutcome } from './outcome.ts';
import type { RequestedAction } from './request.ts';
import { startChange, WORKFLOW_TYPES, type RunRef } from './start.ts';
import type { Temporal } from './temporal.ts';

/** Why a change is cancelled, and who cancels it: `alice@jump-host`. */
export interface CancelOptions {
  /** Stands with `by` in the workflow's history, in `/state` and in the worker's log, on one line of at most 200 characters. */
  readonly reason?: string;
  /** At most 80 characters. Default: the identity of the Temporal client, in the history only. */
  readonly by?: string;
}

/** What has come of the request for a cancel. */
export interface CancelAnswer {
  /** A run has taken it. `false`: the run had ended, and nothing is cancelled. */
  readonly isTaken: boolean;
  /** A cancel had been requested before. Only the reason of that one is kept, if it had one. */
  readonly isRepeated: boolean;
}

/** `wrong VLAN (alice@jump-host)`: a workflow gets the reason only, not the identity of who cancels it. */
function reasonText({ reason = '', by = '' }: CancelOptions): string {
  const [why, who] = [oneLine(reason, LENGTHS.hold), oneLine(by, LENGTHS.who)];
  return why === '' || who === '' ? why : `${why} (${who})`;
}

/**
 * How many runs are started or joined for one request at most. Other callers may start runs of older versions in between, but hardly more than two.
 * Without a limit, a defect could start runs without end.
 */
const MAX_RUNS = 4;

/** Failures by which a run that was started for something else says nothing about this request. */
const SAY_NOTHING: ReadonlySet<string> = new Set([FAILURES.InvalidRequest, FAILURES.Superseded]);

/**
 * One run of a gateway's workflow, and the runs that it goes on as, for a caller with a request. The caller may have joined a run that was started for
 * something else: for an older version, or for another action. If the end of that run does not answer the request, another run is started after it.
 */
export class VersionRun {
  readonly #temporal: Temporal;
  readonly #run: RunRef;
  readonly #requested: GatewayRequest;
  readonly #asked: RequestedAction | null;
  readonly #number: number;
  #next: Promise<VersionRun> | undefined;
  #following: VersionRun | undefined;

  /** `asked`: `null` for a run that was only found. */
  constructor(
    temporal: Temporal,
    run: RunRef,
    requested: GatewayRequest,
    asked: RequestedAction | null,
    number = 1,
  ) {
    this.#temporal = temporal;
    this.#run = run;
    this.#requested = requested;
    this.#asked = asked;
    this.#number = number;
  }

  get workflowId(): string {
    return this.#run.workflowId;
  }

  /**
   * A handle for queries and for the result. A query goes to the run that this one has gone on as, while that run is the workflow's latest. The result
   * is that of the last run that this one goes on as.
   */
  get handle(): WorkflowHandle {
    const { workflowId, runId } = this.#run;
    return this.#temporal.client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId });
  }

  /** A handle of exactly this run. */
  get #ownHandle(): WorkflowHandle {
    const { workflowId, runId } = this.#run;
    return this.#temporal.client.workflow.getHandle(workflowId, runId);
  }

  /**
   * Requests a cancel of this run, or of the run that it has gone on as. Nothing happens if that run has ended. The history keeps the reason and who
   * gave it; the SDK's own cancel passes on neither. Resolves to whether the run has taken it, and whether a cancel had been requested before: Temporal
   * keeps the first one only.
   */
  async cancel(options: CancelOptions): Promise<CancelAnswer> {
    const before = await this.#lastRun();
    const { namespace, identity } = this.#temporal.client.options;
    const isRepeated = isCancelRequested(before);
    try {
      await this.#temporal.client.workflowService.requestCancelWorkflowExecution({
        namespace,
        workflowExecution: { workflowId: this.workflowId },
        firstExecutionRunId: firstRunOf(before),
        requestId: randomUUID(),
        identity: options.by ?? identity,
        reason: reasonText(options),
      });
    } catch (error) {
      if (grpcErrorIn(error)?.code !== GRPC.notFound) throw error;
      return { isTaken: false, isRepeated };
    }
    if (before.closeTime !== undefined) return { isTaken: false, isRepeated };
    // Temporal does not say whether the run had ended meanwhile.
    const after = await this.#lastRun();
    return { isTaken: after.closeTime === undefined || isCancelRequested(after), isRepeated };
  }

  /** This run, or if it has ended, the one that it has gone on as. */
  async #lastRun(): Promise<WorkflowExecutionDescription> {
    const own = await this.#ownHandle.describe();
    return own.status.name === 'RUNNING' ? own : this.#lastAfter(own);
  }

  /**
   * The run that this one has gone on as, by itself or by a reset: the workflow's latest, if that began with the same run. Otherwise `own`, because all of
   * those have ended.
   */
  async #lastAfter(own: WorkflowExecutionDescription): Promise<WorkflowExecutionDescription> {
    const latest = await this.#temporal.client.workflow.getHandle(this.workflowId).describe();
    return firstRunOf(latest) === firstRunOf(own) ? latest : own;
  }

  /** The run that an operator has made of this one by a reset. `undefined`: it was not reset. The SDK takes a reset for a termination. */
  async #resetRun(signal?: AbortSignal): Promise<VersionRun | undefined> {
    const { runId, status } = await this.#temporal.callAbout(
      this.workflowId,
      async () => this.#lastAfter(await this.#ownHandle.describe()),
      signal,
    );
    if (status.name === 'TERMINATED') return undefined;
    const run = { workflowId: this.workflowId, runId };
    return new VersionRun(this.#temporal, run, this.#requested, this.#asked, this.#number);
  }

  /** The last run that is known to follow this one, or this one itself. */
  get latest(): VersionRun {
    return this.#following?.latest ?? this;
  }

  /** Waits for the end of this run and of those that it goes on as. Rejects only if Temporal can't tell how they ended. */
  async outcome(signal?: AbortSignal): Promise<ChangeOutcome> {
    try {
      const result = await this.#temporal.callAbout(this.workflowId, () => this.handle.result(), signal);
      const last = outcomeOfResult(result as GatewayResult);
      return this.#answer(outcomeOfVersion(this.#requested, last, endsIn(result)));
    } catch (error) {
      const withoutReason = outcomeOfError(error);
      if (!withoutReason) throw error;
      const isTerminated = error instanceof WorkflowFailedError && error.cause instanceof TerminatedFailure;
      const reset = isTerminated ? await this.#resetRun(signal) : undefined;
      if (reset !== undefined) return reset.outcome(signal);
      const isCancelled = withoutReason.kind === 'cancelled';
      const reason = isCancelled ? await cancelReasonOf(this.#temporal, this.#run, signal) : undefined;
      const outcome = outcomeOfError(error, reason) ?? withoutReason;
      return this.#answer(outcomeOfVersion(this.#requested, outcome, endsIn(error)));
    }
  }

  /**
   * Starts the run that follows this one; every call gets the same run. `outcome`: how this run ended. `null`: that outcome
   * answers the request. A cancelled run is not followed: the cancel by an operator ends the request, too.
   */
  async next(outcome: ChangeOutcome): Promise<VersionRun | null> {
    const asked = this.#asked;
    if (asked === null || outcome.kind === 'cancelled' || this.#number === MAX_RUNS) return null;
    const saysNothing = this.#isOlder(outcome) || this.#isWithoutAttempt(outcome);
    if (!saysNothing && !(await this.#isForOther(asked, outcome))) return null;
    this.#next ??= this.#start(asked);
    return this.#next;
  }

  async #start(asked: RequestedAction): Promise<VersionRun> {
    try {
      const run = await startChange(this.#temporal, asked, this.#requested);
      this.#following = new VersionRun(this.#temporal, run, this.#requested, asked, this.#number + 1);
      return this.#following;
    } catch (error) {
      this.#next = undefined;
      throw error;
    }
  }

  /**
   * Makes a failure of the end of an older version after the last of `MAX_RUNS` runs. No further run is started then, and the end of an older version
   * must not count as the answer to the request.
   */
  #answer(outcome: ChangeOutcome): ChangeOutcome {
    const { resourceType, resourceId, version } = this.#requested;
    const isUnanswered = this.#number === MAX_RUNS && this.#isOlder(outcome) && outcome.kind !== 'cancelled';
    if (version === undefined || !isUnanswered) return outcome;
    const told = `version ${outcome.gateway?.version} (${outcome.kind})`;
    return {
      kind: 'failed',
      type: FAILURES.Internal,
      message: `version ${version} was asked for ${MAX_RUNS} times, and each run told of an older one, the last time ${told}`,
      gateway: { resourceType, resourceId, version },
      compensation: 'compensation' in outcome ? outcome.compensation : [],
    };
  }

  #isOlder({ gateway }: ChangeOutcome): boolean {
    const { version } = this.#requested;
    return version !== undefined && gateway !== null && gateway.version < version;
  }

  /**
   * Whether the caller asked for another attempt at a failed version, but the run was started without that wish, and has only told how the version had
   * failed.
   */
  #isWithoutAttempt(outcome: ChangeOutcome): boolean {
    const { again } = this.#requested;
    return again === true && outcome.kind === 'failed' && outcome.type === FAILURES.AlreadyEnded;
  }

  /** Whether the run was started for another action, and its end says nothing about the action that was asked for. */
  async #isForOther(asked: RequestedAction, outcome: ChangeOutcome): Promise<boolean> {
    const saysNothing =
      outcome.kind === 'failed'
        ? SAY_NOTHING.has(outcome.type)
        : 'alreadyEnded' in outcome && !outcome.alreadyEnded && !isAsAsked(asked, outcome);
    if (!saysNothing) return false;
    const { type } = await this.#temporal.callAbout(this.workflowId, () => this.#ownHandle.describe());
    return type !== WORKFLOW_TYPES[asked];
  }
}

function isCancelRequested({ raw }: WorkflowExecutionDescription): boolean {
  return raw.workflowExtendedInfo?.cancelRequested === true;
}

/** The id of the first of the runs that have gone on as this one. */
function firstRunOf({ runId, raw }: WorkflowExecutionDescription): string {
  return raw.workflowExecutionInfo?.firstRunId || runId;
}
