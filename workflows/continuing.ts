/**
 * When a workflow that lives long continues as new, and which version of the workers carries out its next run. With Worker Deployments every run is
 * pinned to the version that began it. So a workflow moves to another version only between two runs, and no run is ever replayed by code that did not
 * begin it.
 */
import { workflowInfo } from '@temporalio/workflow';

/**
 * How often a workflow that gets no signals looks whether another version of the workers is current, in ms. A workflow learns that only in a workflow
 * task, so it needs a timer.
 */
export const VERSION_LOOK_MS = 5 * 60_000;

/** Whether the run is to end at its next safe point: its history has grown large, or another version of the workers than its own is current. */
export function isToContinueAsNew(): boolean {
  const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
  return continueAsNewSuggested || targetWorkerDeploymentVersionChanged;
}

/** Whether a worker of a deployment carries this run out. */
export function isVersioned(): boolean {
  return Boolean(workflowInfo().currentDeploymentVersion?.deploymentName);
}

/**
 * The option for continuing as new by which the next run begins with the version that is current then, and is pinned to that version. Without a
 * deployment the option does nothing.
 */
export const BY_CURRENT_VERSION = { initialVersioningBehavior: 'AUTO_UPGRADE' } as const;
