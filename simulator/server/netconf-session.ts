/**
 * One NETCONF session on one SSH channel: hello, then requests to the device and its replies back. Requests are carried
 * out and answered in their order, one at a time; what was pipelined waits.
 */

import type { ServerChannel } from 'ssh2';
import { dateText } from '../device/date-text.ts';
import type { DeviceSession } from '../device/device.ts';
import type { Reply } from '../device/reply.ts';
import { rpcErrorXml } from '../device/rpc-error.ts';
import { MessageChannel } from './message-channel.ts';
import {
  BASE_1_0,
  BASE_1_1,
  helloMessage,
  malformedMessage,
  readClientMessage,
  replyMessage,
} from './messages.ts';
import type { Attribute } from './messages.ts';

export interface NetconfSessionSettings {
  readonly channel: ServerChannel;
  readonly session: DeviceSession;
  /** Ends the TCP connection, behind what was written. */
  readonly cut: () => void;
  /** Milliseconds since the epoch, for the comment at the session's end. */
  readonly now: () => number;
}

export interface NetconfSession {
  /**
   * The client is gone. Unnoticed, the session stays (half-open) until it is killed or this is called again, noticed;
   * what had been sent already is carried out. Idempotent.
   */
  gone(how: 'noticed' | 'unnoticed'): void;
}

/** What becomes of the session behind a message. */
type Next = 'go on' | 'end';

/** Sends the hello and serves the channel until its end. */
export function serveNetconf({ channel, session, cut, now }: NetconfSessionSettings): NetconfSession {
  const messages = new MessageChannel(channel);

  const end = (): void => {
    messages.stop();
    session.close();
  };
  channel.on('error', end);
  session.onEnd((reason) => {
    if (messages.over) return;
    end();
    if (reason === 'killed') channel.close();
    else cut();
  });

  const greet = async (): Promise<Next> => {
    const { user, id, capabilities } = session;
    await messages.send(helloMessage({ user, sessionId: id, capabilities }));
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

  const answer = async (reply: Reply, attributes: readonly Attribute[]): Promise<Next> => {
    if (messages.over || reply.kind === 'never') return 'go on';
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
    if (messages.over) return;
    if (messages.framing === 'end-of-message')
      await messages.write(Buffer.from(`<!-- session end at ${dateText(now())} -->\n`));
    end();
    channel.exit(0);
    channel.end();
  };

  void run();
  return {
    gone(how) {
      if (messages.over) return;
      if (how === 'noticed') end();
      else messages.loseUnnoticed();
    },
  };
}
