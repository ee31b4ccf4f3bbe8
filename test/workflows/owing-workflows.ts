/** A pair's workflow that looks at what its routers owe without much of a wait. */
import { PAIR_TIMES } from '../../pair/times.ts';

export { routerPair } from '../../workflows/index.ts';

Object.assign(PAIR_TIMES, {
  owedFirstMs: 2,
  owedMaxMs: 4,
  publicationCheckMs: 50,
  lingerMs: 50,
});
