import assert from 'node:assert/strict';
import { dialectOf, hasConfirmedCommit } from '../../netconf/dialect.ts';
import type { Dialect } from '../../netconf/dialect.ts';
import { RpcFailedError, UnreachableError } from '../../netconf/errors.ts';
import { parseKnownHosts } from '../../netconf/known-hosts.ts';
import { openSession } from '../../netconf/open-session.ts';
import { editConfig, getConfig, lock, unlock } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { descendants, xml } from '../../netconf/xml.ts';
import { missingPrograms, startNetconfd, type Netconfd } from './netconfd.ts';

const namespace = 'urn:ietf:params:xml:ns:yang:ietf-interfaces';

function adding(name: string) {
  const type = xml('type', 'ianaift:ethernetCsmacd', {
    'xmlns:ianaift': 'urn:ietf:params:xml:ns:yang:iana-if-type',
  });
  const config = [xml('interfaces', [xml('interface', [xml('name', name), type])], { xmlns: namespace })];
  return editConfig({ target: 'candidate', config });
}

describe('the standard dialect, against netconfd', function () {
  this.timeout(60_000);
  // netconfd 2.13 leaves a request unanswered at times when the machine is busy.
  this.retries(2);
  let server: Netconfd;
  let dialect: Dialect;
  let count = 0;
  const sessions: Session[] = [];

  before(async function () {
    const missing = missingPrograms();
    if (missing.length > 0) {
      const reason = `${missing.join(', ')} not found; Debian packages: netconfd, openssh-server`;
      if (process.env['CI'] !== undefined) throw new Error(reason);
      console.log(`    not tried: ${reason}`);
      this.skip();
    }
    server = await startNetconfd('netconf1.0 netconf1.1');
    const { capabilities } = await listening();
    const time = { now: Date.now(), minuteMs: 60_000, lateMs: 60_000 };
    dialect = dialectOf({ capabilities, history: [] }, time);
    assert.equal(dialect.name, 'standard');
    assert.equal(hasConfirmedCommit(capabilities), true);
  });
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.close()));
  });
  after(async () => {
    await server?.stop();
  });

  async function open(): Promise<Session> {
    const { port, username, privateKey, knownHostsLine } = server;
    const session = await openSession(
      {
        peer: { id: 'netconfd', name: 'netconfd', host: '127.0.0.1', port },
        credentials: { username, privateKey },
        knownHosts: parseKnownHosts(knownHostsLine, 'known_hosts'),
        connectMs: 5_000,
        keepalive: { intervalMs: 1_000, count: 3 },
      },
      { deadlineMs: 10_000 },
    );
    sessions.push(session);
    return session;
  }

  /** Both programs take a moment to listen. */
  async function listening(): Promise<Session> {
    const givenUp = Date.now() + 30_000;
    for (;;) {
      try {
        return await open();
      } catch (error) {
        if (!(error instanceof UnreachableError) || Date.now() > givenUp)
          throw new Error(`netconfd can't be used:\n${await server.logs()}`, { cause: error });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Puts an interface on trial, and lets the session go that did. */
  async function onTrial(id: string): Promise<string> {
    const name = `eth${(count += 1)}`;
    const session = await open();
    assert.deepEqual(await session.request(lock()), { kind: 'locked' });
    await session.request(adding(name));
    await session.request(dialect.commitConfirmed({ id, log: 'ours', minutes: 1 }));
    await session.close();
    return name;
  }

  async function runs(name: string): Promise<boolean> {
    const session = await open();
    const data = await session.request(getConfig('running', [xml('interfaces', [], { xmlns: namespace })]));
    return descendants(data, 'name').some(({ text }) => text === name);
  }

  it('keeps a commit on trial when its session ends, and confirms it from another one', async () => {
    const name = await onTrial('turn-1');
    assert.equal(await runs(name), true);
    const session = await open();
    await session.request(dialect.confirm({ id: 'turn-1', log: 'kept' }));
    assert.equal(await runs(name), true);
    const cancel = dialect.cancel?.('turn-1');
    assert.ok(cancel);
    await assert.rejects(session.request(cancel), RpcFailedError, 'nothing is pending any more');
    assert.equal(await runs(name), true);
  });

  it('takes a commit on trial back at once, from another session', async () => {
    const name = await onTrial('turn-2');
    const cancel = dialect.cancel?.('turn-2');
    assert.ok(cancel);
    await (await open()).request(cancel);
    assert.equal(await runs(name), false);
  });

  it('confirms nothing under somebody else’s id', async () => {
    const name = await onTrial('turn-3');
    const session = await open();
    await assert.rejects(session.request(dialect.confirm({ id: 'turn-4', log: 'kept' })), RpcFailedError);
    const cancel = dialect.cancel?.('turn-3');
    assert.ok(cancel);
    await session.request(cancel);
    assert.equal(await runs(name), false);
  });

  it('commits for good', async () => {
    const session = await open();
    assert.deepEqual(await session.request(lock()), { kind: 'locked' });
    await session.request(adding('lo9'));
    await session.request(dialect.commit('ours'));
    await session.request(unlock());
    assert.equal(await runs('lo9'), true);
  });
});
