/** Reads, decides and writes; begins again if a value that was read has changed before the write. */
import { storeErrorOf } from './call-errors.ts';
import type { EtcdClient, RangeTransaction, Transaction } from './client.ts';
import { StoreUnavailableError } from './errors.ts';

export type Transition<T> =
  | { readonly kind: 'done'; readonly outcome: T }
  /** The transaction must list as `unchanged` everything that the decision rests on. */
  | { readonly kind: 'write'; readonly transaction: RangeTransaction; readonly outcome: T };

/** Rounds before the call fails. A few lost races are chance. More in a row mean a defect or an overload, and the caller tries again later. */
const ROUNDS = 8;
/** How many writes may get no answer before the call fails. A look follows each of them. */
const UNKNOWNS = 2;

/**
 * Looks, and writes what was decided from the look. A write that got no answer is never sent again blindly: the next round looks first, and
 * finds that the write was applied, or decides anew. A lost write may also reach etcd after that. Then it fails, because something that it
 * compares has changed.
 *
 * @param look gets the number of the round, from 1, and the outcome of the last write that got no answer. If it finds in etcd what that write
 * would have made, that outcome is the right one to return
 * @param written called once a transaction is applied, with its revision
 */
export async function transact<T>(
  client: EtcdClient,
  operation: string,
  look: (round: number, unanswered: T | undefined) => Promise<Transition<T>>,
  written: (revision: string, transaction: Transaction) => void = () => undefined,
): Promise<T> {
  let unknowns = 0;
  let unanswered: T | undefined;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const transition = await look(round, unanswered);
    if (transition.kind === 'done') return transition.outcome;
    const { outcome, transaction } = transition;
    const result = await client.write(operation, transaction);
    if (result.kind === 'applied') {
      written(result.revision, transaction);
      return outcome;
    }
    if (result.kind === 'unknown') {
      unknowns += 1;
      unanswered = outcome;
      if (unknowns > UNKNOWNS) throw storeErrorOf(operation, result.cause);
    }
  }
  throw new StoreUnavailableError(operation, new Error(`${ROUNDS} races lost in a row`));
}

export function done<T>(outcome: T): { readonly kind: 'done'; readonly outcome: T } {
  return { kind: 'done', outcome };
}
