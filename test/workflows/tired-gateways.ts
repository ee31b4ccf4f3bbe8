/** The gateway workflows, to which the server soon suggests that they continue as new. */
import type { GatewayRequest, GatewayResult, Superseding } from '../../gateway/plan.ts';
import { applyGateway as apply } from './quick-gateways.ts';
import { suggestAfter } from './suggest-after.ts';

/** A saga has twelve events when it begins its first wait, and twelve more with each further wait. */
const EVENTS = 30;

export function applyGateway(input: GatewayRequest, superseding?: Superseding): Promise<GatewayResult> {
  suggestAfter(EVENTS);
  return apply(input, superseding);
}
