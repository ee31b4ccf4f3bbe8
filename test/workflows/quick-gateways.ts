/** The gateway workflows, which wait only shortly for further versions, and before they look again. */
import { SUPERSEDE_TIMES } from '../../gateway/policies.ts';

Object.assign(SUPERSEDE_TIMES, { quietMs: 50, lookAgainMs: 50 });

export { applyGateway, createGateway, deleteGateway, updateGateway } from '../../workflows/change-gateway.ts';
