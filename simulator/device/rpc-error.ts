/** Errors and warnings as Junos writes them. */

import { quoteWord } from '../../junos/word.ts';
import { escapeXml, leaf } from './xml.ts';

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

/** An operation that cannot be carried out. */
export function operationFailed(message: string, more: Partial<RpcError> = {}): RpcError {
  return { severity: 'error', type: 'protocol', tag: 'operation-failed', message, ...more };
}

export function warning(message: string, more: Partial<RpcError> = {}): RpcError {
  return { severity: 'warning', type: 'application', tag: 'operation-failed', message, ...more };
}

export function permissionDenied(badElement: string): RpcError {
  return operationFailed('permission denied', { badElement });
}

/** `[edit]`, or `[edit interfaces ae0]` for the words of a path, quoted where they have to be. */
export function editPath(words: readonly string[]): string {
  return `[${['edit', ...words.map(quoteWord)].join(' ')}]`;
}

/** The element, in the order that Junos uses. */
export function rpcErrorXml(error: RpcError): string {
  const info = [
    ...(error.badElement === undefined ? [] : [leaf('bad-element', error.badElement)]),
    ...(error.sessionId === undefined ? [] : [leaf('session-id', error.sessionId)]),
  ];
  return [
    '<rpc-error>',
    ...(error.type === undefined ? [] : [leaf('error-type', error.type)]),
    ...(error.tag === undefined ? [] : [leaf('error-tag', error.tag)]),
    leaf('error-severity', error.severity),
    ...(error.sourceDaemon === undefined ? [] : [leaf('source-daemon', error.sourceDaemon)]),
    ...(error.path === undefined ? [] : [leaf('error-path', error.path)]),
    `<error-message>\n${escapeXml(error.message)}\n</error-message>`,
    ...(info.length === 0 ? [] : ['<error-info>', ...info, '</error-info>']),
    '</rpc-error>',
  ].join('\n');
}
