/** A pair's workflow that soon tries again a step that has failed for good. */
import { PAIR_TIMES } from '../../pair/times.ts';

export { routerPair } from '../../workflows/index.ts';

Object.assign(PAIR_TIMES, { stepAgainMs: 4, publicationCheckMs: 50, lingerMs: 50 });
