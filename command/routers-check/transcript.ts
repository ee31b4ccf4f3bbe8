/**
 * What a router and gateway-saga said to each other, as a document that can be attached to a report: one `<session>` for each session, one
 * `<message>` for each message, its text in CDATA. Secrets are masked before anything is kept.
 */
import type { PassedMessage } from '../../netconf/recorded-transport.ts';
import { readHello } from '../../netconf/hello.ts';
import { readXml } from '../../netconf/xml-reader.ts';
import { TRANSCRIPT_MASK, maskSecrets } from '../masked-text.ts';

export interface Message extends PassedMessage {
  /** The request's element, `hello` for the hellos. */
  readonly operation: string;
  /** Of a reply: how long the router took since the request, in ms. */
  readonly tookMs?: number;
}

export interface RecordedSession {
  readonly messages: readonly Message[];
  readonly pass: (message: PassedMessage) => void;
}

export class Transcript {
  readonly #router: { readonly name: string; readonly address: string };
  readonly #secrets: readonly string[];
  readonly #sessions: RecordedSession[] = [];

  /** `secrets`: texts that are masked wherever they stand. */
  constructor(router: { readonly name: string; readonly address: string }, secrets: readonly string[]) {
    this.#router = router;
    this.#secrets = secrets;
  }

  /** Begins the record of a further session. */
  session(): RecordedSession {
    const messages: Message[] = [];
    const unanswered: Message[] = [];
    const pass = (passed: PassedMessage) => {
      const { from, atMs } = passed;
      const isHello = messages.every((one) => one.from !== from);
      const request = from === 'server' && !isHello ? unanswered.shift() : undefined;
      const operation = isHello ? 'hello' : (request?.operation ?? requestIn(passed.text));
      const text = maskSecrets(passed.text, this.#secrets);
      const took = request === undefined ? {} : { tookMs: atMs - request.atMs };
      const message = { from, atMs, operation, text, ...took };
      if (from === 'client' && !isHello) unanswered.push(message);
      messages.push(message);
    };
    const session = { messages, pass };
    this.#sessions.push(session);
    return session;
  }

  get messages(): readonly Message[] {
    return this.#sessions.flatMap(({ messages }) => messages);
  }

  /** The router's comment on our user in its first hello: `user esi, class j-super-user`. */
  get greeting(): string | undefined {
    const hello = this.messages.find(({ from }) => from === 'server')?.text ?? '';
    return /<!--\s*(user .*?)\s*-->/s.exec(hello)?.[1];
  }

  toXml(): string {
    const sessions = this.#sessions.map((session) => this.#sessionXml(session));
    return `<?xml version="1.0" encoding="UTF-8"?>\n<!-- Secrets are replaced by ${TRANSCRIPT_MASK}. -->\n<transcript>\n${sessions.join('')}</transcript>\n`;
  }

  #sessionXml({ messages }: RecordedSession): string {
    const start = messages[0]?.atMs ?? 0;
    const attributes = {
      router: this.#router.name,
      address: this.#router.address,
      'session-id': sessionIdOf(messages),
      started: timeOf(start),
    };
    const lines = messages.map(({ from, atMs, operation, text, tookMs }) => {
      const took: Readonly<Record<string, string>> =
        tookMs === undefined ? {} : { 'took-ms': String(tookMs) };
      const facts = { from, at: timeOf(atMs), ms: String(atMs - start), operation, ...took };
      return `<message${written(facts)}><![CDATA[${cdata(text)}]]></message>\n`;
    });
    return `<session${written(attributes)}>\n${lines.join('')}</session>\n`;
  }
}

function requestIn(text: string): string {
  try {
    return readXml(text).children[0]?.name ?? '';
  } catch {
    return '';
  }
}

function sessionIdOf(messages: readonly Message[]): string {
  const hello = messages.find(({ from }) => from === 'server')?.text;
  try {
    return hello === undefined ? '' : readHello(hello).sessionId;
  } catch {
    return '';
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}

function written(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
}

function escaped(text: string): string {
  return printableXml(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function cdata(text: string): string {
  return printableXml(text.trim()).replaceAll(']]>', ']]]]><![CDATA[>');
}

/** XML 1.0 §2.2 excludes these, even in CDATA. */
function printableXml(text: string): string {
  return text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\ufffd');
}
