import { CHANGE_MUTATIONS } from './change-mutations.ts';
import { CHILDREN_MUTATIONS } from './children-mutations.ts';
import { FAMILY_MUTATIONS } from './family-mutations.ts';
import type { Mutation } from './mutation.ts';
import { OWED_DELETION_MUTATIONS } from './owed-deletion-mutations.ts';
import { PAIR_MUTATIONS } from './pair-mutations.ts';
import { RESERVATION_MUTATIONS } from './reservation-mutations.ts';
import { ROUTER_MUTATIONS } from './router-mutations.ts';
import { SAGA_MUTATIONS } from './saga-mutations.ts';
import { STORE_MUTATIONS } from './store-mutations.ts';
import { TRANSACTION_MUTATIONS } from './transaction-mutations.ts';
import { WATCH_MUTATIONS } from './watch-mutations.ts';

/** All of them. */
export const MUTATIONS: readonly Mutation[] = [
  ...SAGA_MUTATIONS,
  ...STORE_MUTATIONS,
  ...RESERVATION_MUTATIONS,
  ...TRANSACTION_MUTATIONS,
  ...ROUTER_MUTATIONS,
  ...PAIR_MUTATIONS,
  ...CHANGE_MUTATIONS,
  ...CHILDREN_MUTATIONS,
  ...FAMILY_MUTATIONS,
  ...OWED_DELETION_MUTATIONS,
  ...WATCH_MUTATIONS,
];
