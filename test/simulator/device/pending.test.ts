import assert from 'node:assert/strict';
import {
  CHECK,
  client,
  COMMIT,
  COMMIT_INFORMATION,
  describeAe0,
  MINUTE,
  pendingCommit,
  router,
  texts,
} from './scene.ts';

describe('a confirmed commit', () => {
  it('falls back at its deadline, as root, without any client connected', async () => {
    const { device, clock, esi, assertRunning } = await pendingCommit();
    esi.session.close();
    await clock.advance(2 * MINUTE - 1);
    assertRunning('unconfirmed');
    await clock.advance(1);
    assertRunning('downlink');
    const information = await client(device).ok(COMMIT_INFORMATION);
    assert.deepEqual(texts(information, 'user').slice(0, 2), ['root', 'esi']);
    assert.deepEqual(texts(information, 'client').slice(0, 2), ['other', 'netconf']);
    assert.deepEqual(texts(information, 'comment'), ['commit confirmed, rollback in 2mins']);
    assert.deepEqual(texts(information, 'log'), ['ours']);
  });

  it('falls back after ten minutes by default', async () => {
    const { device, clock } = router();
    const esi = client(device);
    await esi.set(describeAe0('unconfirmed'));
    await esi.ok('<commit-configuration><confirmed/></commit-configuration>');
    await clock.advance(10 * MINUTE - 1);
    assert.match(device.running(), /unconfirmed/);
    await clock.advance(1);
    assert.doesNotMatch(device.running(), /unconfirmed/);
  });

  it('has minutes of the length that the switch says', async () => {
    const { clock, assertRunning } = await pendingCommit({ minute: 100 });
    await clock.advance(200);
    assertRunning('downlink');
  });

  for (const [confirmation, rpc] of [
    ['a check', CHECK],
    ['validate', '<validate><source><candidate/></source></validate>'],
    ['a commit', COMMIT],
    ['a standard commit', '<commit/>'],
  ] as const) {
    it(`is confirmed by ${confirmation} from any session`, async () => {
      const { device, clock, assertRunning } = await pendingCommit();
      await clock.advance(MINUTE);
      await client(device, 'alice').ok(rpc);
      await clock.advance(10 * MINUTE);
      assertRunning('unconfirmed');
    });
  }

  it('stays pending after a check by another user, by the switch, and is confirmed by a check of its author', async () => {
    for (const [user, fallsBack] of [
      ['alice', true],
      ['esi', false],
    ] as const) {
      const { device, clock, assertRunning } = await pendingCommit({ foreignCheck: 'leaves' });
      await client(device, user).ok(CHECK);
      await clock.advance(2 * MINUTE);
      assertRunning(fallsBack ? 'downlink' : 'unconfirmed');
    }
  });

  it('is not confirmed by a check that fails', async () => {
    const { device, clock, esi, assertRunning } = await pendingCommit();
    await esi.set('set routing-instances v interface ae0.77');
    await client(device, 'alice').errors(CHECK);
    await clock.advance(2 * MINUTE);
    assertRunning('downlink');
  });

  it('is confirmed by a commit in the time of a confirmation, not of a commit', async () => {
    const { clock, esi } = await pendingCommit({ delays: { commit: 5000, confirm: 2000 } });
    let done = false;
    void esi.ok(COMMIT).then(() => (done = true));
    await clock.advance(1999);
    assert.equal(done, false);
    await clock.advance(1);
    assert.equal(done, true);
  });

  it('has no further entry in the history when a check confirms it', async () => {
    const { esi } = await pendingCommit();
    const before = texts(await esi.ok(COMMIT_INFORMATION), 'sequence-number').length;
    await esi.ok(CHECK);
    assert.equal(texts(await esi.ok(COMMIT_INFORMATION), 'sequence-number').length, before);
  });

  it('needs time to fall back, and a commit meanwhile has to wait', async () => {
    const { device, clock, assertRunning } = await pendingCommit({ delays: { rollback: 3000 } });
    await clock.advance(2 * MINUTE);
    const late = client(device, 'alice').ok(COMMIT);
    assertRunning('unconfirmed');
    await clock.advance(3000);
    await late;
    assertRunning('downlink');
  });

  it('does not fall back when its deadline passes during the confirmation', async () => {
    const { device, clock, assertRunning } = await pendingCommit({ delays: { confirm: 5000 } });
    await clock.advance(2 * MINUTE - 1000);
    const confirming = client(device, 'alice').ok(COMMIT);
    await clock.advance(10 * MINUTE);
    await confirming;
    assertRunning('unconfirmed');
  });

  it('can be undone before its deadline by a commit of the earlier configuration', async () => {
    const { clock, esi, assertRunning } = await pendingCommit();
    await esi.ok('<load-configuration rollback="1"/>');
    await esi.commit();
    assertRunning('downlink');
    await clock.advance(10 * MINUTE);
    assert.equal(texts(await esi.ok(COMMIT_INFORMATION), 'user').filter((u) => u === 'root').length, 1);
  });

  it('is one commit back after it fell back: to load that puts it into the candidate again', async () => {
    const { clock, esi } = await pendingCommit();
    await clock.advance(10 * MINUTE);
    await esi.ok('<load-configuration rollback="1"/>');
    assert.match(await esi.compare(), /\+ .*unconfirmed/);
  });

  it('in the standard form has a time-out in seconds and falls back at the end of its session', async () => {
    for (const end of ['close', 'deadline', 'confirm'] as const) {
      const { device, clock } = router();
      const [esi, alice] = [client(device), client(device, 'alice')];
      await esi.set(describeAe0('unconfirmed'));
      await esi.ok('<commit><confirmed/><confirm-timeout>120</confirm-timeout></commit>');
      await clock.advance(119_999);
      assert.match(device.running(), /unconfirmed/);
      if (end === 'confirm') await alice.ok('<commit/>');
      if (end === 'deadline') await clock.advance(1);
      else esi.session.close();
      await clock.advance(10 * MINUTE);
      assert.equal(/unconfirmed/.test(device.running()), end === 'confirm', end);
    }
  });

  it('in the standard form falls back at once when its session is killed', async () => {
    const { device, clock } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.set(describeAe0('unconfirmed'));
    await esi.ok('<commit><confirmed/></commit>');
    await alice.ok(`<kill-session><session-id>${esi.session.id}</session-id></kill-session>`);
    await clock.advance(0);
    assert.doesNotMatch(device.running(), /unconfirmed/);
  });
});
