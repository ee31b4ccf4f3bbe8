/** What a router may do to us once its key and our login were accepted. */
import assert from 'node:assert/strict';
import { ProtocolError, RpcFailedError, SessionLostError } from '../../netconf/errors.ts';
import { CAPABILITIES } from '../../netconf/hello.ts';
import { FakeRouter, type Answering, type FakeRouterOptions, type Request } from './fake-router.ts';
import { ask, assertRefused, memoryOf, poolFor, target, times, type Site } from './hostile-scene.ts';

const megabyte = 1_000_000;
const limit = /expected a message of at most 16777216 octets/;
const malformed = /expected well-formed XML/;

type Doing = (router: Answering, request: Request) => void;

interface Harm {
  readonly name: string;
  readonly framing?: 'chunked';
  readonly does: Doing;
  readonly type: typeof ProtocolError | typeof SessionLostError;
  readonly message: RegExp;
  /** How much memory the reply may cost us, in bytes. Default 50 MB. */
  readonly memory?: number;
}

const bomb = `<!DOCTYPE a [<!ENTITY a "lol">${Array.from({ length: 9 }, (_, index) => `<!ENTITY ${'abcdefghij'[index + 1]} "${`&${'abcdefghij'[index]};`.repeat(10)}">`).join('')}]>`;
const hello = `<hello><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability><capability>${CAPABILITIES.junos}</capability></capabilities><session-id>1</session-id></hello>`;
const chunk = (text: string) => `\n#${Buffer.byteLength(text)}\n${text}`;

const harms: readonly Harm[] = [
  {
    name: 'sends 100 MB in one message',
    does: ({ pour }) => pour(times(100, Buffer.alloc(megabyte, 'x'))),
    type: ProtocolError,
    message: limit,
    memory: 150 * megabyte,
  },
  {
    name: 'sends 100 MB in chunks',
    framing: 'chunked',
    does: ({ pour }) => pour(times(100, chunk('x'.repeat(megabyte)))),
    type: ProtocolError,
    message: limit,
    memory: 150 * megabyte,
  },
  {
    name: 'announces 4 GB',
    framing: 'chunked',
    does: ({ raw }) => raw('\n#4294967295\nx'),
    type: ProtocolError,
    message: /at most 16777216 octets, got at least 4294967295/,
  },
  {
    name: 'sends a chunk size that does not end',
    framing: 'chunked',
    does: ({ pour }) => pour([Buffer.from('\n#'), ...times(10, '1'.repeat(megabyte))]),
    type: ProtocolError,
    message: /a chunk size of at most 10 digits/,
  },
  {
    name: 'floods with replies',
    does: ({ pour }) => pour(times(100_000, '<rpc-reply message-id="7"><ok/></rpc-reply>]]>]]>')),
    type: ProtocolError,
    message: /expected <rpc-reply> 1 to unlock, got <rpc-reply> with message-id 7/,
  },
  {
    name: 'floods with nothing between marks',
    does: ({ pour }) => pour(times(100_000, ']]>]]>')),
    type: ProtocolError,
    message: malformed,
  },
  {
    name: 'opens elements and never closes one',
    does: ({ message }) => message('<a>'.repeat(200_000)),
    type: ProtocolError,
    message: /no further element/,
  },
  {
    name: 'sends a million elements',
    does: ({ message }) => message(`<rpc-reply message-id="1">${'<a/>'.repeat(megabyte)}</rpc-reply>`),
    type: ProtocolError,
    message: /at most 250000 elements and attributes/,
    memory: 200 * megabyte,
  },
  {
    name: 'sends entities that grow into gigabytes',
    does: ({ message }) => message(`${bomb}<rpc-reply message-id="1">&j;</rpc-reply>`),
    type: ProtocolError,
    message: malformed,
  },
  {
    name: 'sends an entity out of our files',
    does: ({ message }) =>
      message(
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><rpc-reply message-id="1">&x;</rpc-reply>',
      ),
    type: ProtocolError,
    message: malformed,
  },
  {
    name: 'sends octets that are no UTF-8 in a tag',
    does: ({ raw }) =>
      raw(
        Buffer.concat([
          Buffer.from('<rpc-reply message-id="1"><ok a="'),
          Buffer.from([0xff]),
          Buffer.from('"/></rpc-reply>]]>]]>'),
        ]),
      ),
    type: ProtocolError,
    message: /in unlock: expected well-formed XML: UTF-8/,
  },
  {
    name: 'gives the reply a name and an id of a megabyte',
    does: ({ message }) => message(`<${'a'.repeat(megabyte)} message-id="${'1'.repeat(megabyte)}"/>`),
    type: ProtocolError,
    message: /got <aaaa.*…$/,
  },
  {
    name: 'answers in the other framing',
    framing: 'chunked',
    does: ({ raw }) => raw('<rpc-reply message-id="1"><ok/></rpc-reply>]]>]]>'),
    type: ProtocolError,
    message: /expected a line feed, got octet 0x3c/,
  },
  {
    name: 'ends the channel within a reply',
    does: ({ raw, end }) => (raw('<rpc-reply mess'), end()),
    type: SessionLostError,
    message: /in the middle of a message/,
  },
  {
    name: 'ends the channel instead of answering',
    does: ({ end }) => end(),
    type: SessionLostError,
    message: /session lost after unlock was sent/,
  },
  {
    name: 'says hello again',
    does: ({ message }) => message('<hello><capabilities/><session-id>1</session-id></hello>'),
    type: ProtocolError,
    message: /expected <rpc-reply> 1 to unlock, got <hello>/,
  },
];

describe('a router that', function () {
  this.timeout(60_000);
  let router: FakeRouter;
  let site: Site;
  /** Whether the router still does harm. */
  let bad = true;

  async function start(options: FakeRouterOptions): Promise<void> {
    bad = true;
    router = await FakeRouter.start({ password: target.password ?? '', ...options });
    site = await poolFor(router.port, router.knownHostsLines);
  }

  afterEach(async () => {
    await site.close();
    await router.close();
  });

  const answering =
    (does: Doing): NonNullable<FakeRouterOptions['answer']> =>
    (request, router) =>
      bad && request.operation !== 'close-session' ? does(router, request) : router.reply('<ok/>');

  /** Asserts that the bad session is not handed out again, and that the next session works. */
  async function assertNextWorks(connections = 2): Promise<void> {
    bad = false;
    await site.pool.withSession(target, ask);
    await site.pool.withSession(target, ask);
    assert.equal(router.connections, connections);
  }

  for (const { name, framing = 'end-of-message', does, type, message, memory = 50 * megabyte } of harms) {
    it(`${name} is refused in bounded memory, and asked anew on another session`, async () => {
      await start({ framing, answer: answering(does) });
      const taken = await memoryOf(() => assertRefused(site.pool, type, message));
      assert.ok(taken < memory, `${Math.round(taken / megabyte)} MB`);
      await assertNextWorks();
    });
  }

  it('answers before it was asked loses its session', async () => {
    await start({
      hello: undefined,
      greet: ({ raw }) =>
        raw(`${hello}]]>]]>${bad ? '<rpc-reply message-id="1"><ok/></rpc-reply>]]>]]>' : ''}`),
    });
    const lost = /session lost before unlock was sent: .*expected nothing, got <rpc-reply> with message-id 1/;
    await assertRefused(site.pool, SessionLostError, lost);
    await assertNextWorks();
  });

  it('answers twice loses its session, which is not handed out again', async () => {
    await start({
      answer: (_request, { reply }) => {
        reply('<ok/>');
        if (bad) reply('<ok/>');
      },
    });
    await site.pool.withSession(target, async (session) => {
      await ask(session);
      await new Promise<void>((resolve) => session.onClosed(resolve));
    });
    await assertNextWorks();
  });

  it('answers the second of two requests first loses its session', async () => {
    const ids: string[] = [];
    await start({
      answer: ({ id }, { reply }) => {
        ids.push(id);
        if (!bad) reply('<ok/>');
        else if (ids.length === 2) for (const other of ids.splice(0).reverse()) reply('<ok/>', other);
      },
    });
    await site.pool.withSession(target, async (session) => {
      const outcomes = await Promise.allSettled([ask(session), ask(session)]);
      const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined));
      assert.ok(reasons[0] instanceof ProtocolError && reasons[1] instanceof SessionLostError);
      assert.equal(session.isOpen, false);
    });
    await assertNextWorks();
  });

  it('reports an error of ten megabytes is quoted in a line', async () => {
    const text = 'x y '.repeat(2_500_000);
    const long = `<rpc-error><error-severity>error</error-severity><error-message>${text}</error-message></rpc-error>`;
    await start({ answer: answering(({ reply }) => reply(long)) });
    await assertRefused(site.pool, RpcFailedError, /unlock was refused: x y x y .*…$/);
    await assertNextWorks();
  });

  it('writes 100 MB where nobody reads is let, and its session goes on', async () => {
    await start({
      answer: (_request, { pourErrors, reply }) => {
        pourErrors(times(100, Buffer.alloc(megabyte, 'x')));
        setTimeout(() => reply('<ok/>'), 300);
      },
    });
    const taken = await memoryOf(() => site.pool.withSession(target, ask));
    assert.ok(taken < 100 * megabyte, `${Math.round(taken / megabyte)} MB`);
    assert.equal(router.connections, 1);
  });
});
