/** `<hello>`, the first message of client and router, with the capabilities of each. RFC 6241 §8.1. */
import { child, textAt, writeXml, xml, XmlError } from './xml.ts';
import { readXml } from './xml-reader.ts';

export const NETCONF_NAMESPACE = 'urn:ietf:params:xml:ns:netconf:base:1.0';

/** URIs of the capabilities that this client knows. */
export const CAPABILITIES = {
  base10: 'urn:ietf:params:netconf:base:1.0',
  base11: 'urn:ietf:params:netconf:base:1.1',
  candidate: 'urn:ietf:params:netconf:capability:candidate:1.0',
  confirmedCommit10: 'urn:ietf:params:netconf:capability:confirmed-commit:1.0',
  confirmedCommit11: 'urn:ietf:params:netconf:capability:confirmed-commit:1.1',
  junos: 'http://xml.juniper.net/netconf/junos/1.0',
} as const;

export interface ServerHello {
  /** Without their `?module=…` parameters. */
  readonly capabilities: ReadonlySet<string>;
  readonly sessionId: string;
}

/** Our hello, offering both framings. */
export function writeHello(): string {
  const capabilities = [CAPABILITIES.base10, CAPABILITIES.base11].map((uri) => xml('capability', uri));
  return writeXml(xml('hello', [xml('capabilities', capabilities)], { xmlns: NETCONF_NAMESPACE }));
}

/** @throws {XmlError} if the message is no hello of a server. */
export function readHello(message: string): ServerHello {
  const hello = readXml(message);
  if (hello.name !== 'hello') throw new XmlError(`expected <hello>, got <${hello.name}>`);
  const sessionId = textAt(hello, 'session-id');
  // RFC 6241, appendix C: 32 bits.
  if (sessionId === undefined || !/^[0-9]{1,10}$/.test(sessionId)) {
    throw new XmlError(`expected a session-id in <hello>, got ${JSON.stringify(sessionId ?? null)}`);
  }
  const uris = child(hello, 'capabilities')?.children.map(({ text }) => text.replace(/\?.*$/s, '')) ?? [];
  const capabilities = new Set(uris);
  if (!capabilities.has(CAPABILITIES.base10) && !capabilities.has(CAPABILITIES.base11)) {
    throw new XmlError('expected base:1.0 or base:1.1 in <hello>, got neither');
  }
  return { capabilities, sessionId };
}

/** Whether the router offers confirmed commits, in either version. RFC 6241 §8.4. */
export function hasConfirmedCommit(capabilities: ReadonlySet<string>): boolean {
  return capabilities.has(CAPABILITIES.confirmedCommit10) || capabilities.has(CAPABILITIES.confirmedCommit11);
}
