/** An operation is a value: a request, and how its reply is read. A session needs to know nothing else of it. RFC 6241 §4.1, §4.2. */
import { ProtocolError, RpcFailedError, type Peer } from './errors.ts';
import { firstOf, type XmlElement } from './xml.ts';
import type { RpcError } from './rpc-error.ts';

export interface Operation<Result> {
  /** Names the operation in errors: short, without a secret. */
  readonly name: string;
  /** The element inside `<rpc>`. */
  readonly request: XmlElement;
  /** @throws {RpcFailedError} if the router refused, unless this operation returns the refusal; {ProtocolError} if the reply has another shape. */
  readonly read: (reply: Reply) => Result;
  /** How long the router may take, in milliseconds. Default: the session's. */
  readonly deadlineMs?: number;
}

export interface Reply {
  readonly peer: Peer;
  /** `<rpc-reply>`. */
  readonly body: XmlElement;
  readonly errors: readonly RpcError[];
  readonly warnings: readonly RpcError[];
}

/** Result of an operation that only does something. */
export interface Done {
  readonly warnings: readonly RpcError[];
  /** Of a synchronized check or commit: the routing engines on which it succeeded, as the reply names them. */
  readonly engines?: readonly string[];
}

/** The same operation with another deadline, in milliseconds. */
export function withDeadline<Result>(operation: Operation<Result>, deadlineMs: number): Operation<Result> {
  return { ...operation, deadlineMs };
}

/** @throws {RpcFailedError} if the reply holds an error that is more than a warning, at any depth. */
export function assertNoErrors(name: string, reply: Reply): void {
  if (reply.errors.length > 0) throw new RpcFailedError(reply.peer, name, reply);
}

/**
 * Junos says `device ae9 not found`, `interface ae0.9 not found`. Its message for filters is not documented: we accept these words, and
 * `no such filter`.
 */
export function isNotFound({ errors }: Reply): boolean {
  return (
    errors.length > 0 &&
    errors.every(({ message }) => /not found|no such|does not exist/i.test(message ?? ''))
  );
}

/** An operation that has succeeded if its reply holds no error, and one of the given elements. */
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

/** The error for a reply that holds neither an error nor the expected element. */
export function unexpectedReply(name: string, reply: Reply, expected: string): ProtocolError {
  const got = reply.body.children.map((element) => `<${element.name}>`).join(', ');
  return new ProtocolError(reply.peer, `expected ${expected} in reply to ${name}, got ${got || 'nothing'}`, {
    sent: true,
  });
}

/** The error for a text that is to be compared, and holds what the router should not have sent. */
export function damagedReply(name: string, reply: Reply, element: string): ProtocolError {
  const expected = `expected text in UTF-8, with the characters that XML allows, in ${element}`;
  return new ProtocolError(reply.peer, `in ${name}: ${expected}, got other octets`, { sent: true });
}

/** The result of one operation of a pipeline. */
export type Outcome<Result> =
  { readonly kind: 'done'; readonly value: Result } | { readonly kind: 'failed'; readonly error: unknown };

/** The outcomes of a list of operations, in its order. */
export type Outcomes<Operations extends readonly Operation<unknown>[]> = {
  [Index in keyof Operations]: Operations[Index] extends Operation<infer Result> ? Outcome<Result> : never;
};

/** The value of an operation that is done. Throws the error of one that failed. */
export function unwrap<Result>(outcome: Outcome<Result>): Result {
  if (outcome.kind === 'failed') throw outcome.error;
  return outcome.value;
}
