/** Look, decide, write if need be: again until what was read and what was written belong together. */
import { failureOf } from './client.ts';
import type { EtcdClient, Transaction } from './client.ts';
import { StoreUnavailableError } from './errors.ts';

export type Transition<T> =
  | { readonly kind: 'done'; readonly outcome: T }
  /** The transaction must list as `unchanged` everything that the decision rests on. */
  | { readonly kind: 'write'; readonly transaction: Transaction; readonly outcome: T };

/** Races that are lost by chance are few; more in a row than this is a defect or a storm, and is retried from outside. */
const ROUNDS = 8;
/** Writes without an answer, each followed by a look. */
const UNKNOWNS = 2;

/**
 * A write that got no answer is never sent again blindly: the next round looks first, and finds its outcome there or decides
 * anew. Should the lost one be applied later still, it finds something changed that it lists, and fails.
 */
export async function transact<T>(
  client: EtcdClient,
  operation: string,
  look: () => Promise<Transition<T>>,
): Promise<T> {
  let unknowns = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const decision = await look();
    if (decision.kind === 'done') return decision.outcome;
    const written = await client.write(operation, decision.transaction);
    if (written.kind === 'applied') return decision.outcome;
    if (written.kind === 'unknown') {
      unknowns += 1;
      if (unknowns > UNKNOWNS) throw failureOf(operation, written.cause);
    }
  }
  throw new StoreUnavailableError(operation, new Error(`${ROUNDS} races lost in a row`));
}

export function done<T>(outcome: T): { readonly kind: 'done'; readonly outcome: T } {
  return { kind: 'done', outcome };
}
