import type { Bug } from './bug.ts';
import { PAIR_BUGS } from './pair-bugs.ts';
import { ROUTER_BUGS } from './router-bugs.ts';
import { SAGA_BUGS } from './saga-bugs.ts';
import { STORE_BUGS } from './store-bugs.ts';

/** All of them. */
export const BUGS: readonly Bug[] = [...SAGA_BUGS, ...STORE_BUGS, ...ROUTER_BUGS, ...PAIR_BUGS];
