/** The errors of a router and its session. The message of each names the router, is one line of bounded length, and holds no credential. */
import type { HostKeyVerdict } from './known-hosts.ts';
import { maxMessageLength, oneLine } from './one-line.ts';
import { describeRpcError, type RpcError } from './rpc-error.ts';

/** A router, with the address that was really connected to. */
export interface Peer {
  /** Router id. */
  readonly id: string;
  /** Its name, for messages. */
  readonly name?: string | undefined;
  readonly host: string;
  readonly port: number;
}

export abstract class NetconfError extends Error {
  readonly peer: Peer;

  constructor(peer: Peer, message: string, options?: ErrorOptions) {
    const where = `router ${peer.name ?? peer.id} (${peer.host}, port ${peer.port})`;
    super(oneLine(`${where}: ${message}`, maxMessageLength), options);
    this.peer = peer;
  }
}

/** The step at which the opening of a session failed. */
export type OpeningStage = 'connect' | 'key exchange' | 'authentication' | 'subsystem' | 'hello';

/** Thrown when a session can't be opened for a reason that may pass: no route, refused, too slow, closed early. No request was sent. */
export class UnreachableError extends NetconfError {
  override readonly name = 'UnreachableError';
  readonly stage: OpeningStage;

  constructor(peer: Peer, stage: OpeningStage, reason: string, options?: ErrorOptions) {
    super(peer, `can't be reached (${stage}): ${reason}`, options);
    this.stage = stage;
  }
}

/** Thrown when the router's host key is not known, differs from the known one, or is revoked. No credential was sent. */
export class HostKeyError extends NetconfError {
  override readonly name = 'HostKeyError';
  readonly verdict: Exclude<HostKeyVerdict, { kind: 'known' }>;
  /** The key is not known, and the known hosts are in doubt: it may be known soon. */
  readonly mayPass: boolean;

  /** `doubt`: as of the known hosts. */
  constructor(peer: Peer, verdict: Exclude<HostKeyVerdict, { kind: 'known' }>, doubt?: string) {
    const { kind, keyType, fingerprint, hint } = verdict;
    const mayPass = doubt !== undefined && kind === 'unknown';
    super(peer, `host key ${keyType} ${fingerprint} is ${kind}${mayPass ? ` (${doubt})` : ''}; ${hint}`);
    this.verdict = verdict;
    this.mayPass = mayPass;
  }
}

/** Thrown when the router and this client have no SSH algorithm in common. No credential was sent. */
export class AlgorithmError extends NetconfError {
  override readonly name = 'AlgorithmError';
}

/** Thrown when the router refused every credential that it was offered, or wants something that only a person can give. */
export class AuthenticationError extends NetconfError {
  override readonly name = 'AuthenticationError';
  readonly username: string;
  /** Methods tried, in order: `publickey`, `password`, … */
  readonly methods: readonly string[];
  /** What the router wants of a person. Until it has got that, the router refuses every login. */
  readonly reason: string | undefined;

  constructor(
    peer: Peer,
    facts: {
      readonly username: string;
      readonly methods: readonly string[];
      readonly reason?: string | undefined;
    },
    options?: ErrorOptions,
  ) {
    const tried =
      facts.methods.length === 0 ? 'no method was left to try' : `tried ${facts.methods.join(', ')}`;
    const why = facts.reason ?? 'check login and password of its edge_router record, or the private key';
    super(
      peer,
      `authentication of ${JSON.stringify(facts.username)} was refused (${tried}): ${why}`,
      options,
    );
    this.username = facts.username;
    this.methods = facts.methods;
    this.reason = facts.reason;
  }
}

/** Thrown when the router's hello lacks a capability that is needed. No request was sent but the one that closed the session. */
export class MissingCapabilityError extends NetconfError {
  override readonly name = 'MissingCapabilityError';
  /** URIs of the required capabilities that are not offered; at least one. */
  readonly missing: readonly string[];
  /** URIs of the router's hello, without their parameters. */
  readonly offered: readonly string[];

  constructor(
    peer: Peer,
    facts: { readonly missing: readonly string[]; readonly offered: readonly string[] },
  ) {
    super(
      peer,
      `expected ${facts.missing.join(' and ')} among its capabilities, got ${vendorsFirst(facts.offered).join(', ')}`,
    );
    this.missing = facts.missing;
    this.offered = facts.offered;
  }
}

/** Thrown when a request got no reply in time. It was sent, so it may have been carried out. The session has ended. */
export class RequestTimeoutError extends NetconfError {
  override readonly name = 'RequestTimeoutError';
  readonly operation: string;
  readonly afterMs: number;
  readonly sent = true;

  constructor(peer: Peer, operation: string, afterMs: number) {
    super(peer, `no reply to ${operation} within ${afterMs} ms`);
    this.operation = operation;
    this.afterMs = afterMs;
  }
}

/** Thrown when the session ended before the request was answered. */
export class SessionLostError extends NetconfError {
  override readonly name = 'SessionLostError';
  readonly operation: string;
  /** Whether the request had been sent: if so, it may have been carried out. */
  readonly sent: boolean;

  constructor(
    peer: Peer,
    facts: { readonly operation: string; readonly sent: boolean; readonly reason: string },
    options?: ErrorOptions,
  ) {
    super(
      peer,
      `session lost ${facts.sent ? 'after' : 'before'} ${facts.operation} was sent: ${facts.reason}`,
      options,
    );
    this.operation = facts.operation;
    this.sent = facts.sent;
  }
}

/** Thrown when the router breaks the protocol: framing, XML, hello, message-id, shape of a reply. */
export class ProtocolError extends NetconfError {
  override readonly name = 'ProtocolError';
  /** Whether a request was unanswered: if so, it may have been carried out. */
  readonly sent: boolean;

  constructor(peer: Peer, reason: string, facts: { readonly sent: boolean }, options?: ErrorOptions) {
    super(peer, `not NETCONF as expected: ${reason}`, options);
    this.sent = facts.sent;
  }
}

/**
 * Thrown when a text that is to be compared holds octets that are not UTF-8, or characters that XML excludes. The session goes on. Lines and columns
 * are counted from 1.
 */
export class DamagedTextError extends ProtocolError {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
  readonly got: string;

  constructor(
    peer: Peer,
    where: string,
    { line, column }: { readonly line: number; readonly column: number },
  ) {
    const [expected, got] = ['text in UTF-8, with the characters that XML allows', 'other octets'];
    super(peer, `${where}, line ${line}, column ${column}: expected ${expected}, got ${got}`, { sent: true });
    this.line = line;
    this.column = column;
    this.expected = expected;
    this.got = got;
  }
}

/** Thrown when a reply holds neither an error nor what was expected in it. The session goes on. */
export class UnexpectedReplyError extends ProtocolError {
  /** What was expected, and what came. Holds nothing of the router's own words. */
  readonly reason: string;
  /** In the router's order. */
  readonly warnings: readonly RpcError[];

  constructor(peer: Peer, reason: string, warnings: readonly RpcError[]) {
    const warned = warnings.map((warning) => `, with the warning: ${describeRpcError(warning)}`);
    super(peer, [reason, ...warned].join(''), { sent: true });
    this.reason = reason;
    this.warnings = warnings;
  }
}

/** Thrown when the router's reply holds an error. The router refused the request, but a part of a load may have been carried out. */
export class RpcFailedError extends NetconfError {
  override readonly name = 'RpcFailedError';
  readonly operation: string;
  /** At least one, in the router's order. */
  readonly errors: readonly RpcError[];
  readonly warnings: readonly RpcError[];

  constructor(
    peer: Peer,
    operation: string,
    facts: { readonly errors: readonly RpcError[]; readonly warnings: readonly RpcError[] },
  ) {
    super(peer, `${operation} was refused: ${facts.errors.map(describeRpcError).join('; ')}`);
    this.operation = operation;
    this.errors = facts.errors;
    this.warnings = facts.warnings;
  }
}

/** Thrown when somebody else, or the other routing engine, has the configuration. Nothing was done, and the request may be made again later. */
export class ContentionError extends NetconfError {
  override readonly name = 'ContentionError';
  readonly operation: string;

  constructor(peer: Peer, operation: string, error: RpcError) {
    super(peer, `${operation} has to wait: ${describeRpcError(error)}`);
    this.operation = operation;
  }
}

/** The names that the IETF gave come last: a peer offers a dozen of them, and the other names tell the vendor. */
function vendorsFirst(capabilities: readonly string[]): readonly string[] {
  const isStandard = (name: string) => name.startsWith('urn:ietf:');
  return [...capabilities.filter((name) => !isStandard(name)), ...capabilities.filter(isStandard)];
}
