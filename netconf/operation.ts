/** An operation is a value: what to ask, and how to read the answer. Sessions know nothing more about it. */
import { ProtocolError, RpcFailedError, type Peer } from './errors.ts';
import { firstOf, type XmlElement } from './xml.ts';
import type { RpcError } from './rpc-error.ts';

export interface Operation<Result> {
  /** For messages: short, without a secret. */
  readonly name: string;
  /** The element inside `<rpc>`. */
  readonly request: XmlElement;
  /** @throws {RpcFailedError} or {ProtocolError}, unless the refusal is a result. */
  readonly read: (reply: Reply) => Result;
  /** How long the router may take, in milliseconds; the session's default otherwise. */
  readonly deadlineMs?: number;
}

export interface Reply {
  readonly peer: Peer;
  /** `<rpc-reply>`. */
  readonly body: XmlElement;
  readonly errors: readonly RpcError[];
  readonly warnings: readonly RpcError[];
}

/** An operation that did what it was asked to. */
export interface Done {
  readonly warnings: readonly RpcError[];
}

/** The same operation with another deadline, in milliseconds. */
export function withDeadline<Result>(operation: Operation<Result>, deadlineMs: number): Operation<Result> {
  return { ...operation, deadlineMs };
}

/** @throws {RpcFailedError} if the reply holds an error of severity error, wherever. */
export function assertNoErrors(name: string, reply: Reply): void {
  if (reply.errors.length > 0) throw new RpcFailedError(reply.peer, name, reply);
}

/** An operation whose success is one of the given elements, `<ok/>` by default. */
export function doing(
  name: string,
  request: XmlElement,
  success: readonly string[] = ['ok'],
): Operation<Done> {
  return {
    name,
    request,
    read(reply) {
      assertNoErrors(name, reply);
      if (!success.some((element) => firstOf(reply.body, element) !== undefined)) {
        throw unexpectedReply(name, reply, success.map((element) => `<${element}/>`).join(' or '));
      }
      return { warnings: reply.warnings };
    },
  };
}

/** A reply without errors, but without what was asked for either. */
export function unexpectedReply(name: string, reply: Reply, expected: string): ProtocolError {
  const got = reply.body.children.map((element) => `<${element.name}>`).join(', ');
  return new ProtocolError(reply.peer, `expected ${expected} in reply to ${name}, got ${got || 'nothing'}`, {
    sent: true,
  });
}

/** What became of one operation of a pipeline. */
export type Outcome<Result> =
  { readonly kind: 'done'; readonly value: Result } | { readonly kind: 'failed'; readonly error: unknown };

/** Outcomes of operations, place by place. */
export type Outcomes<Operations extends readonly Operation<unknown>[]> = {
  [Index in keyof Operations]: Operations[Index] extends Operation<infer Result> ? Outcome<Result> : never;
};

/** The value; or throws the error. */
export function unwrap<Result>(outcome: Outcome<Result>): Result {
  if (outcome.kind === 'failed') throw outcome.error;
  return outcome.value;
}
