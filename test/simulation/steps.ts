/**
 * The steps of activities. Each call to etcd, to a router or to Temporal is a step. The moment before a write to etcd is a point, and so is the moment
 * after any step that may have changed something: `settle: after etcd mark settled 1`. At each point the code that makes the call asks here what happens.
 */
import { asyncLocalStorage } from '@temporalio/activity';
import { Process } from './process.ts';
import { CallsUnderWay } from './under-way.ts';

/** In one attempt, calls of the same kind beyond this number share one name, because an activity that waits makes any number of them. */
const COUNTED = 4;
/**
 * How many calls to etcd fail after a strike. After a write that fails, the caller makes two reads, and after a read that fails another one, before it
 * gives up.
 */
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

/** What a strike asks of the code that makes the call. */
export type Blow =
  /** The call was carried out, and its answer never comes. */
  | { readonly kind: 'lost answer' }
  /** The call reaches etcd only after `ms`. */
  | { readonly kind: 'late'; readonly ms: number };

/** Decides what happens at a point, and does it. Only a blow is left to the code that makes the call; after `failure`, the next calls of this attempt fail. */
export type Striker = (point: string, moment: Moment, step: Step) => Blow | 'failure' | undefined;

export class Steps {
  striker: Striker = () => undefined;
  /** Makes a party wait for another one, and then runs `go`. */
  meeting: (place: string, workflowId: string, go: () => void) => void = (_place, _workflowId, go) => go();
  readonly underWay = new CallsUnderWay();
  /** Every point that was passed. */
  readonly passed = new Set<string>();
  readonly #counts = new WeakMap<object, Map<string, number>>();
  /** How many of an attempt's next calls fail. */
  readonly #failing = new WeakMap<object, number>();

  /**
   * The step that a call is. `undefined`: no activity makes the call. `call`: gives the words for the call, from the id of the workflow that the
   * activity works for.
   */
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
