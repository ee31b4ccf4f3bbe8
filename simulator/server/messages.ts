/** The messages inside the framing: hello, rpc and rpc-reply (RFC 6241 §4.1, §4.2, §8.1). */

import type { Framing } from '../../netconf/framing.ts';
import { operationFailed, rpcErrorXml, syntaxError, type RpcError } from '../device/rpc-error.ts';
import {
  child,
  childText,
  escapeXml,
  readXmlDocument,
  XmlError,
  type WrittenAttribute,
  type XmlDocument,
  type XmlElement,
} from '../device/xml.ts';

const BASE = 'urn:ietf:params:xml:ns:netconf:base:1.0';
export const BASE_1_1 = 'urn:ietf:params:netconf:base:1.1';
export const BASE_1_0 = 'urn:ietf:params:netconf:base:1.0';

/** A message from a client. */
export type ClientMessage =
  | { readonly kind: 'hello'; readonly capabilities: readonly string[] }
  | {
      readonly kind: 'rpc';
      readonly operation: XmlElement;
      /** The attributes of `<rpc>`, which the reply repeats. */
      readonly attributes: readonly WrittenAttribute[];
    }
  /** An `<rpc>` that cannot be carried out, but can be answered. */
  | {
      readonly kind: 'bad-rpc';
      readonly error: RpcError;
      readonly attributes: readonly WrittenAttribute[];
    }
  /** The session cannot go on after this message. */
  | { readonly kind: 'malformed'; readonly reason: string };

/** Reads one message. Elements are known by their local names, whatever their prefixes. */
export function readClientMessage(source: string): ClientMessage {
  let document: XmlDocument;
  try {
    document = readXmlDocument(source);
  } catch (error) {
    if (error instanceof XmlError) return { kind: 'malformed', reason: error.message };
    throw error;
  }
  const { root, rootAttributes: attributes } = document;
  if (root.name === 'hello') return readHello(root);
  if (root.name !== 'rpc')
    return { kind: 'malformed', reason: `Expected <hello> or <rpc>, got <${root.name}>` };
  const [operation, second] = root.children;
  if (operation === undefined) return { kind: 'bad-rpc', attributes, error: syntaxError('rpc') };
  if (second !== undefined) return { kind: 'bad-rpc', attributes, error: syntaxError(second.name) };
  return { kind: 'rpc', operation, attributes };
}

/** RFC 6241 §8.1: a client's hello has no session id. */
function readHello(hello: XmlElement): ClientMessage {
  const capabilities = (child(hello, 'capabilities')?.children ?? [])
    .filter((element) => element.name === 'capability')
    .map((element) => element.text.trim());
  if (childText(hello, 'session-id') !== undefined)
    return { kind: 'malformed', reason: "Expected no session-id in a client's hello" };
  return { kind: 'hello', capabilities };
}

/** The router's hello, with the comments that Junos puts before it. */
export function helloMessage(hello: {
  readonly user: string;
  readonly loginClass: string | undefined;
  readonly sessionId: number;
  readonly capabilities: readonly string[];
}): string {
  const loginClass = hello.loginClass === undefined ? '' : `, class ${hello.loginClass}`;
  return [
    '<!-- No zombies were killed during the creation of this user interface -->',
    `<!-- user ${escapeXml(hello.user).replace(/--/g, '- -')}${loginClass} -->`,
    `<hello xmlns="${BASE}">`,
    '<capabilities>',
    ...hello.capabilities.map((uri) => `<capability>${escapeXml(uri)}</capability>`),
    '</capabilities>',
    `<session-id>${hello.sessionId}</session-id>`,
    '</hello>',
    '',
  ].join('\n');
}

/** RFC 6241 §4.2: the request's attributes are returned unmodified. `junos:` is declared for the bodies that use it. */
export function replyMessage(attributes: readonly WrittenAttribute[], body: string): string {
  const own: readonly WrittenAttribute[] = [
    { name: 'xmlns', quoted: `"${BASE}"` },
    { name: 'xmlns:junos', quoted: '"http://xml.juniper.net/junos/22.2R0/junos"' },
  ];
  const echoed = attributes.filter(({ name }) => !own.some((attribute) => attribute.name === name));
  const text = [...own, ...echoed].map(({ name, quoted }) => ` ${name}=${quoted}`).join('');
  return `<rpc-reply${text}>\n${body}${body === '' ? '' : '\n'}</rpc-reply>\n`;
}

/** The octets of a message. The low half of a surrogate pair, standing alone, stands for an octet that is not UTF-8 (`octet` in `device/dialect.ts`). */
export function octetsOf(message: string): Buffer {
  const parts = message.split(/(?<![\ud800-\udbff])([\udc00-\udcff])/);
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 0 ? Buffer.from(part) : Buffer.of(part.charCodeAt(0) - 0xdc00),
    ),
  );
}

/** The answer to a malformed message. The tag `malformed-message` exists since base:1.1 (RFC 6241, appendix A). */
export function malformedMessage(reason: string, framing: Framing): string {
  const error =
    framing === 'chunked'
      ? { severity: 'error' as const, type: 'rpc' as const, tag: 'malformed-message', message: reason }
      : operationFailed(`syntax error: ${reason}`, { type: 'rpc' });
  return replyMessage([], rpcErrorXml(error));
}
