/** What changes no times and no limits, in one bundle: each bundle takes two seconds. */
export { createGateway } from '../../workflows/change-gateway.ts';
export { compensating } from './compensating.ts';
export { compensatingKept } from './compensating-kept.ts';
export { numbering } from './numbering.ts';
