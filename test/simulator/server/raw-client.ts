/** A NETCONF client for tests that shows every message as it arrived, byte for byte. */

import { once } from 'node:events';
import { Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { frame, MessageReader, type Framing } from '../../../netconf/framing.ts';

export const HELLO_1_0 = hello('urn:ietf:params:netconf:base:1.0');
export const HELLO_1_1 = hello('urn:ietf:params:netconf:base:1.0', 'urn:ietf:params:netconf:base:1.1');

export function hello(...capabilities: readonly string[]): string {
  const list = capabilities.map((uri) => `<capability>${uri}</capability>`).join('');
  return `<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities>${list}</capabilities></hello>`;
}

export function rpc(operation: string, id = '1'): string {
  return `<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="${id}">${operation}</rpc>`;
}

export interface RawClient {
  readonly client: Client;
  readonly channel: ClientChannel;
  send(...messages: readonly string[]): void;
  /** The next message; rejects when the channel ends before the message is complete. */
  receive(): Promise<string>;
  /** Sends a request and receives a message. */
  ask(operation: string, id?: string): Promise<string>;
  useFraming(framing: Framing): void;
  /** Waits for the end of the channel. Returns the bytes after the last received message, as text. */
  rest(): Promise<string>;
  close(): Promise<void>;
}

export type Login = Pick<ConnectConfig, 'host' | 'port' | 'username' | 'password' | 'privateKey'>;

export async function login(config: Login): Promise<Client> {
  const client = new Client();
  client.once('connect', () => client.setNoDelay(true));
  client.connect({ ...config, hostVerifier: () => true });
  await once(client, 'ready');
  client.on('error', () => {});
  return client;
}

export async function openRaw(config: Login, command?: string): Promise<RawClient> {
  const client = await login(config);
  return rawOn(client, command);
}

export async function rawOn(client: Client, command?: string): Promise<RawClient> {
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    const done = (error: Error | undefined, opened: ClientChannel): void =>
      error ? reject(error) : resolve(opened);
    if (command === undefined) client.subsys('netconf', done);
    else client.exec(command, done);
  });
  const reader = new MessageReader({ maxMessageBytes: 10_000_000 });
  let framing: Framing = 'end-of-message';
  let tail = Buffer.alloc(0);
  let wake = (): void => {};
  let hasEnded = false;
  channel.on('data', (bytes: Buffer) => {
    reader.push(bytes);
    tail = Buffer.concat([tail, bytes]);
    wake();
  });
  const ended = new Promise<void>((resolve) => {
    const finish = (): void => {
      hasEnded = true;
      wake();
      resolve();
    };
    channel.on('end', finish);
    channel.on('close', finish);
  });
  const receive = async (): Promise<string> => {
    for (;;) {
      const message = reader.next();
      if (message !== undefined) {
        if (framing === 'end-of-message') tail = tail.subarray(tail.indexOf(']]>]]>') + 6);
        return message;
      }
      if (hasEnded) throw new Error(`the channel ended after ${JSON.stringify(tail.toString())}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const send = (...messages: readonly string[]): void => {
    channel.write(Buffer.concat(messages.map((message) => frame(message, framing))));
  };
  return {
    client,
    channel,
    send,
    receive,
    ask(operation, id) {
      send(rpc(operation, id));
      return receive();
    },
    useFraming(next) {
      framing = next;
      reader.switchTo(next);
    },
    rest: async () => {
      await ended;
      return tail.toString();
    },
    async close() {
      const closed = once(client, 'close');
      client.end();
      await closed;
    },
  };
}
