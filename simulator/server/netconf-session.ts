/**
 * One NETCONF session on one SSH channel: the hellos, then the client's requests to the device and its replies. Requests
 * are carried out and answered in their order, one at a time. Pipelined requests wait.
 */

import type { ServerChannel } from 'ssh2';
import { dateText } from '../device/clock.ts';
import type { DeviceSession, Reply } from '../device/device.ts';
import { rpcErrorXml } from '../device/rpc-error.ts';
import type { WrittenAttribute } from '../device/xml.ts';
import { MessageChannel } from './message-channel.ts';
import {
  BASE_1_0,
  BASE_1_1,
  helloMessage,
  malformedMessage,
  readClientMessage,
  replyMessage,
} from './messages.ts';

export interface NetconfSessionSettings {
  readonly channel: ServerChannel;
  readonly session: DeviceSession;
  /** Ends the TCP connection after the bytes that were written. */
  readonly cut: () => void;
  /** Milliseconds since the epoch, for the comment at the session's end. */
  readonly now: () => number;
  /** Called for each request. */
  readonly onRequest: () => void;
}

export interface NetconfSession {
  /**
   * To be called when the client has ended the connection. `noticed`: the session ends. `unnoticed`: the session stays
   * half-open until it is killed or this is called with `noticed`; requests that have arrived are still carried out.
   */
  gone(how: 'noticed' | 'unnoticed'): void;
}

/** Whether the session goes on after a message. */
type Next = 'go on' | 'end';

/** Sends the hello and serves the channel until its end. */
export function serveNetconf({
  channel,
  session,
  cut,
  now,
  onRequest,
}: NetconfSessionSettings): NetconfSession {
  const messages = new MessageChannel(channel);

  const end = (): void => {
    messages.stop();
    session.close();
  };
  channel.on('error', end);
  session.onEnd((reason) => {
    if (messages.stopped) return;
    end();
    if (reason === 'killed') channel.close();
    else cut();
  });

  const greet = async (): Promise<Next> => {
    const { user, id, loginClass, capabilities } = session;
    await messages.send(helloMessage({ user, loginClass, sessionId: id, capabilities }));
    const message = await messages.next();
    if (message === undefined) return 'end';
    const hello = readClientMessage(message);
    if (hello.kind !== 'hello') {
      await messages.send(malformedMessage('Expected <hello> as the first message', messages.framing));
      return 'end';
    }
    const offered = (base: string): boolean =>
      capabilities.includes(base) && hello.capabilities.includes(base);
    if (offered(BASE_1_1)) messages.switchTo('chunked');
    return offered(BASE_1_1) || offered(BASE_1_0) ? 'go on' : 'end';
  };

  const answer = async (reply: Reply, attributes: readonly WrittenAttribute[]): Promise<Next> => {
    if (messages.stopped || reply.kind === 'never') return 'go on';
    if (reply.kind === 'drop') {
      end();
      cut();
      return 'end';
    }
    const message = replyMessage(attributes, reply.body);
    if (reply.kind === 'truncate') {
      await messages.sendHalf(message);
      end();
      cut();
      return 'end';
    }
    await messages.send(message);
    if (reply.kind === 'half-close') messages.endOutput();
    return reply.kind === 'reply' && reply.last ? 'end' : 'go on';
  };

  const serve = async (text: string): Promise<Next> => {
    if (text.trim() === '') return 'go on';
    const message = readClientMessage(text);
    if (message.kind === 'rpc' || message.kind === 'bad-rpc') onRequest();
    if (message.kind === 'rpc') return answer(await session.handle(message.operation), message.attributes);
    if (message.kind === 'bad-rpc') {
      await messages.send(replyMessage(message.attributes, rpcErrorXml(message.error)));
      return 'go on';
    }
    const reason = message.kind === 'hello' ? 'Expected <rpc>, got a second <hello>' : message.reason;
    await messages.send(malformedMessage(reason, messages.framing));
    return 'end';
  };

  const run = async (): Promise<void> => {
    let next = await greet();
    while (next === 'go on') {
      const text = await messages.next();
      next = text === undefined ? 'end' : await serve(text);
    }
    if (messages.stopped) return;
    if (messages.framing === 'end-of-message')
      await messages.write(Buffer.from(`<!-- session end at ${dateText(now())} -->\n`));
    end();
    channel.exit(0);
    channel.end();
  };

  void run();
  return {
    gone(how) {
      if (messages.stopped) return;
      if (how === 'noticed') end();
      else messages.becomeHalfOpen();
    },
  };
}
