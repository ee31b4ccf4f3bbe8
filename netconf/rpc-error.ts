/**
 * `<rpc-error>` as a value. RFC 6241 §4.3, with Junos's additions and omissions. Junos's own `<xnm:error>` and `<xnm:warning>` say the same
 * in other words.
 */
import { oneLine } from './one-line.ts';
import { child, descendants, firstOf, textAt, type XmlElement } from './xml.ts';

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

/**
 * The errors and warnings of a reply, at any depth. Junos sends `<ok/>` even beside errors: that is no success. A load that tells only how many errors it
 * has met is no success, either.
 */
export function readRpcErrors(reply: XmlElement): {
  readonly errors: readonly RpcError[];
  readonly warnings: readonly RpcError[];
} {
  const all = [
    ...descendants(reply, 'rpc-error').map(readRpcError),
    ...descendants(reply, 'error').map((element) => readXnm(element, 'error')),
    ...descendants(reply, 'warning').map((element) => readXnm(element, 'warning')),
  ];
  const errors = all.filter(({ severity }) => severity === 'error');
  return {
    errors: errors.length === 0 ? readErrorCount(reply) : errors,
    warnings: all.filter(({ severity }) => severity === 'warning'),
  };
}

function readErrorCount(reply: XmlElement): readonly RpcError[] {
  const count = firstOf(reply, 'load-error-count')?.text ?? '0';
  return Number(count) === 0 ? [] : [{ severity: 'error', message: `load-error-count ${count}` }];
}

function readRpcError(element: XmlElement): RpcError {
  const info = child(element, 'error-info');
  return told(textAt(element, 'error-severity') === 'warning' ? 'warning' : 'error', {
    type: textAt(element, 'error-type'),
    tag: textAt(element, 'error-tag'),
    path: textAt(element, 'error-path'),
    message: textAt(element, 'error-message'),
    badElement: textAt(info, 'bad-element'),
    sessionId: textAt(info, 'session-id'),
    // From Junos 21.2 on, with `rfc-compliant`, it stands within the information.
    sourceDaemon: textAt(element, 'source-daemon') ?? textAt(info, 'source-daemon'),
  });
}

function readXnm(element: XmlElement, severity: RpcError['severity']): RpcError {
  return told(severity, {
    path: textAt(element, 'edit-path'),
    message: textAt(element, 'message'),
    badElement: textAt(element, 'token') ?? textAt(element, 'statement'),
    sourceDaemon: textAt(element, 'source-daemon'),
  });
}

function told(severity: RpcError['severity'], facts: Readonly<Record<string, string | undefined>>): RpcError {
  const given = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '');
  return { severity, ...Object.fromEntries(given) };
}

/** One line for people: the message, where it is, and what is wrong. Without the forms in which a router stores passwords and keys. */
export function describeRpcError(error: RpcError): string {
  const message = oneLine(error.message ?? error.tag ?? 'no message', 500);
  const details = [
    error.path === undefined ? undefined : oneLine(error.path, 200),
    error.badElement === undefined ? undefined : `near ${JSON.stringify(oneLine(error.badElement, 100))}`,
  ];
  const line = [message, ...details.filter((detail) => detail !== undefined)].join(' ');
  return line.replace(storedForm, '(hidden)');
}

/** `$9$…`, `$8$…` and hashes. `$9$` can be read by everybody. */
const storedForm = /\$[0-9a-z]+\$[^\s"'\\;]+/g;
