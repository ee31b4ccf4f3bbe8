import assert from 'node:assert/strict';
import { RpcFailedError, SessionLostError } from '../../netconf/errors.ts';
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
} from '../../netconf/operations.ts';
import { unwrap } from '../../netconf/operation.ts';
import { XmlError } from '../../netconf/xml.ts';
import { REFUSED, useSessions } from './use-sessions.ts';

describe('a NETCONF session', () => {
  const { open, router } = useSessions();

  for (const framing of ['end-of-message', 'chunked'] as const) {
    describe(`with ${framing} framing`, () => {
      it('asks and is answered, with its id', async () => {
        const session = await open({ framing });
        assert.deepEqual(await session.request(discardChanges()), { warnings: [] });
        assert.deepEqual(await session.request(unlock()), { warnings: [] });
        assert.deepEqual(
          router().requests.map(({ id, operation }) => `${id} ${operation}`),
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
        answer: ({ operation }, { reply }) => reply(operation === 'load-configuration' ? REFUSED : '<ok/>'),
      });
      const [load, discard, released] = await session.pipeline([
        loadSet(['set a b']),
        discardChanges(),
        unlock(),
      ]);
      assert.deepEqual(
        router().requests.map(({ together }) => together),
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
        router().requests.map(({ together }) => together),
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
        router().requests.map(({ together }) => together),
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
        router().requests.map(({ id, operation }) => `${id} ${operation}`),
        ['1 unlock'],
      );
    });
  });

  it('closes politely', async () => {
    const session = await open();
    await session.close();
    assert.deepEqual(router().operations, ['close-session']);
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
