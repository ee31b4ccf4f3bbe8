import assert from 'node:assert/strict';
import {
  MissingCapabilityError,
  ProtocolError,
  RequestTimeoutError,
  SessionLostError,
  UnreachableError,
} from '../../netconf/errors.ts';
import { check, commit, discardChanges, unlock, withDeadline } from '../../netconf/operations.ts';
import { unwrap } from '../../netconf/operation.ts';
import { openSessionTo, type FakeRouterOptions } from './fake-router.ts';
import { REFUSED, useSessions } from './use-sessions.ts';

/** Whether the error says that a request had been sent. */
const wasSent = (error: Error) => 'sent' in error && error.sent === true;

describe('a NETCONF session', () => {
  const { open, start } = useSessions();

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
      const session = await open({ answer: (_request, { reply }) => reply(`${REFUSED}<ok/>`) });
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
        const router = await start({ hello });
        const opening = openSessionTo(router, hello === undefined ? { connectMs: 1_500 } : {});
        await assert.rejects(
          opening,
          (error: unknown) => error instanceof expected && message.test(error.message) && !wasSent(error),
        );
      });
    }

    it('fails within the deadline of the opening without a capability that is needed, if the router does not answer either', async () => {
      const router = await start({ endsSessions: false, answer: () => {} });
      const startedAt = performance.now();
      await assert.rejects(
        openSessionTo(router, { requiredCapabilities: ['urn:needed'], connectMs: 1_000 }),
        MissingCapabilityError,
      );
      assert.ok(performance.now() - startedAt < 3_000);
    });

    it('fails without a capability that is needed: says what was expected and offered, and asks nothing', async () => {
      const offered = [
        'urn:ietf:params:netconf:base:1.0',
        'urn:ietf:params:netconf:capability:candidate:1.0',
        'urn:x',
      ];
      const uris = offered.map((uri) => `<capability>${uri}?module=y</capability>`).join('');
      const router = await start({
        hello: `<hello><capabilities>${uris}</capabilities><session-id>1</session-id></hello>`,
      });
      const opening = openSessionTo(router, { requiredCapabilities: ['urn:x', 'urn:needed'] });
      await assert.rejects(opening, (error: unknown) => {
        assert.ok(error instanceof MissingCapabilityError, String(error));
        assert.deepEqual(error.missing, ['urn:needed']);
        assert.deepEqual(error.offered, offered);
        assert.match(
          error.message,
          /: expected urn:needed among its capabilities, got urn:x, \S+base:1.0, \S+candidate:1.0$/,
        );
        return true;
      });
      assert.deepEqual(router.operations, ['close-session']);
    });
  });
});
