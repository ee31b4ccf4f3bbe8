/** A NETCONF server over a real ssh2 server, made to misbehave: it does with each request what the test says. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Readable, type Writable } from 'node:stream';
import {
  Server,
  utils,
  type AuthContext,
  type AuthenticationType,
  type PublicKeyAuthContext,
  type ServerChannel,
} from 'ssh2';
import { frame, MessageReader, type Framing } from '../../netconf/framing.ts';
import { CAPABILITIES } from '../../netconf/hello.ts';
import { parseKnownHosts, type KnownHosts } from '../../netconf/known-hosts.ts';
import { type XmlElement } from '../../netconf/xml.ts';
import { openSession } from '../../netconf/open-session.ts';
import type { Session } from '../../netconf/session.ts';
import { readXml } from '../../netconf/xml-reader.ts';
import { keyPair, type KeyType } from './keys.ts';

export interface Request {
  readonly id: string;
  /** Local name of the operation. */
  readonly operation: string;
  readonly element: XmlElement;
  /** Requests that arrived in the same packet, this one included. */
  readonly together: number;
}

export interface Answering {
  /** Sends a whole reply: `content` inside `<rpc-reply>`, with the request's id unless another is given. */
  readonly reply: (content: string, id?: string) => void;
  /** Sends a message as it is. */
  readonly message: (text: string) => void;
  /** Sends bytes as they are. */
  readonly raw: (bytes: string | Buffer) => void;
  /** Sends bytes as they are, for as long as there are some and the channel takes them. */
  readonly pour: (pieces: Iterable<Buffer>) => void;
  /** Sends bytes on the channel's error stream, which nobody reads, for as long as the channel takes them. */
  readonly pourErrors: (pieces: Iterable<Buffer>) => void;
  /** Ends the channel. */
  readonly end: () => void;
  /** Cuts the TCP connection. */
  readonly cut: () => void;
}

export interface FakeRouterOptions {
  readonly framing?: Framing;
  readonly password?: string;
  /** Public key accepted, in OpenSSH's form. */
  readonly publicKey?: string;
  /** Asked for with keyboard-interactive only. */
  readonly interactive?: boolean;
  readonly hello?: string | undefined;
  /** Follows the hello, before anything was asked. */
  readonly greet?: (router: Answering) => void;
  readonly keyTypes?: readonly KeyType[];
  readonly refuseSubsystem?: boolean;
  /** Whether `<close-session>` ends the channel. Default: yes. */
  readonly endsSessions?: boolean;
  /** Default: `<ok/>` to everything. */
  readonly answer?: (request: Request, router: Answering) => void;
}

export class FakeRouter {
  readonly options: FakeRouterOptions;
  readonly port: number;
  /** By type, `ssh-ed25519 AAAA…`. */
  readonly publicKeys: readonly string[];
  /** Operations in order of arrival, over all sessions. */
  readonly operations: string[] = [];
  readonly requests: Request[] = [];
  connections = 0;
  /** Attempts to log in, good or not. */
  logins = 0;
  readonly #close: () => Promise<void>;

  private constructor(
    port: number,
    publicKeys: readonly string[],
    options: FakeRouterOptions,
    close: () => Promise<void>,
  ) {
    this.port = port;
    this.publicKeys = publicKeys;
    this.options = options;
    this.#close = close;
  }

  static async start(options: FakeRouterOptions = {}): Promise<FakeRouter> {
    const keys = (options.keyTypes ?? ['ed25519']).map((type) => keyPair(type));
    const sockets = new Set<Socket>();
    const server = new Server({ hostKeys: keys.map((key) => key.private) });
    const listener = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      router.connections += 1;
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
      server.injectSocket(socket);
    });
    server.on('connection', (client) => {
      const socket = [...sockets].at(-1);
      client.on('error', () => {});
      client.on('authentication', (context) => {
        router.logins += 1;
        authenticate(context, options);
      });
      client.on('session', (accept) => {
        accept().on('subsystem', (acceptSubsystem, reject) => {
          if (options.refuseSubsystem === true) reject();
          else serve(router, acceptSubsystem(), () => socket?.destroy());
        });
      });
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const router: FakeRouter = new FakeRouter(
      (listener.address() as AddressInfo).port,
      keys.map((key) => key.public),
      options,
      async () => {
        listener.close();
        for (const socket of sockets) socket.destroy();
        await once(listener, 'close');
      },
    );
    return router;
  }

  /** Lines for `known_hosts`. */
  get knownHostsLines(): string {
    return this.publicKeys.map((key) => `[127.0.0.1]:${this.port} ${key}\n`).join('');
  }

  get knownHosts(): KnownHosts {
    return parseKnownHosts(this.knownHostsLines, 'known_hosts');
  }

  close(): Promise<void> {
    return this.#close();
  }
}

function authenticate(context: AuthContext, options: FakeRouterOptions): void {
  const { password = 'secret', publicKey, interactive = false } = options;
  const offered: AuthenticationType[] = [
    ...(publicKey === undefined ? [] : ['publickey' as const]),
    interactive ? 'keyboard-interactive' : 'password',
  ];
  const judge = (accepted: boolean) => (accepted ? context.accept() : context.reject(offered));
  if (context.method === 'keyboard-interactive' && interactive) {
    context.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) => judge(answer === password));
  } else if (context.method === 'publickey' && publicKey !== undefined) {
    judge(provesKey(context, publicKey));
  } else {
    judge(context.method === 'password' && !interactive && context.password === password);
  }
}

/** Whether the client has proved that it has this key. Without a signature the client only asks whether the key would do: that passes, too. */
function provesKey({ key, signature, blob, hashAlgo }: PublicKeyAuthContext, publicKey: string): boolean {
  const known = utils.parseKey(publicKey);
  if (known instanceof Error || Array.isArray(known) || !known.getPublicSSH().equals(key.data)) return false;
  return signature === undefined || (blob !== undefined && known.verify(blob, signature, hashAlgo));
}

/** Sends the pieces to a stream, never more at a time than it wants to hold. What is left when the stream closes is dropped. */
function pour(pieces: Iterable<Buffer>, to: Writable): void {
  const source = Readable.from(pieces);
  to.once('close', () => source.destroy());
  source.on('error', () => {}).pipe(to, { end: false });
}

function serve(router: FakeRouter, channel: ServerChannel, cut: () => void): void {
  const {
    framing = 'end-of-message',
    greet,
    endsSessions = true,
    answer = (_request, answering) => answering.reply('<ok/>'),
  } = router.options;
  const reader = new MessageReader({ maxMessageBytes: 10_000_000 });
  const send = (text: string, as: Framing) => {
    if (channel.writable) channel.write(frame(text, as));
  };
  let sawHello = false;
  const base = framing === 'chunked' ? '1.1' : '1.0';
  const hello =
    'hello' in router.options
      ? router.options.hello
      : `<!-- user --><nc:hello xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"><nc:capabilities><nc:capability>urn:ietf:params:netconf:base:${base}</nc:capability><nc:capability>${CAPABILITIES.junos}</nc:capability></nc:capabilities><nc:session-id>4711</nc:session-id></nc:hello>`;
  if (hello !== undefined) send(hello, 'end-of-message');
  const answering = (id: string): Answering => ({
    reply: (content, replyId = id) =>
      send(`<rpc-reply message-id="${replyId}">${content}</rpc-reply>`, framing),
    message: (text) => send(text, framing),
    raw: (raw) => channel.write(raw),
    pour: (pieces) => pour(pieces, channel),
    pourErrors: (pieces) => pour(pieces, channel.stderr),
    end: () => channel.end(),
    cut,
  });
  greet?.(answering(''));
  channel.on('data', (bytes: Buffer) => {
    reader.push(bytes);
    const messages: string[] = [];
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      if (sawHello) messages.push(message);
      else reader.switchTo(framing);
      sawHello = true;
    }
    for (const message of messages) {
      const element = readXml(message);
      const id = element.attributes['message-id'] ?? '';
      const request = { id, operation: element.children[0]?.name ?? '', element, together: messages.length };
      router.operations.push(request.operation);
      router.requests.push(request);
      answer(request, answering(id));
      if (request.operation === 'close-session' && endsSessions) channel.end();
    }
  });
  channel.on('error', () => {});
}

/** Opens a session, with the deadlines of tests. */
export function openSessionTo(
  { port, knownHosts }: FakeRouter,
  options: Partial<Parameters<typeof openSession>[1]> & { readonly connectMs?: number } = {},
): Promise<Session> {
  const { connectMs = 5_000, ...session } = options;
  return openSession(
    {
      peer: { id: 'r-1', host: '127.0.0.1', port },
      credentials: { username: 'ops', password: 'secret' },
      knownHosts,
      connectMs,
      keepalive: { intervalMs: 0, count: 3 },
    },
    { deadlineMs: 5_000, ...session },
  );
}
