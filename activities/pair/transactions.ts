/** The two transactions, and the waiting for routers, as activities. */
import type {
  ApplyInput,
  ApplyOutcome,
  AwaitRoutersInput,
  AwaitRoutersOutcome,
  SettleInput,
  SettleOutcome,
  Blocked,
} from '../../pair/transactions.ts';
import type { Dependencies } from '../dependencies.ts';
import { transaction } from '../router/attempt-context.ts';
import { settle } from './settle.ts';
import { applyOrWait, awaitRouters } from './wait.ts';

export function applying(deps: Dependencies) {
  return (input: ApplyInput): Promise<ApplyOutcome | Blocked> =>
    transaction((here) => applyOrWait(deps, here, input));
}

export function awaitingRouters(deps: Dependencies) {
  return (input: AwaitRoutersInput): Promise<AwaitRoutersOutcome> =>
    transaction((here) => awaitRouters(deps, here, input));
}

export function settling(deps: Dependencies) {
  return (input: SettleInput): Promise<SettleOutcome> =>
    transaction((here) => settle(deps, here, input), { stubborn: true });
}
