/** The gateway workflows, to which the server soon suggests that they continue as new. */
import type { WorkflowInfo } from '@temporalio/workflow';
import type { GatewayRequest, GatewayResult, Superseding } from '../../gateway/plan.ts';
import { applyGateway as apply } from './quick-gateways.ts';

interface Activator {
  mutateWorkflowInfo(change: (info: WorkflowInfo) => WorkflowInfo): void;
}

/** A saga has twelve events when it begins its first wait, and twelve more with each further wait. */
const EVENTS = 30;

export function applyGateway(input: GatewayRequest, superseding?: Superseding): Promise<GatewayResult> {
  const activator = (globalThis as unknown as { readonly __TEMPORAL_ACTIVATOR__: Activator })
    .__TEMPORAL_ACTIVATOR__;
  const mutate = activator.mutateWorkflowInfo.bind(activator);
  activator.mutateWorkflowInfo = (change) =>
    mutate((info) => {
      const changed = change(info);
      return { ...changed, continueAsNewSuggested: changed.historyLength > EVENTS };
    });
  return apply(input, superseding);
}
