/** RFC 6241 §8.4: a confirmed commit with a persist id outlives its session; who knows the id confirms or cancels it. */
import type { Dialect } from './dialect.ts';
import { cancelCommit, commitStandard } from './standard-operations.ts';

export const standard: Dialect = {
  name: 'standard',
  commitConfirmed: ({ id, minutes }) => commitStandard({ confirmed: { seconds: minutes * 60, persist: id } }),
  commit: () => commitStandard(),
  confirm: ({ id }) => commitStandard({ persistId: id }),
  cancel: (id) => cancelCommit(id),
  // Refused with `invalid-value` once it is over: asking is the look.
  pendingIn: () => undefined,
};
