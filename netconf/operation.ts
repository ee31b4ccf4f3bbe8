/** An operation is a value: a request, and how its reply is read. A session needs to know nothing else of it. RFC 6241 §4.1, §4.2. */
import { RpcFailedError, UnexpectedReplyError, type Peer } from './errors.ts';
import type { RpcError } from './rpc-error.ts';
import { descendants, firstOf, type XmlElement } from './xml.ts';

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

/**
 * @param data name of the element that holds what was asked about. If the reply has such an element, another routing engine's words that it has none are no
 * error.
 * @throws {RpcFailedError} if the reply holds an error that is more than a warning, at any depth.
 */
export function assertNoErrors(name: string, reply: Reply, data?: string): void {
  if (reply.errors.length === 0) return;
  const isThere = data !== undefined && firstOf(reply.body, data) !== undefined;
  if (!isThere || !areNotFound(reply)) throw new RpcFailedError(reply.peer, name, reply);
}

/**
 * Whether no routing engine has what was asked about: the reply has errors that say so, and no element `data` beside them. Junos says `device ae9 not
 * found`, `interface ae0.9 not found`. Its message for filters is not documented: we accept these words, and `no such filter`.
 */
export function isNotFound(reply: Reply, data: string): boolean {
  return areNotFound(reply) && firstOf(reply.body, data) === undefined;
}

function areNotFound({ errors }: Reply): boolean {
  return errors.length > 0 && errors.every(({ message }) => NOT_FOUND.test(message ?? ''));
}

/** Whether the reply says nothing: it has no elements but `<ok/>`, and an empty `holder` of what was asked about. */
export function isSilent({ body }: Reply, holder?: string): boolean {
  return body.children.every(
    ({ name, children, text }) =>
      name === 'ok' || (name === holder && children.length === 0 && text.trim() === ''),
  );
}

/**
 * Whether the reply has outputs or warnings, and each of them says that what was asked about does not run or is not there: `BGP is not running`. `false`
 * does not mean that it runs: the router may have said something else, or nothing.
 */
export function saysNothingRuns({ body, warnings }: Reply): boolean {
  const said = [
    ...descendants(body, 'output').map(({ text }) => text),
    ...warnings.map(({ message = '' }) => message),
  ];
  return said.length > 0 && said.every((words) => NOTHING_RUNS.test(words) || NOT_FOUND.test(words));
}

const NOTHING_RUNS = /not running/i;
const NOT_FOUND = /not found|no such|does not exist/i;

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
export function unexpectedReply(name: string, reply: Reply, expected: string): UnexpectedReplyError {
  const got = reply.body.children.map((element) => `<${element.name}>`).join(', ') || 'nothing';
  const reason = `expected ${expected} in reply to ${name}, got ${got}`;
  return new UnexpectedReplyError(reply.peer, reason, reply.warnings);
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
