/** A pair's workflow that is told by signals whether it is about to continue as new. */
import { defineSignal, setHandler } from '@temporalio/workflow';
import type { WorkflowInfo } from '@temporalio/workflow';
import { routerPair } from '../../workflows/router-pair.ts';
import type { RouterPairInput } from '../../workflows/router-pair.ts';

interface Activator {
  mutateWorkflowInfo(change: (info: WorkflowInfo) => WorkflowInfo): void;
}

/** `suggest` with `true` or `false`: whether the server suggests from now on that the workflow continues as new. */
export function hesitatingPair(input: RouterPairInput): Promise<void> {
  const activator = (globalThis as unknown as { readonly __TEMPORAL_ACTIVATOR__: Activator })
    .__TEMPORAL_ACTIVATOR__;
  const mutate = activator.mutateWorkflowInfo.bind(activator);
  let continueAsNewSuggested = false;
  activator.mutateWorkflowInfo = (change) => mutate((info) => ({ ...change(info), continueAsNewSuggested }));
  setHandler(defineSignal<[boolean]>('suggest'), (is) => {
    continueAsNewSuggested = is;
    activator.mutateWorkflowInfo((info) => info);
  });
  return routerPair(input);
}
