/** Errors and warnings as Junos writes them, and the two ways in which an operation ends early. */

import { quoteWord } from '../../junos/print.ts';
import { dateText, idleText } from './clock.ts';
import type { Dialect } from './dialect.ts';
import { leaf, paddedLeaf } from './xml.ts';

/** RFC 6241 §4.3, with the elements that Junos adds. */
export interface RpcError {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly type?: 'protocol' | 'application' | 'rpc' | 'transport';
  readonly tag?: string;
  /** `[edit interfaces ae0 unit 1025]` */
  readonly path?: string;
  readonly badElement?: string;
  /** The process that refused the configuration: `dcd`, `dfwd`, `rpd`. */
  readonly sourceDaemon?: string;
  readonly sessionId?: number;
}

/** Thrown when an operation ends with errors, which are its reply. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly errors: readonly RpcError[];
  constructor(...errors: readonly RpcError[]) {
    super(errors.map((e) => e.message).join('; '));
    this.errors = errors;
  }
}

/** Thrown when an operation ends without a reply: by a fault, or by a restart of the router. */
export class NoReplyError extends Error {
  override readonly name = 'NoReplyError';
  /** `drop`: the connection is cut. `never`: the connection stays. */
  readonly kind: 'drop' | 'never';
  constructor(kind: 'drop' | 'never') {
    super(kind);
    this.kind = kind;
  }
}

/** An operation cannot be carried out. */
export function operationFailed(message: string, more: Partial<RpcError> = {}): RpcError {
  return { severity: 'error', type: 'protocol', tag: 'operation-failed', message, ...more };
}

export function syntaxError(badElement: string, more: Partial<RpcError> = {}): RpcError {
  return operationFailed('syntax error', { badElement, ...more });
}

export function warning(message: string, more: Partial<RpcError> = {}): RpcError {
  return { severity: 'warning', type: 'application', tag: 'operation-failed', message, ...more };
}

export function permissionDenied(badElement: string): RpcError {
  return operationFailed('permission denied', { badElement });
}

/** The candidate is locked. `now` and `since` in ms since the epoch. */
export function lockDenied(
  owner: { readonly session: number; readonly user: string; readonly since: number },
  now: number,
): RpcError {
  const since = `on since ${dateText(owner.since)}, idle ${idleText(now - owner.since)}`;
  return {
    severity: 'error',
    type: 'protocol',
    tag: 'lock-denied',
    message: `configuration database locked by:\n  ${owner.user} terminal (pid ${owner.session}) ${since}\n      exclusive [edit]`,
    sessionId: owner.session,
  };
}

/** `[edit]`, or `[edit interfaces ae0]` for a path of words, which are quoted where Junos needs that. */
export function editPath(words: readonly string[]): string {
  return `[${['edit', ...words.map(quoteWord)].join(' ')}]`;
}

/** An error or a warning in the reply to a load, a check or a commit. */
export function resultErrorXml(error: RpcError, { errors, sourceDaemon }: Dialect): string {
  return errors === 'xnm' ? xnmXml(error) : rpcErrorXml(error, sourceDaemon);
}

/** Junos's own form of an error or a warning. */
export function xnmXml({ severity, message, path, badElement, sourceDaemon }: RpcError): string {
  return [
    `<xnm:${severity} xmlns="http://xml.juniper.net/xnm/1.1/xnm" xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm">`,
    ...(sourceDaemon === undefined ? [] : [leaf('source-daemon', sourceDaemon)]),
    ...(path === undefined ? [] : [leaf('edit-path', path)]),
    ...(badElement === undefined ? [] : [leaf('token', badElement)]),
    paddedLeaf('message', message),
    `</xnm:${severity}>`,
  ].join('\n');
}

/** The `<rpc-error>` element, with its parts in the order that Junos uses. */
export function rpcErrorXml(error: RpcError, whereDaemon: Dialect['sourceDaemon'] = 'beside'): string {
  const daemon = error.sourceDaemon === undefined ? [] : [leaf('source-daemon', error.sourceDaemon)];
  const isInside = whereDaemon === 'inside';
  const info = [
    ...(isInside ? daemon : []),
    ...(error.badElement === undefined ? [] : [leaf('bad-element', error.badElement)]),
    ...(error.sessionId === undefined ? [] : [leaf('session-id', error.sessionId)]),
  ];
  return [
    '<rpc-error>',
    ...(error.type === undefined ? [] : [leaf('error-type', error.type)]),
    ...(error.tag === undefined ? [] : [leaf('error-tag', error.tag)]),
    leaf('error-severity', error.severity),
    ...(isInside ? [] : daemon),
    ...(error.path === undefined ? [] : [leaf('error-path', error.path)]),
    paddedLeaf('error-message', error.message),
    ...(info.length === 0 ? [] : ['<error-info>', ...info, '</error-info>']),
    '</rpc-error>',
  ].join('\n');
}
