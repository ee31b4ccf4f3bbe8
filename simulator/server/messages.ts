/** What is inside the framing: hello, rpc and rpc-reply. RFC 6241 §4.1, §4.2 and §8.1. */

import type { Framing } from '../../netconf/framing.ts';
import { operationFailed, rpcErrorXml, type RpcError } from '../device/rpc-error.ts';
import { readXml, XmlError } from '../device/xml-read.ts';
import { childText, child, escapeXml, type XmlElement } from '../device/xml.ts';

const BASE = 'urn:ietf:params:xml:ns:netconf:base:1.0';
export const BASE_1_1 = 'urn:ietf:params:netconf:base:1.1';
export const BASE_1_0 = 'urn:ietf:params:netconf:base:1.0';

/** What a client sent. */
export type ClientMessage =
  | { readonly kind: 'hello'; readonly capabilities: readonly string[] }
  | {
      readonly kind: 'rpc';
      readonly operation: XmlElement;
      /** The attributes of `<rpc>` as they were written, namespace declarations among them. */
      readonly attributes: readonly Attribute[];
    }
  /** An `<rpc>` that can be answered, but not carried out. */
  | {
      readonly kind: 'bad-rpc';
      readonly error: RpcError;
      readonly attributes: readonly Attribute[];
    }
  /** Nothing that a session can go on after. */
  | { readonly kind: 'malformed'; readonly reason: string };

export interface Attribute {
  readonly name: string;
  /** With its quotes, entities unresolved. */
  readonly quoted: string;
}

const PROLOG = /^(?:\uFEFF|\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->)*/;
const ATTRIBUTE = /\s+([\w.:-]+)\s*=\s*("[^"]*"|'[^']*')/y;

/** Reads one message. Elements are known by their local names, whatever their prefix. */
export function readClientMessage(source: string): ClientMessage {
  let root: XmlElement;
  try {
    root = readXml(source);
  } catch (error) {
    if (error instanceof XmlError) return { kind: 'malformed', reason: error.message };
    throw error;
  }
  if (root.name === 'hello') return readHello(root);
  if (root.name !== 'rpc')
    return { kind: 'malformed', reason: `Expected <hello> or <rpc>, got <${root.name}>` };
  const attributes = rootAttributes(source);
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

function syntaxError(badElement: string): RpcError {
  return operationFailed('syntax error', { badElement });
}

/** The attributes of the document's element. The source is known to be well-formed. */
function rootAttributes(source: string): readonly Attribute[] {
  const tag = PROLOG.exec(source)?.[0].length ?? 0;
  ATTRIBUTE.lastIndex = tag + (/^<[\w.:-]+/.exec(source.slice(tag))?.[0].length ?? 0);
  const attributes: Attribute[] = [];
  for (let found = ATTRIBUTE.exec(source); found; found = ATTRIBUTE.exec(source))
    attributes.push({ name: found[1] ?? '', quoted: found[2] ?? '' });
  return attributes;
}

/** The router's hello, with the comments that Junos puts before it. */
export function helloMessage(hello: {
  readonly user: string;
  readonly sessionId: number;
  readonly capabilities: readonly string[];
}): string {
  return [
    '<!-- No zombies were killed during the creation of this user interface -->',
    `<!-- user ${escapeXml(hello.user).replace(/--/g, '- -')} -->`,
    `<hello xmlns="${BASE}">`,
    '<capabilities>',
    ...hello.capabilities.map((uri) => `<capability>${escapeXml(uri)}</capability>`),
    '</capabilities>',
    `<session-id>${hello.sessionId}</session-id>`,
    '</hello>',
    '',
  ].join('\n');
}

/** RFC 6241 §4.2: the attributes of the request return unmodified. `junos:` is declared for the bodies that use it. */
export function replyMessage(attributes: readonly Attribute[], body: string): string {
  const own: readonly Attribute[] = [
    { name: 'xmlns', quoted: `"${BASE}"` },
    { name: 'xmlns:junos', quoted: '"http://xml.juniper.net/junos/22.2R0/junos"' },
  ];
  const echoed = attributes.filter(({ name }) => !own.some((attribute) => attribute.name === name));
  const text = [...own, ...echoed].map(({ name, quoted }) => ` ${name}=${quoted}`).join('');
  return `<rpc-reply${text}>\n${body}${body === '' ? '' : '\n'}</rpc-reply>\n`;
}

/** The answer to what isn't a NETCONF message. `malformed-message` exists from base:1.1 on (RFC 6241, appendix A). */
export function malformedMessage(reason: string, framing: Framing): string {
  const error =
    framing === 'chunked'
      ? { severity: 'error' as const, type: 'rpc' as const, tag: 'malformed-message', message: reason }
      : operationFailed(`syntax error: ${reason}`, { type: 'rpc' });
  return replyMessage([], rpcErrorXml(error));
}
