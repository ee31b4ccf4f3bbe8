import assert from 'node:assert/strict';
import {
  MissingCapabilityError,
  ProtocolError,
  RequestTimeoutError,
  RpcFailedError,
  SessionLostError,
  UnreachableError,
} from '../../netconf/errors.ts';
import { openSession } from '../../netconf/open-session.ts';
import {
  check,
  commit,
  compareWithRunning,
  discardChanges,
  getConfiguration,
  loadSet,
  loadText,
  lock,
  unlock,
  withDeadline,
} from '../../netconf/operations.ts';
import { unwrap } from '../../netconf/operation.ts';
import type { Session } from '../../netconf/session.ts';
import { XmlError } from '../../netconf/xml.ts';
import { FakeRouter, type FakeRouterOptions } from './fake-router.ts';

const refused =
  '<rpc-error><error-type>application</error-type><error-tag>operation-failed</error-tag><error-severity>error</error-severity>' +
  '<error-message>\nboom\n</error-message></rpc-error>';

/** Whether the error says that a request had been sent. */
const wasSent = (error: Error) => 'sent' in error && error.sent === true;

describe('a NETCONF session', () => {
  let router: FakeRouter;
  const sessions: Session[] = [];

  async function open(
    options: FakeRouterOptions = {},
    session: { deadlineMs?: number; maxMessageBytes?: number; pipelining?: boolean } = {},
  ) {
    router = await FakeRouter.start(options);
    const peer = { id: 'r-1', host: '127.0.0.1', port: router.port };
    const opened = await openSession(
      {
        peer,
        credentials: { username: 'ops', password: 'secret' },
        knownHosts: router.knownHosts,
        connectMs: 5_000,
        keepalive: { intervalMs: 0, count: 3 },
      },
      { deadlineMs: 5_000, ...session },
    );
    sessions.push(opened);
    return opened;
  }

  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy('the test is over');
    await router.close();
  });

  for (const framing of ['end-of-message', 'chunked'] as const) {
    describe(`with ${framing} framing`, () => {
      it('asks and is answered, with its id', async () => {
        const session = await open({ framing });
        assert.deepEqual(await session.request(discardChanges()), { warnings: [] });
        assert.deepEqual(await session.request(unlock()), { warnings: [] });
        assert.deepEqual(
          router.requests.map(({ id, operation }) => `${id} ${operation}`),
          ['1 discard-changes', '2 unlock'],
        );
        assert.equal(session.sessionId, '4711');
        assert.equal(session.isIdle, true);
      });

      it('reads replies that come in pieces or together', async () => {
        let held = '';
        const session = await open({
          framing,
          answer: ({ id, operation }, { raw }) => {
            const reply = `<rpc-reply message-id="${id}"><ok/></rpc-reply>`;
            held +=
              framing === 'chunked'
                ? `\n#5\n${reply.slice(0, 5)}\n#${reply.length - 5}\n${reply.slice(5)}\n##\n`
                : `${reply}]]>]]>`;
            if (operation !== 'unlock') return;
            const [first, second] = [held.slice(0, 7), held.slice(7)];
            raw(first);
            setImmediate(() => raw(second));
          },
        });
        const outcomes = await session.pipeline([discardChanges(), unlock()]);
        assert.deepEqual(
          outcomes.map(({ kind }) => kind),
          ['done', 'done'],
        );
      });

      it('tells a cut in the middle of a reply', async () => {
        const session = await open({
          framing,
          answer: (_request, { raw, cut }) => (
            raw(framing === 'chunked' ? '\n#50\n<rpc' : '<rpc-reply'),
            setTimeout(cut, 20)
          ),
        });
        await assert.rejects(session.request(commit({ log: 'x' })), (error: unknown) => {
          assert.ok(error instanceof SessionLostError);
          assert.equal(error.sent, true);
          assert.equal(error.operation, 'commit');
          assert.match(error.message, /session lost after commit was sent: .*in the middle of a message/);
          return true;
        });
      });
    });
  }

  describe('pipelining', () => {
    it('writes all requests at once and gives each its own outcome', async () => {
      const session = await open({
        answer: ({ operation }, { reply }) => reply(operation === 'load-configuration' ? refused : '<ok/>'),
      });
      const [load, discard, released] = await session.pipeline([
        loadSet(['set a b']),
        discardChanges(),
        unlock(),
      ]);
      assert.deepEqual(
        router.requests.map(({ together }) => together),
        [3, 3, 3],
      );
      assert.throws(
        () => unwrap(load),
        (error: unknown) => error instanceof RpcFailedError && error.operation === 'load-configuration',
      );
      assert.deepEqual([unwrap(discard), unwrap(released)], [{ warnings: [] }, { warnings: [] }]);
      assert.equal(session.isOpen, true);
    });

    it('lets a push take four round trips, the commit included', async () => {
      const session = await open({
        answer: ({ operation }, { reply }) =>
          reply(operation === 'get-configuration' ? '<configuration-text/><configuration-output/>' : '<ok/>'),
      });
      await session.request(lock());
      await session.pipeline([
        getConfiguration({ paths: [['interfaces', 'ae0']], database: 'committed' }),
        compareWithRunning(),
      ]);
      await session.pipeline([loadText(''), loadSet([]), compareWithRunning(), check()]);
      await session.pipeline([commit({ log: 'x' }), unlock()]);
      assert.deepEqual(
        router.requests.map(({ together }) => together),
        [1, 2, 2, 4, 4, 4, 4, 2, 2],
      );
    });

    it('sends one after the other for a device that cannot', async () => {
      const session = await open(
        { answer: (_request, { reply }) => setTimeout(() => reply('<ok/>'), 5) },
        { pipelining: false },
      );
      await session.pipeline([discardChanges(), unlock()]);
      assert.deepEqual(
        router.requests.map(({ together }) => together),
        [1, 1],
      );
    });

    it('keeps what was answered when the session is lost after it', async () => {
      const session = await open({
        answer: ({ operation }, { reply, end }) => (operation === 'unlock' ? end() : reply('<ok/>')),
      });
      const [committed, released] = await session.pipeline([commit({ log: 'x' }), unlock()]);
      assert.deepEqual(committed, { kind: 'done', value: { warnings: [] } });
      assert.throws(
        () => unwrap(released),
        (error: unknown) => error instanceof SessionLostError && error.sent && error.operation === 'unlock',
      );
    });

    it('sends nothing if one request cannot be written', async () => {
      const session = await open();
      await assert.rejects(session.pipeline([discardChanges(), commit({ log: 'bell \u0007' })]), XmlError);
      await session.request(unlock());
      assert.deepEqual(
        router.requests.map(({ id, operation }) => `${id} ${operation}`),
        ['1 unlock'],
      );
    });
  });

  describe('with a router that is slow', () => {
    it('gives up after the deadline, closes, and says that the outcome is unknown', async () => {
      const session = await open({ answer: () => {} }, { deadlineMs: 50 });
      const [committed, released] = await session.pipeline([commit({ log: 'x' }), unlock()]);
      assert.throws(
        () => unwrap(committed),
        (error: unknown) => {
          assert.ok(error instanceof RequestTimeoutError);
          assert.match(
            error.message,
            /^router r-1 \(127\.0\.0\.1, port \d+\): no reply to commit within 50 ms$/,
          );
          return error.sent;
        },
      );
      assert.throws(
        () => unwrap(released),
        (error: unknown) =>
          error instanceof SessionLostError && error.sent && error.cause instanceof RequestTimeoutError,
      );
      assert.equal(session.isOpen, false);
      await assert.rejects(
        session.request(unlock()),
        (error: unknown) => error instanceof SessionLostError && !error.sent,
      );
    });

    it('lets an operation take longer than others', async () => {
      const session = await open(
        { answer: (_request, { reply }) => setTimeout(() => reply('<ok/>'), 120) },
        { deadlineMs: 40 },
      );
      await session.request(withDeadline(commit({ log: 'x' }), 5_000));
    });

    it('counts the deadline of each request from the reply before it', async () => {
      let answered = Promise.resolve();
      const session = await open(
        {
          answer: (_request, { reply }) =>
            void (answered = answered.then(
              () => new Promise((done) => setTimeout(() => (reply('<ok/>'), done()), 250)),
            )),
        },
        { deadlineMs: 800 },
      );
      const outcomes = await session.pipeline([check(), check(), check(), check()]);
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['done', 'done', 'done', 'done'],
      );
    });
  });

  describe('with a router that is wrong', () => {
    const wrong: readonly [
      name: string,
      answer: NonNullable<FakeRouterOptions['answer']>,
      message: RegExp,
    ][] = [
      [
        'another id',
        (_request, { reply }) => reply('<ok/>', '99'),
        /expected <rpc-reply> 1 to discard-changes, got <rpc-reply> with message-id 99/,
      ],
      ['no id', (_request, { message }) => message('<rpc-reply><ok/></rpc-reply>'), /with message-id none/],
      [
        'another element',
        (_request, { message }) => message('<notification message-id="1"/>'),
        /got <notification>/,
      ],
      [
        'truncated XML',
        (_request, { message }) => message('<rpc-reply message-id="1"><ok>'),
        /expected well-formed XML/,
      ],
      [
        'a reply without what was asked for',
        (_request, { reply }) => reply('<commit-results/>'),
        /expected <ok\/> in reply to discard-changes, got <commit-results>/,
      ],
      [
        'an endless message',
        (_request, { raw }) => raw('x'.repeat(5_000)),
        /expected a message of at most 4096 octets/,
      ],
    ];
    for (const [name, answer, message] of wrong) {
      it(`calls ${name} a protocol error, whose outcome is unknown`, async () => {
        const session = await open({ answer }, { maxMessageBytes: 4_096 });
        await assert.rejects(session.request(discardChanges()), (error: unknown) => {
          assert.ok(error instanceof ProtocolError, String(error));
          assert.match(error.message, message);
          return error.sent;
        });
      });
    }

    it('drops the session that gets a reply nobody asked for', async () => {
      const session = await open({ answer: (_request, { reply }) => (reply('<ok/>'), reply('<ok/>')) });
      await session.request(discardChanges());
      await new Promise<void>((resolve) => session.onClosed(resolve));
      await assert.rejects(
        session.request(unlock()),
        /session lost before unlock was sent: .*expected nothing, got <rpc-reply> with message-id 1/,
      );
    });

    it('does not take <ok/> beside an error for success', async () => {
      const session = await open({ answer: (_request, { reply }) => reply(`${refused}<ok/>`) });
      await assert.rejects(session.request(discardChanges()), /discard-changes was refused: boom/);
      assert.equal(session.isOpen, true);
    });
  });

  describe('opening', () => {
    const broken: readonly [
      name: string,
      hello: string | undefined,
      error: new (...args: never[]) => Error,
      message: RegExp,
    ][] = [
      ['no hello', undefined, UnreachableError, /can't be reached \(hello\): no hello within \d+ ms/],
      ['something else first', '<rpc-reply/>', ProtocolError, /expected <hello>, got <rpc-reply>/],
      [
        'a hello without session id',
        '<hello><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>',
        ProtocolError,
        /expected a session-id in <hello>/,
      ],
      [
        'a hello without base',
        '<hello><capabilities/><session-id>1</session-id></hello>',
        ProtocolError,
        /expected base:1.0 or base:1.1/,
      ],
    ];
    for (const [name, hello, expected, message] of broken) {
      it(`fails on ${name}`, async () => {
        router = await FakeRouter.start({ hello });
        const peer = { id: 'r-1', host: '127.0.0.1', port: router.port };
        const opening = openSession(
          {
            peer,
            credentials: { username: 'ops', password: 'secret' },
            knownHosts: router.knownHosts,
            connectMs: hello === undefined ? 1_500 : 5_000,
            keepalive: { intervalMs: 0, count: 3 },
          },
          { deadlineMs: 5_000 },
        );
        await assert.rejects(
          opening,
          (error: unknown) => error instanceof expected && message.test(error.message) && !wasSent(error),
        );
      });
    }

    it('fails without a capability that is needed: says what was expected and offered, and asks nothing', async () => {
      const offered = [
        'urn:ietf:params:netconf:base:1.0',
        'urn:ietf:params:netconf:capability:candidate:1.0',
        'urn:x',
      ];
      const uris = offered.map((uri) => `<capability>${uri}?module=y</capability>`).join('');
      router = await FakeRouter.start({
        hello: `<hello><capabilities>${uris}</capabilities><session-id>1</session-id></hello>`,
      });
      const opening = openSession(
        {
          peer: { id: 'r-1', host: '127.0.0.1', port: router.port },
          credentials: { username: 'ops', password: 'secret' },
          knownHosts: router.knownHosts,
          connectMs: 5_000,
          keepalive: { intervalMs: 0, count: 3 },
        },
        { deadlineMs: 5_000, requiredCapabilities: ['urn:x', 'urn:needed'] },
      );
      await assert.rejects(opening, (error: unknown) => {
        assert.ok(error instanceof MissingCapabilityError, String(error));
        assert.deepEqual(error.missing, ['urn:needed']);
        assert.deepEqual(error.offered, offered);
        assert.match(
          error.message,
          /: expected urn:needed among its capabilities, got \S+base:1.0, \S+candidate:1.0, urn:x$/,
        );
        return true;
      });
      assert.deepEqual(router.operations, ['close-session']);
    });
  });

  it('closes politely', async () => {
    const session = await open();
    await session.close();
    assert.deepEqual(router.operations, ['close-session']);
    assert.equal(session.isOpen, false);
    await session.close();
  });

  it('reports a denied lock as an outcome, and goes on', async () => {
    const denied =
      '<rpc-error><error-type>protocol</error-type><error-tag>lock-denied</error-tag><error-severity>error</error-severity><error-message>\n' +
      'configuration database locked by:\n  ansible terminal  (pid 50198) on since 2024-05-01\n</error-message><error-info><session-id>50198</session-id></error-info></rpc-error>';
    const session = await open({
      answer: ({ operation }, { reply }) => reply(operation === 'lock' ? denied : '<ok/>'),
    });
    assert.deepEqual(await session.request(lock()), {
      kind: 'denied',
      holder: {
        description: 'configuration database locked by: ansible terminal (pid 50198) on since 2024-05-01',
        sessionId: '50198',
      },
    });
    await session.request(unlock());
  });
});
