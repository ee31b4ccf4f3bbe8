/**
 * The steps of activities: each call to etcd, to a router or to Temporal. The moment before a write to etcd, and the moment after any step
 * that may have changed something, is a point: `settle: after etcd mark settled 1`. The code that makes a call asks here at each point.
 */
import { asyncLocalStorage } from '@temporalio/activity';
import { Process } from './process.ts';
import { CallsUnderWay } from './under-way.ts';

/** Calls of the same kind beyond so many in one attempt have one name: an activity that waits makes any number of them. */
const COUNTED = 4;
/** A write that fails is followed by two reads, and a read by another one, before the caller gives up. */
const FAILING_CALLS = 3;

export type System = 'etcd' | 'router' | 'temporal';

export interface Step {
  readonly activity: string;
  /** The workflow that the activity works for. */
  readonly workflowId: string;
  readonly system: System;
  /** `etcd mark settled 1`: the call, and which of its kind in this attempt of the activity. */
  readonly call: string;
  readonly process: Process;
  readonly attempt: object;
}

export type Moment = 'before' | 'after';

/** What the code that makes the call has to do. */
export type Blow =
  /** The call was carried out, and its answer never comes. */
  | { readonly kind: 'lost answer' }
  /** The call reaches etcd only after so long. */
  | { readonly kind: 'late'; readonly ms: number };

/** Decides what happens at a point. It does so itself, but for a blow, and for `failure`: then the next call of this attempt fails. */
export type Striker = (point: string, moment: Moment, step: Step) => Blow | 'failure' | undefined;

export class Steps {
  striker: Striker = () => undefined;
  /** Keeps a party waiting for another one, and runs it then. */
  meeting: (place: string, workflowId: string, go: () => void) => void = (_place, _workflowId, go) => go();
  readonly underWay = new CallsUnderWay();
  /** Every point that was passed. */
  readonly passed = new Set<string>();
  readonly #counts = new WeakMap<object, Map<string, number>>();
  /** How many of an attempt's next calls fail. */
  readonly #failing = new WeakMap<object, number>();

  /** The step that a call is; `undefined`: no activity makes it. `call`: what is called, by the workflow that the activity works for. */
  of(system: System, process: Process, call: (workflowId: string) => string): Step | undefined {
    const attempt = asyncLocalStorage.getStore();
    if (attempt === undefined) return undefined;
    const { activityType: activity, workflowExecution } = attempt.info;
    const workflowId = workflowExecution?.workflowId ?? '';
    const counts = this.#counts.get(attempt) ?? new Map<string, number>();
    this.#counts.set(attempt, counts);
    const what = call(workflowId);
    const count = (counts.get(what) ?? 0) + 1;
    counts.set(what, count);
    return {
      activity,
      workflowId,
      system,
      call: `${what} ${count > COUNTED ? 'later' : count}`,
      process,
      attempt,
    };
  }

  pass(moment: Moment, step: Step | undefined): Blow | undefined {
    if (step === undefined) return undefined;
    const point = `${step.activity}: ${moment} ${step.call}`;
    this.passed.add(point);
    const blow = Process.outside(() => this.striker(point, moment, step));
    if (blow !== 'failure') return blow;
    this.#failing.set(step.attempt, FAILING_CALLS);
    return undefined;
  }

  /** Whether this call fails, because a strike at an earlier step said so. */
  fails(step: Step | undefined): boolean {
    const left = step === undefined ? 0 : (this.#failing.get(step.attempt) ?? 0);
    if (step === undefined || left === 0) return false;
    this.#failing.set(step.attempt, step.system === 'etcd' ? left - 1 : 0);
    return true;
  }
}
