/** What the simulation's Temporal server depends on, and what it describes. */
import type { Clock } from '../../../simulator/device/clock.ts';
import type { Random } from '../../chaos/random.ts';
import type { Points } from '../points.ts';
import type { ActivityTask, Attempt } from './activity-task.ts';
import type { Start, Status } from './execution.ts';

/** A worker, as the server knows it. */
export interface TaskWorker {
  readonly name: string;
  /** Whether it polls. A frozen worker may still be given a task; a dead worker gets none. */
  readonly isPolling: boolean;
  readonly isFrozen: boolean;
  perform(task: ActivityTask, attempt: Attempt, of: Start): void;
}

export interface Description {
  readonly start: Start;
  readonly status: Status;
  /** Ids of activities that have not ended. */
  readonly pending: readonly string[];
}

export type Beginning = Omit<Start, 'runId' | 'firstRunId' | 'originalRunId'> &
  Partial<Pick<Start, 'firstRunId' | 'originalRunId'>>;

export interface TemporalDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly points: Points;
  readonly alone: (work: () => Promise<void>) => void;
  readonly workers: () => readonly TaskWorker[];
  readonly tell: (words: string) => void;
}
