import assert from 'node:assert/strict';
import { client, COMMIT, LOCK, router, texts, UNLOCK } from './scene.ts';

const EDIT = 'set interfaces ae0 description edited';

describe('the lock', () => {
  it('has one owner, and the error for other users names the owner', async () => {
    const { device, clock } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    await alice.ok(LOCK);
    await clock.advance(90_000);
    const reply = await esi.ask(LOCK);
    assert.deepEqual(texts(reply, 'error-tag'), ['lock-denied']);
    assert.deepEqual(texts(reply, 'session-id'), [String(alice.session.id)]);
    assert.equal(
      texts(reply, 'error-message')[0],
      `configuration database locked by:\n  alice terminal (pid ${alice.session.id}) on since 2024-01-02 03:04:05 UTC, idle 00:01:30\n      exclusive [edit]`,
    );
    await alice.ok(UNLOCK);
    await esi.ok(LOCK);
  });

  it('cannot be acquired twice by the same session', async () => {
    const esi = client(router().device);
    await esi.ok(LOCK);
    await esi.errors(LOCK);
  });

  it('prevents other sessions from loading, discarding, committing and unlocking', async () => {
    const { device } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.ok(LOCK);
    const before = device.running();
    for (const rpc of [
      '<discard-changes/>',
      COMMIT,
      '<commit/>',
      UNLOCK,
      '<load-configuration rollback="0"/>',
    ]) {
      assert.match((await alice.errors(rpc)).join(), /locked by:\s+esi/, rpc);
    }
    assert.match(await alice.set(EDIT), /lock-denied/);
    assert.equal(device.running(), before);
    assert.equal(await esi.compare(), '');
  });

  it('lets other users read the configuration', async () => {
    const { device } = router();
    await client(device).ok(LOCK);
    await client(device, 'viewer').ok('<get-configuration format="text"/>');
  });

  it('is denied while the candidate has edits of another session, even after that session has ended', async () => {
    const { device } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    await alice.set(EDIT);
    assert.deepEqual(await esi.errors(LOCK), ['configuration database modified']);
    alice.session.close();
    assert.deepEqual(await esi.errors(LOCK), ['configuration database modified']);
    await esi.ok('<discard-changes/>');
    await esi.ok(LOCK);
  });

  it('is denied while the candidate has edits, also to the session and the user that made them', async () => {
    for (const editsInUse of ['modified', 'private'] as const) {
      const { device } = router({ options: { dialect: { editsInUse } } });
      const [esi, other] = [client(device), client(device)];
      await esi.set(EDIT);
      const denied =
        editsInUse === 'modified'
          ? 'configuration database modified'
          : 'private edits in use. Try again later.';
      for (const session of [esi, other]) {
        assert.deepEqual(await session.errors(LOCK), [denied]);
        assert.deepEqual(await session.errors('<open-configuration><exclusive/></open-configuration>'), [
          denied,
        ]);
      }
      await esi.ok('<discard-changes/>');
      await esi.ok(LOCK);
    }
  });

  it('is released at the end of its session, and the edits made under it are discarded', async () => {
    const { device } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.ok(LOCK);
    await esi.set(EDIT);
    esi.session.close();
    await alice.ok(LOCK);
    assert.equal(await alice.compare(), '');
  });

  it('leaves edits in the candidate when it is released, or discards them, by the switch', async () => {
    for (const [unlockMeetsDirty, left] of [
      ['keep', /edited/],
      ['discard', /^$/],
    ] as const) {
      const esi = client(router({ options: { unlockMeetsDirty } }).device);
      await esi.ok(LOCK);
      await esi.set(EDIT);
      await esi.ok(UNLOCK);
      assert.match(await esi.compare(), left);
    }
  });

  it('cannot be released by a session that does not own it', async () => {
    assert.deepEqual(await client(router().device).errors(UNLOCK), ['configuration database is not locked']);
  });

  it('exists for the candidate only', async () => {
    await client(router().device).errors('<lock><target><running/></target></lock>');
  });

  it('is released when its session is killed', async () => {
    const { device } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    await alice.ok(LOCK);
    await alice.set(EDIT);
    const ends: string[] = [];
    alice.session.onEnd((reason) => ends.push(reason));
    await esi.ok(`<kill-session><session-id>${alice.session.id}</session-id></kill-session>`);
    assert.deepEqual(ends, ['killed']);
    await esi.ok(LOCK);
    assert.equal(await esi.compare(), '');
    assert.equal((await alice.send(COMMIT)).kind, 'drop');
  });

  it('stays when kill-session names no other session', async () => {
    const esi = client(router().device);
    for (const id of ['1', 'x', '', String(esi.session.id)]) {
      await esi.errors(`<kill-session><session-id>${id}</session-id></kill-session>`);
    }
    await esi.ok(LOCK);
  });
});

describe('a session', () => {
  it('replies in order, to one request after the other', async () => {
    const { device, clock } = router({ options: { delays: { commit: 5000 } } });
    const esi = client(device);
    const order: string[] = [];
    void esi.ok(LOCK).then(() => order.push('lock'));
    void esi.set(EDIT).then(() => order.push('load'));
    void esi.ok(COMMIT).then(() => order.push('commit'));
    void esi.ok(UNLOCK).then(() => order.push('unlock'));
    await clock.advance(4999);
    assert.deepEqual(order, ['lock', 'load']);
    await clock.advance(1);
    assert.deepEqual(order, ['lock', 'load', 'commit', 'unlock']);
  });

  it('ends with the reply to close-session', async () => {
    const reply = await client(router().device).send('<close-session/>');
    assert.deepEqual(reply, { kind: 'reply', body: '<ok/>', last: true });
  });

  it('refuses an unknown operation', async () => {
    const c = client(router().device);
    for (const name of ['no-such-operation', 'constructor', 'toString']) {
      const reply = await c.ask(`<${name}/>`);
      assert.deepEqual(texts(reply, 'error-message'), ['syntax error']);
      assert.deepEqual(texts(reply, 'error-tag'), ['operation-failed']);
      assert.deepEqual(texts(reply, 'bad-element'), [name]);
    }
  });

  it('of a read-only user may read and not write', async () => {
    const { device } = router();
    const viewer = client(device, 'viewer');
    const writing = [
      LOCK,
      UNLOCK,
      '<discard-changes/>',
      COMMIT,
      '<commit/>',
      '<load-configuration rollback="0"/>',
    ];
    writing.push('<kill-session><session-id>1</session-id></kill-session>', '<edit-config/>', '<validate/>');
    for (const rpc of writing) {
      const reply = await viewer.ask(rpc);
      assert.deepEqual(texts(reply, 'error-message'), ['permission denied'], rpc);
      assert.equal(texts(reply, 'bad-element').length, 1);
    }
    await viewer.ok('<get-configuration format="text"/>');
    await viewer.ok('<get-commit-information/>');
  });

  it('is not opened for an unknown user', () => {
    assert.throws(
      () => router().device.open({ user: 'mallory' }),
      /Expected one of the users of primary, got "mallory"/,
    );
  });

  it('offers chunked framing only by the switch', () => {
    const base11 = 'urn:ietf:params:netconf:base:1.1';
    assert.equal(client(router().device).session.capabilities.includes(base11), false);
    assert.equal(
      client(router({ options: { base11: true } }).device).session.capabilities.includes(base11),
      true,
    );
  });
});
