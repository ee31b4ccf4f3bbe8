/** `<rpc-error>` as a value. RFC 6241 §4.3, with Junos's additions and omissions. */
import { oneLine } from './one-line.ts';
import { child, descendants, textAt, type XmlElement } from './xml.ts';

export interface RpcError {
  /** `error` unless the router says `warning`. */
  readonly severity: 'error' | 'warning';
  /** `transport`, `rpc`, `protocol`, `application`. */
  readonly type?: string;
  /** RFC 6241 appendix A: `lock-denied`, `operation-failed`, … */
  readonly tag?: string;
  /** XPath, or Junos's `[edit interfaces ge-0/0/2]`. */
  readonly path?: string;
  readonly message?: string;
  readonly badElement?: string;
  /** Of `lock-denied`: the session that has the lock. RFC 6241 §7.5. */
  readonly sessionId?: string;
  /** On Junos: the process that refused a commit. */
  readonly sourceDaemon?: string;
}

/** The errors and warnings of a reply, at any depth. Junos sends `<ok/>` beside errors, too: that is no success. */
export function readRpcErrors(reply: XmlElement): {
  readonly errors: readonly RpcError[];
  readonly warnings: readonly RpcError[];
} {
  const all = descendants(reply, 'rpc-error').map(readRpcError);
  return {
    errors: all.filter(({ severity }) => severity === 'error'),
    warnings: all.filter(({ severity }) => severity === 'warning'),
  };
}

function readRpcError(element: XmlElement): RpcError {
  const info = child(element, 'error-info');
  const facts = {
    type: textAt(element, 'error-type'),
    tag: textAt(element, 'error-tag'),
    path: textAt(element, 'error-path'),
    message: textAt(element, 'error-message'),
    badElement: textAt(info, 'bad-element'),
    sessionId: textAt(info, 'session-id'),
    sourceDaemon: textAt(element, 'source-daemon'),
  };
  const told = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '');
  return {
    severity: textAt(element, 'error-severity') === 'warning' ? 'warning' : 'error',
    ...Object.fromEntries(told),
  };
}

/** One line for people: the message, where it is, and what is wrong. */
export function describeRpcError(error: RpcError): string {
  const message = oneLine(error.message ?? error.tag ?? 'no message', 500);
  const details = [
    error.path === undefined ? undefined : oneLine(error.path, 200),
    error.badElement === undefined ? undefined : `near ${JSON.stringify(oneLine(error.badElement, 100))}`,
  ];
  return [message, ...details.filter((detail) => detail !== undefined)].join(' ');
}
