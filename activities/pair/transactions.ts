/** The two transactions as activities. */
import type { ApplyInput, ApplyOutcome, SettleInput, SettleOutcome } from '../../gateway/pair/turn.ts';
import type { Dependencies } from '../dependencies.ts';
import { apply } from './apply.ts';
import { transaction } from './here.ts';
import { settle } from './settle.ts';

export function applying(deps: Dependencies) {
  return (input: ApplyInput): Promise<ApplyOutcome> => transaction((here) => apply(deps, here, input));
}

export function settling(deps: Dependencies) {
  return (input: SettleInput): Promise<SettleOutcome> =>
    transaction((here) => settle(deps, here, input), { stubborn: true });
}
