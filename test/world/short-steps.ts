/**
 * For specs in which a step of a pair gets stuck. With this module the step is repeated within a second. A module of interceptors: each workflow loads
 * it before its own code.
 */
import { PAIR_TIMES } from '../../pair/times.ts';

Object.assign(PAIR_TIMES, { publicationCheckMs: 1_000, stepAgainMs: 1_000 });

export const interceptors = () => ({});
