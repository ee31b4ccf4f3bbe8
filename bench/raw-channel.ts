/**
 * The least that applying a gateway can cost: bytes are written to an ssh2 channel, and the replies are waited for. Replies are not
 * parsed, only their ends are counted.
 */
import { Client } from 'ssh2';
import type { ClientChannel } from 'ssh2';
import type { Login } from './push-session.ts';

const END = Buffer.from(']]>]]>');
const HELLO =
  '<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>]]>]]>';

export interface RawChannel {
  /** Writes the bytes in one piece. Resolves when there is a reply for every request in them. */
  roundTrip(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** Opens a channel with the same SSH options as the session that is compared with it. */
export async function openRawChannel({ host, port, username, password }: Login): Promise<RawChannel> {
  const client = new Client();
  client.once('connect', () => client.setNoDelay(true));
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.once('error', reject);
    client.once('ready', () =>
      client.subsys('netconf', (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    const algorithms = { cipher: ['aes128-gcm@openssh.com' as const] };
    // Any host key will do: the router is simulated, on this machine.
    client.connect({ host, port, username, password, algorithms, hostVerifier: () => true });
  });
  let missing = 0;
  let rest = Buffer.alloc(0);
  let resolve = (): void => undefined;
  channel.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (let at = rest.indexOf(END); at !== -1; at = rest.indexOf(END)) {
      rest = rest.subarray(at + END.length);
      missing -= 1;
      if (missing === 0) resolve();
    }
  });
  const roundTrip = (bytes: Uint8Array): Promise<void> =>
    new Promise((done) => {
      missing += count(Buffer.from(bytes));
      resolve = done;
      channel.write(bytes);
    });
  await roundTrip(Buffer.from(HELLO));
  return { roundTrip, close: () => client.end() };
}

/** How many messages the bytes contain, in `]]>]]>` framing. */
function count(bytes: Buffer): number {
  let messages = 0;
  for (let at = bytes.indexOf(END); at !== -1; at = bytes.indexOf(END, at + END.length)) messages += 1;
  return messages;
}
