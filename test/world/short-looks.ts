/**
 * For specs in which a pair looks by itself whether its routers can make what they owe. With this module it looks within seconds. A module of
 * interceptors, as `short-steps.ts` is.
 */
import { PAIR_TIMES } from '../../pair/times.ts';

Object.assign(PAIR_TIMES, { owedFirstMs: 1_000, owedMaxMs: 3_000 });

export const interceptors = () => ({});
