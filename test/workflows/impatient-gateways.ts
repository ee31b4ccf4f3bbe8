/** The gateway workflows, which soon look again by themselves if nobody wakes them. */
import { WAIT_TIMES } from '../../workflows/waiting.ts';

Object.assign(WAIT_TIMES, { firstMs: 100, mostMs: 400 });

export { applyGateway } from './quick-gateways.ts';
