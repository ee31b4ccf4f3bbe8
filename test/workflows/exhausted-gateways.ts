/** The gateway workflows, to which the server always suggests that they continue as new. */
import type { GatewayRequest, GatewayResult, Superseding } from '../../gateway/plan.ts';
import { applyGateway as apply } from './quick-gateways.ts';
import { suggestAfter } from './suggest-after.ts';

export function applyGateway(input: GatewayRequest, superseding?: Superseding): Promise<GatewayResult> {
  suggestAfter(0);
  return apply(input, superseding);
}
