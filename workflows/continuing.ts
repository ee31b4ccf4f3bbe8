/**
 * When a workflow that lives long continues as new, and by which version of the workers its next run is carried out. With Worker Deployments every run is
 * pinned to the version that began it. So a workflow moves to another version only between two runs, and no run is ever replayed by code
 * that did not begin it.
 */
import { workflowInfo } from '@temporalio/workflow';

/** How often a workflow that nobody tells anything looks whether another version is current, in ms. A workflow learns it with a workflow task only. */
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

/** For the next run: it begins with the version that is current then, and is pinned to that. Without a deployment it means nothing. */
export const BY_CURRENT_VERSION = { initialVersioningBehavior: 'AUTO_UPGRADE' } as const;
