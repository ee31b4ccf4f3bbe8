import { FAILURES } from '../../gateway/failures.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { Refused } from '../../pair/transactions.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { RefusedError } from '../refused.ts';

/** Members that can't be applied, each with the first reason found. */
export class Rejections {
  readonly #by = new Map<PairMember, Refused>();
  readonly #later = new Set<PairMember>();

  add(member: PairMember, router: string, error: Error): void {
    if (this.#by.has(member)) return;
    const type = error instanceof RefusedError ? error.type : FAILURES.RouterRefused;
    const reason = wordsOf(router, error);
    this.#by.set(member, { member, type, reason });
  }

  /** It can't go with this batch, but may with the next: nothing is said against it. */
  postpone(member: PairMember, router: string, why: string): void {
    if (this.#by.has(member)) return;
    this.add(member, router, new RefusedError(FAILURES.RouterRefused, why));
    this.#later.add(member);
  }

  isPostponed(member: PairMember): boolean {
    return this.#later.has(member);
  }

  of(member: PairMember): Refused | undefined {
    return this.#by.get(member);
  }
}

/** What the router said already names it. */
export function wordsOf(router: string, error: Error): string {
  return error instanceof RpcFailedError ? error.message : `${router}: ${error.message}`;
}

/** Whether the router refused what it was asked: it was not done. */
export function refusedBy(error: unknown): boolean {
  return error instanceof RpcFailedError || error instanceof RefusedError;
}
