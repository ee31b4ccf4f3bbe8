/** For specs in which a pair's step gets stuck: it is repeated within a second. A module of interceptors, which each workflow loads before its code. */
import { PAIR_TIMES } from '../../pair/times.ts';

Object.assign(PAIR_TIMES, { publicationCheckMs: 1_000, stepAgainMs: 1_000 });

export const interceptors = () => ({});
