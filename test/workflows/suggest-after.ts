import type { WorkflowInfo } from '@temporalio/workflow';

interface Activator {
  mutateWorkflowInfo(change: (info: WorkflowInfo) => WorkflowInfo): void;
}

/** To be called in a workflow: from now on the server seems to suggest that it continues as new, once its history has more events. */
export function suggestAfter(events: number): void {
  const activator = (globalThis as unknown as { readonly __TEMPORAL_ACTIVATOR__: Activator })
    .__TEMPORAL_ACTIVATOR__;
  const mutate = activator.mutateWorkflowInfo.bind(activator);
  activator.mutateWorkflowInfo = (change) =>
    mutate((info) => {
      const changed = change(info);
      return { ...changed, continueAsNewSuggested: changed.historyLength > events };
    });
}
